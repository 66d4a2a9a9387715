#pragma once

#include "done.h"
#include "jobs.h"
#include "json.h"
#include "services.h"

/*
 * How much there is to do, in the queue and in the database: what /metrics and
 * the topic `stats` tell.
 */
enum stats_number {
    STATS_INTERACTIVE, /* jobs that wait */
    STATS_BACKFILL,
    STATS_LIVE, /* frames that wait */
    STATS_RUNNING,
    STATS_DELAYED, /* waiting for another attempt */
    STATS_WORKERS,
    STATS_DEAD, /* out of attempts */
    STATS_NUMBERS,
};

struct stats {
    struct services *services;
    int64_t numbers[STATS_NUMBERS]; /* the answer */
    /* The reading's. */
    unsigned pending; /* parts of the queue that have not answered yet */
    int error;
    struct jobs_count dead;
    done_fn *done;
    void *owner;
};

/* Reads them; `stats` stays until done.  PENDING, or an error. */
int stats_read(struct stats *stats, struct services *services, done_fn *done,
               void *owner) MUST_CHECK;

/* As the event of the topic `stats` tells them. */
struct json *stats_json(const struct stats *stats) MUST_CHECK;

/* Adds them in the text format of Prometheus. */
void stats_write(const struct stats *stats, struct buffer *out);
