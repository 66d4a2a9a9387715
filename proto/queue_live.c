/*
 * queue_live.c - the queue's calls about frames of the live lane
 */
#include <stdlib.h>

#include "queue.h"
#include "queue_call.h"
#include "xalloc.h"

int queue_offer(struct queue *queue, const char *session, const char *server,
                size_t cap, redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_offer");
    queue_call_add_text(&call, session);
    queue_call_add_text(&call, server);
    queue_call_add_number(&call, (int64_t)cap);
    return queue_call_send(queue, &call, done, owner);
}

int queue_await_frames(struct queue *queue, const char *consumer, size_t room,
                       redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_await_frames");
    queue_call_add_text(&call, consumer);
    queue_call_add_number(&call, (int64_t)room);
    return queue_call_send(queue, &call, done, owner);
}

/* By a channel of the part's slot: what goes through a function is hashed by
 * its interpreter, byte by byte. */
int queue_give_frame(struct queue *queue, const char *consumer,
                     const void *frame, size_t len, redis_done_fn *done,
                     void *owner)
{
    char *channel = xprintf("%slive:to:%s", queue_prefix(queue), consumer);
    const struct redis_text texts[] = {
        redis_text("SPUBLISH"), redis_text(channel), {frame, len}};
    int result = queue_send(queue, texts, COUNT(texts), done, owner);

    free(channel);
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
