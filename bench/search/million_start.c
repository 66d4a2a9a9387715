/*
 * million_start.c - an engine that starts with a million faces
 *
 * The archive is written as the engine writes it, without the engine, and stays
 * in the room: its pages are in the page cache when it is read.
 */
#include <string.h>

#include "archive.h"
#include "clock.h"
#include "engine_stage.h"
#include "faces.h"
#include "log.h"
#include "million_start.h"
#include "process_share.h"

enum { PICTURE_FACES = 10000, STOP_MS = 60000 };

static void keep_faces(void)
{
    static float vectors[PICTURE_FACES][FACES_LENGTH];
    static char texts[PICTURE_FACES][2 * UUID_BYTES];
    static struct archive_face list[PICTURE_FACES];
    struct archive_picture picture = {.vector_length = FACES_LENGTH,
                                      .faces = list,
                                      .face_count = PICTURE_FACES};
    struct buffer problem = {0};
    struct archive *archive = archive_open("engine/archive.sqlite", &problem);
    struct faces faces;

    if (!archive)
        fatal("%s", buffer_text(&problem));
    faces_begin(&faces, true);
    for (size_t i = 0; i < MILLION_FACES; i++) {
        size_t at = i % PICTURE_FACES;

        faces_next(&faces, vectors[at]);
        list[at] = (struct archive_face){.record = faces_record(i, texts[at]),
                                         .vector = vectors[at]};
        memcpy(picture.hash, &i, sizeof i);
        if (at == PICTURE_FACES - 1 &&
            archive_add_faces(archive, "people", &picture) != 0)
            fatal("the archive cannot be filled");
    }
    archive_close(archive);
    buffer_finish(&problem);
}

static void make_archive(struct engine_stage *stage)
{
    engine_stage_open(stage);
    recognition_do(&stage->client, "CreateCollection",
                   "{\"CollectionId\":\"people\"}");
    child_stop(&stage->engine, STOP_MS);
    keep_faces();
}

double million_start(size_t *kilobytes)
{
    static struct engine_stage stage;
    char text[2 * UUID_BYTES];
    struct record last = faces_record(MILLION_FACES - 1, text);
    double seconds;
    int64_t start_ns;

    if (!stage.port)
        make_archive(&stage);
    start_ns = clock_steady_ns();
    engine_stage_start(&stage);
    recognition_do(&stage.client, "SearchFaces",
                   "{\"CollectionId\":\"people\",\"FaceId\":\"%s\"}", last.id);
    seconds = (double)(clock_steady_ns() - start_ns) / 1e9;
    *kilobytes = process_kilobytes(stage.engine.pid);
    child_stop(&stage.engine, STOP_MS);
    return seconds;
}
