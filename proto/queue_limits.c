/*
 * queue_limits.c - the queue's calls about the rates of recognition operations
 */
#include <stdio.h>

#include "queue.h"
#include "queue_call.h"

int queue_limit(struct queue *queue, const struct queue_rate *rate,
                redis_done_fn *done, void *owner)
{
    struct queue_call call;
    char number[32];

    queue_call_begin(&call, queue, "facewire_limit");
    queue_call_add_text(&call, rate->operation);
    queue_call_add_text(&call, rate->job);
    snprintf(number, sizeof number, "%.3f", rate->rate);
    queue_call_add_text(&call, number);
    queue_call_add_number(&call, (int64_t)rate->cost);
    queue_call_add_text(&call, rate->is_backfill ? "1" : "0");
    queue_call_add_number(&call, rate->patience_ms);
    return queue_call_send(queue, &call, done, owner);
}

int queue_slow_down(struct queue *queue, const char *operation,
                    redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_slow_down");
    queue_call_add_text(&call, operation);
    return queue_call_send(queue, &call, done, owner);
}
