#pragma once

#include <stdint.h>

#include "basics.h"
#include "json.h"
#include "random.h"

/*
 * The moments of one job, from the request that brought it to the client that
 * hears of its end; each is written by whoever sees it, on its own clock.
 */
enum job_stage {
    STAGE_RECEIVED,   /* the whole request is in */
    STAGE_STORED,     /* its photos are safe in the image store */
    STAGE_INSERTED,   /* its row is committed */
    STAGE_QUEUED,     /* it is on its way to the queue */
    STAGE_TAKEN,      /* by the attempt that ended it */
    STAGE_RECOGNIZED, /* the recognition endpoint has given its last answer */
    STAGE_LOOKED_UP,  /* whom it is about is known: the work is over */
    STAGE_COMMITTED,  /* its end is in the database */
    STAGE_PUBLISHED,  /* its last event is in the log */
    STAGE_DELIVERED,  /* a live client was handed that event */
    STAGES,
};

/* All zero: nothing is known. */
struct stages {
    char server[RANDOM_NAME_BYTES]; /* that took the job in; "": nobody knows */
    int64_t begun_us; /* when the request's head came, microseconds since 1970
                       */
    int64_t when_us[STAGES]; /* likewise; 0: it was not seen */
};

const char *stage_name(enum job_stage stage);

/* It is now.  The last time counts. */
void stages_mark(struct stages *stages, enum job_stage stage);

/* As they are passed on and kept, to be freed: "server,begun,received,…".
 * Empty where nothing is known. */
char *stages_write(const struct stages *stages) MUST_CHECK;

/* Reads that; what is no such text leaves nothing known. */
void stages_read(struct stages *stages, const char *text);

/* One stage as it is told: when it was over, and how long it took. */
struct stage_span {
    enum job_stage stage;
    int64_t at_us; /* since the request began */
    int64_t took_us;
};

/* Those that were seen, in order; how many.  Clocks of several machines may
 * disagree a little: no stage ends before the one that precedes it. */
size_t stages_list(const struct stages *stages,
                   struct stage_span spans[static STAGES]);

/* The same as the API tells it: [{"name","at_us","took_us"},…]. */
struct json *stages_json(const struct stages *stages) MUST_CHECK;
