/*
 * pacer.c - the rate at which the recognition endpoint may be asked
 */
#include <stdlib.h>

#include "errors.h"
#include "log.h"
#include "pacer.h"
#include "xalloc.h"

/* We stay a little under the quota: the endpoint's clock is not ours. */
static const double share_of_quota = 0.97;

struct pacer {
    struct queues *queues;
    double rate;
};

struct reservation {
    pacer_fn *done;
    void *owner;
};

struct pacer *pacer_create(struct queues *queues, double rate)
{
    struct pacer *pacer = xcalloc(1, sizeof *pacer);

    pacer->queues = queues;
    pacer->rate = rate * share_of_quota;
    return pacer;
}

void pacer_destroy(struct pacer *pacer)
{
    free(pacer);
}

static void on_reserved(void *owner, int error, const struct redis_reply *reply)
{
    struct reservation *reservation = owner;
    struct pace pace = {0};

    if (error == 0) {
        pace.wait_us = redis_reply_integer(redis_reply_at(reply, 0));
        pace.interval_us = redis_reply_integer(redis_reply_at(reply, 1));
    }
    reservation->done(reservation->owner, &pace);
    free(reservation);
}

int pacer_reserve(struct pacer *pacer, enum recognition_operation operation,
                  const char *job, size_t cost, bool is_backfill,
                  struct pace *pace, pacer_fn *done, void *owner)
{
    struct queue_rate rate = {.operation = recognition_name(operation),
                              .job = job,
                              .rate = pacer->rate,
                              .cost = cost,
                              .is_backfill = is_backfill,
                              .patience_ms = PACER_PATIENCE_MS};
    struct reservation *reservation;

    *pace = (struct pace){0};
    if (pacer->rate <= 0)
        return DONE;
    reservation = xcalloc(1, sizeof *reservation);
    reservation->done = done;
    reservation->owner = owner;
    if (queue_limit(queues_of(pacer->queues, rate.operation), &rate,
                    on_reserved, reservation) == PENDING)
        return PENDING;
    free(reservation);
    return DONE;
}

static void on_slowed(void *owner, int error, const struct redis_reply *reply)
{
    if (error == 0 && redis_reply_integer(reply) == 1)
        log_info("recognition: %s is slowed down: it was throttled",
                 (const char *)owner);
}

void pacer_slow_down(struct pacer *pacer, enum recognition_operation operation)
{
    const char *name = recognition_name(operation);

    if (pacer->rate > 0 && queue_slow_down(queues_of(pacer->queues, name), name,
                                           on_slowed, (char *)name) < 0)
        log_debug("recognition: the queue is away");
}
