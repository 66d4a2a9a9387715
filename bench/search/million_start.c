/*
 * million_start.c - an engine that starts with a million faces
 *
 * The archive stays in the room: its pages are in the page cache when it is
 * read.
 */
#include "million_start.h"
#include "archive_filler.h"
#include "clock.h"
#include "engine_stage.h"
#include "faces.h"
#include "process_share.h"

enum { STOP_MS = 60000 };

static void make_archive(struct engine_stage *stage)
{
    engine_stage_open(stage);
    recognition_do(&stage->client, "CreateCollection",
                   "{\"CollectionId\":\"people\"}");
    child_stop(&stage->engine, STOP_MS);
    archive_filler_run("people", MILLION_FACES);
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
