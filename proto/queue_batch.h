#pragma once

#include "buffer.h"
#include "redis.h"

/*
 * Calls of one function that are gathered during a turn of the loop and leave
 * as one, for queue.c alone: what Redis spends on a call it spends once for all
 * of them.  Each is told its own element of the answer.  All zero is empty.
 */
enum {
    QUEUE_BATCH_MAX = 64, /* calls: Redis does nothing else meanwhile */
    QUEUE_BATCH_BYTES =
        256 * 1024,        /* of texts, unless a single call has more */
    QUEUE_BATCH_TEXTS = 7, /* of a call, at most */
};

struct queue_batch {
    const char *function; /* NULL: empty */
    struct buffer bytes;  /* of all texts, one behind the other */
    size_t lens[QUEUE_BATCH_MAX * QUEUE_BATCH_TEXTS];
    size_t text_count;
    struct queue_passengers *passengers; /* who is to be told; NULL: empty */
};

/* Whether a call can join those that are there. */
bool queue_batch_has_room(const struct queue_batch *batch,
                          const char *function);

/* Lets a call join; the texts are copied. */
void queue_batch_join(struct queue_batch *batch, const char *function,
                      const char *const *texts, size_t count,
                      redis_done_fn *done, void *owner);

/* Sends what was gathered; where that fails everybody is told why. */
void queue_batch_leave(struct queue_batch *batch, struct redis *redis,
                       const char *prefix);

/* Sends nothing, and tells everybody the error. */
void queue_batch_give_up(struct queue_batch *batch, int error);
