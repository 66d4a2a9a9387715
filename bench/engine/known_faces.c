/*
 * known_faces.c - whom an engine and its peer know
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "archive_filler.h"
#include "digest.h"
#include "known_faces.h"
#include "log.h"
#include "picture.h"

enum { COPY_LONGEST = 600, COPY_QUALITY = 60, STOP_MS = 60000 };

/* Indexed by the engine itself. */
static void add_the_one(const struct engine_stage *stage,
                        const struct buffer *photo)
{
    struct buffer copy = {0};
    struct picture *picture;
    char *text;

    picture_library_init();
    picture = picture_open(photo->bytes, photo->len, 1 << 26, 0);
    if (!picture ||
        picture_jpeg(picture, NULL, COPY_LONGEST, COPY_QUALITY, &copy) < 0)
        fatal("a copy of the photo cannot be made");
    picture_close(picture);
    picture_library_finish();
    text = base64_encode(copy.bytes, copy.len);
    recognition_do(&stage->client, "IndexFaces",
                   "{\"CollectionId\":\"people\",\"MaxFaces\":1,"
                   "\"Image\":{\"Bytes\":\"%s\"}}",
                   text);
    free(text);
    buffer_finish(&copy);
}

/* What is written so far. */
struct writing {
    FILE *file;
    struct known_faces *known;
    size_t count;
};

static int write_face(void *owner, const struct record *record,
                      const float *vector, size_t vector_length)
{
    struct writing *writing = owner;

    if (writing->count == KNOWN_FACES ||
        fwrite(vector, sizeof *vector, vector_length, writing->file) !=
            vector_length)
        fatal("the vectors cannot be written");
    memcpy(writing->known->ids[writing->count++], record->id, UUID_BYTES);
    return 0;
}

static void write_vectors(struct known_faces *known)
{
    struct writing writing = {.file = fopen("vectors", "we"), .known = known};
    struct buffer problem = {0};
    struct archive *archive = archive_open("engine/archive.sqlite", &problem);

    if (!archive || !writing.file ||
        archive_each_face(archive, "people", "", SIZE_MAX / 2, write_face,
                          &writing) != 0 ||
        writing.count != KNOWN_FACES || fclose(writing.file) != 0)
        fatal("the faces cannot be read: %s", buffer_text(&problem));
    archive_close(archive);
    buffer_finish(&problem);
}

void known_faces_make(struct known_faces *known, struct engine_stage *stage,
                      const struct buffer *photo)
{
    recognition_do(&stage->client, "CreateCollection",
                   "{\"CollectionId\":\"people\"}");
    add_the_one(stage, photo);
    child_stop(&stage->engine, STOP_MS);
    archive_filler_run("people", KNOWN_FACES - 1);
    write_vectors(known);
}
