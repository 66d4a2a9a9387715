/*
 * queue_live.c - the queue's calls about frames of the live lane
 */
#include <stdlib.h>

#include "done.h"
#include "log.h"
#include "queue.h"
#include "queue_call.h"
#include "xalloc.h"

int queue_offer(struct queue *queue, const struct queue_frame *frame,
                size_t cap, redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_offer");
    queue_call_add_text(&call, frame->session);
    queue_call_add_text(&call, frame->meta);
    queue_call_add_bytes(&call, frame->image, frame->image_bytes);
    queue_call_add_number(&call, frame->expires_ms);
    queue_call_add_number(&call, (int64_t)cap);
    return queue_call_send(queue, &call, done, owner);
}

/* All three leave in one write.  What was taken goes away by itself where the
 * last of them is lost. */
int queue_take_live(struct queue *queue, const char *consumer,
                    redis_done_fn *waiting, redis_done_fn *taken, void *owner)
{
    char *key = xprintf("%slive:taken:%s", queue_prefix(queue), consumer);
    struct redis_text read[] = {redis_text("HMGET"), redis_text(key),
                                redis_text("meta"), redis_text("image")};
    struct redis_text forget[] = {redis_text("UNLINK"), redis_text(key)};
    struct queue_call call;
    int result;

    queue_call_begin(&call, queue, "facewire_take_live");
    queue_call_add_text(&call, consumer);
    result = queue_call_send(queue, &call, waiting, owner);
    if (result == PENDING)
        result = queue_send(queue, read, COUNT(read), taken, owner);
    if (result == PENDING &&
        queue_send(queue, forget, COUNT(forget), NULL, NULL) != PENDING)
        log_debug("live: a frame that was taken is left to expire");
    free(key);
    return result;
}

int queue_live_result(struct queue *queue, const char *server, const char *data,
                      redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_live_result");
    queue_call_add_text(&call, server);
    queue_call_add_text(&call, data);
    return queue_call_send(queue, &call, done, owner);
}
