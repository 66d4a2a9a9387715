#pragma once

#include "queue.h"

/*
 * A call of one of the queue's functions, for the files of the queue alone: its
 * arguments as they are gathered.  Texts are borrowed until it is sent; numbers
 * are written into room of their own.
 */
enum { QUEUE_HEAD_ARGUMENTS = 4 }; /* FCALL name 1 prefix */

/* Events in the log; the oldest are cut off. */
#define QUEUE_EVENTS_KEPT "100000"

struct queue_call {
    struct redis_text texts[16];
    size_t count;
    char numbers[8][32];
    size_t number_count;
};

void queue_call_begin(struct queue_call *call, const struct queue *queue,
                      const char *function);
void queue_call_add_text(struct queue_call *call, const char *text);
void queue_call_add_bytes(struct queue_call *call, const void *bytes,
                          size_t len);
void queue_call_add_number(struct queue_call *call, int64_t number);
int queue_call_send(struct queue *queue, const struct queue_call *call,
                    redis_done_fn *done, void *owner) MUST_CHECK;

/* Gathers a call until the end of this turn, or until another one is made: it
 * leaves with others of the same function.  The texts are copied. */
int queue_gather(struct queue *queue, const char *function,
                 const char *const *texts, size_t count, redis_done_fn *done,
                 void *owner) MUST_CHECK;

/* What all keys of its part begin with. */
const char *queue_prefix(const struct queue *queue);

/* Sends a command, once the functions can be called. */
int queue_send(struct queue *queue, const struct redis_text *texts,
               size_t count, redis_done_fn *done, void *owner) MUST_CHECK;
