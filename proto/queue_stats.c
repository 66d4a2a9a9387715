/*
 * queue_stats.c - the queue's calls of those who watch: how much there is to
 * do, who does it, and where the log ends
 */
#include "queue.h"
#include "queue_call.h"

int queue_stats(struct queue *queue, redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_stats");
    return queue_call_send(queue, &call, done, owner);
}

int queue_tell_recognition(struct queue *queue, const char *failure,
                           redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_tell_recognition");
    queue_call_add_text(&call, failure);
    return queue_call_send(queue, &call, done, owner);
}

int queue_workers(struct queue *queue, redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_workers");
    return queue_call_send(queue, &call, done, owner);
}

int queue_log(struct queue *queue, const char *id, redis_done_fn *done,
              void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_log");
    queue_call_add_text(&call, id);
    return queue_call_send(queue, &call, done, owner);
}
