/*
 * live_frame.c - a frame of the live lane
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "counters.h"
#include "live_desk.h"
#include "live_frame.h"
#include "text.h"
#include "trace.h"

enum {
    FRAME_BYTES_MAX = 512 * 1024,
};

/* What a worker needs to search it, and to send the result back here. */
static char *make_meta(const struct services *services,
                       const struct live_frame *frame, const char *job)
{
    struct json *meta = json_object();
    char traceparent[TRACE_PARENT_BYTES];

    trace_write(frame->trace, traceparent);
    json_add_text(meta, "job", job);
    json_add_text(meta, "session", frame->session);
    json_add_text(meta, "server", services->name);
    json_add_text(meta, "collection", services->settings->collection);
    json_add_number(meta, "expires_ms",
                    (double)(clock_wall_ms() + LIVE_FRAME_MS));
    json_add_text(meta, "type", picture_media_type(frame->facts->type));
    json_add_number(meta, "width", frame->facts->width);
    json_add_number(meta, "height", frame->facts->height);
    json_add_text(meta, "traceparent", traceparent);
    json_add_text(meta, "tracestate", frame->trace->state);
    json_add(meta, "options", search_options_json(frame->options));
    return json_print_and_destroy(meta);
}

enum problem live_frame_offer(struct services *services,
                              const struct live_frame *frame,
                              char job[static UUID_BYTES],
                              char detail[static 128])
{
    struct buffer bytes = {0};
    char *meta;
    int result;

    if (frame->len > FRAME_BYTES_MAX) {
        text_copy(detail, 128,
                  "A live frame may have 512 KB at most; larger photos take "
                  "the durable lane.");
        return PROBLEM_IMAGE_TOO_LARGE;
    }
    uuid_make(job);
    meta = make_meta(services, frame, job);
    buffer_reserve(&bytes, strlen(meta) + 1 + frame->len);
    buffer_add_text(&bytes, meta);
    buffer_add_byte(&bytes, '\n');
    buffer_add(&bytes, frame->bytes, frame->len);
    services->counters->frames++;
    result = live_desk_offer(services->desk, frame->session, &bytes);
    buffer_finish(&bytes);
    free(meta);
    if (result == PENDING)
        return PROBLEM_NONE;
    text_copy(detail, 128, "The queue cannot be used now.");
    return PROBLEM_UNAVAILABLE;
}
