/*
 * live_frame.c - a frame of the live lane
 */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "counters.h"
#include "live_frame.h"
#include "text.h"
#include "trace.h"

enum {
    FRAME_MS = 1500, /* that a frame is of use */
    FRAME_BYTES_MAX = 512 * 1024,
    WAITING_MAX = 64, /* sessions with a frame, in a part of the queue */
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
    json_add_number(meta, "expires_ms", (double)(clock_wall_ms() + FRAME_MS));
    json_add_text(meta, "type", picture_media_type(frame->facts->type));
    json_add_number(meta, "width", frame->facts->width);
    json_add_number(meta, "height", frame->facts->height);
    json_add_text(meta, "traceparent", traceparent);
    json_add_text(meta, "tracestate", frame->trace->state);
    json_add(meta, "options", search_options_json(frame->options));
    return json_print_and_destroy(meta);
}

static void on_offered(void *owner, int error, const struct redis_reply *reply)
{
    struct counters *counters = owner;

    counters->dropped_frames += error || redis_reply_integer(reply) == 1;
}

enum problem live_frame_offer(struct services *services,
                              const struct live_frame *frame,
                              char job[static UUID_BYTES],
                              char detail[static 128])
{
    struct queue_frame offer;
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
    offer = (struct queue_frame){.session = frame->session,
                                 .meta = meta,
                                 .image = frame->bytes,
                                 .image_bytes = frame->len,
                                 .expires_ms = FRAME_MS};
    services->counters->frames++;
    result = queue_offer(queues_of(services->queues, frame->session), &offer,
                         WAITING_MAX, on_offered, services->counters);
    free(meta);
    if (result == PENDING)
        return PROBLEM_NONE;
    text_copy(detail, 128, "The queue cannot be used now.");
    return PROBLEM_UNAVAILABLE;
}
