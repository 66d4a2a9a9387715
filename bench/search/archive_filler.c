/*
 * archive_filler.c - many faces in an engine's archive, without the engine
 */
#include <string.h>

#include "archive.h"
#include "archive_filler.h"
#include "faces.h"
#include "log.h"

enum { PICTURE_FACES = 10000 };

static void keep(struct archive *archive, const char *collection,
                 struct archive_picture *picture)
{
    if (archive_add_faces(archive, collection, picture) != 0)
        fatal("the archive cannot be filled");
    picture->face_count = 0;
}

void archive_filler_run(const char *collection, size_t count)
{
    static float vectors[PICTURE_FACES][FACES_LENGTH];
    static char texts[PICTURE_FACES][2 * UUID_BYTES];
    static struct archive_face list[PICTURE_FACES];
    struct archive_picture picture = {.vector_length = FACES_LENGTH,
                                      .faces = list};
    struct buffer problem = {0};
    struct archive *archive = archive_open("engine/archive.sqlite", &problem);
    struct faces faces;

    if (!archive)
        fatal("%s", buffer_text(&problem));
    faces_begin(&faces, true);
    for (size_t i = 0; i < count; i++) {
        size_t at = picture.face_count++;

        faces_next(&faces, vectors[at]);
        list[at] = (struct archive_face){.record = faces_record(i, texts[at]),
                                         .vector = vectors[at]};
        memcpy(picture.hash, &i, sizeof i);
        if (picture.face_count == PICTURE_FACES)
            keep(archive, collection, &picture);
    }
    if (picture.face_count)
        keep(archive, collection, &picture);
    archive_close(archive);
    buffer_finish(&problem);
}
