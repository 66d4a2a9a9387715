/*
 * queue_call.c - a call of one of the queue's functions
 */
#include <inttypes.h>
#include <stdio.h>

#include "queue_call.h"

void queue_call_begin(struct queue_call *call, const struct queue *queue,
                      const char *function)
{
    call->count = call->number_count = 0;
    queue_call_add_text(call, "FCALL");
    queue_call_add_text(call, function);
    queue_call_add_text(call, "1");
    queue_call_add_text(call, queue_prefix(queue));
}

void queue_call_add_text(struct queue_call *call, const char *text)
{
    assert(call->count < COUNT(call->texts));
    call->texts[call->count++] = redis_text(text);
}

void queue_call_add_bytes(struct queue_call *call, const void *bytes,
                          size_t len)
{
    assert(call->count < COUNT(call->texts));
    call->texts[call->count++] = (struct redis_text){bytes, len};
}

void queue_call_add_number(struct queue_call *call, int64_t number)
{
    char *place = call->numbers[call->number_count++];

    assert(call->number_count <= COUNT(call->numbers));
    snprintf(place, sizeof call->numbers[0], "%" PRId64, number);
    queue_call_add_text(call, place);
}

int queue_call_send(struct queue *queue, const struct queue_call *call,
                    redis_done_fn *done, void *owner)
{
    return queue_send(queue, call->texts, call->count, done, owner);
}
