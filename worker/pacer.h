#pragma once

#include "queues.h"
#include "recognition.h"

/*
 * The rate at which the recognition endpoint may be asked: one for all workers,
 * kept for each operation in the part that it belongs to (see queue.md).  A
 * worker that cannot reach Redis goes on unpaced: then the endpoint's own
 * throttling is what holds it back.
 */
struct pacer;

/* When calls may be made. */
struct pace {
    int64_t wait_us;     /* until the first; 0 or less: now */
    int64_t interval_us; /* between one and the next; 0: none */
};

/* `error` is always 0. */
typedef void pacer_fn(void *owner, const struct pace *pace);

/* `rate` is calls a second of each operation; 0: unlimited. */
struct pacer *pacer_create(struct queues *queues, double rate) MUST_CHECK;
void pacer_destroy(struct pacer *pacer);

/* The longest that a worker waits itself: a job whose turn is further away is
 * postponed, and its slots are kept for it. */
enum { PACER_PATIENCE_MS = 250 };

/* Reserves `cost` calls for a job.  DONE, and `pace` says when; or PENDING, and
 * `done` does. */
int pacer_reserve(struct pacer *pacer, enum recognition_operation operation,
                  const char *job, size_t cost, bool is_backfill,
                  struct pace *pace, pacer_fn *done, void *owner) MUST_CHECK;

/* The endpoint has throttled: everybody slows down. */
void pacer_slow_down(struct pacer *pacer, enum recognition_operation operation);
