#pragma once

#include "sample.h"

/*
 * The jobs of a producer: so many in all, so many at a time, each timed from
 * its start until it is seen.  The first tenth (1,000 at most) warms up and is
 * not counted.
 */
struct flight {
    unsigned jobs;
    unsigned in_flight;
    unsigned started;
    unsigned seen;
    int64_t *started_ns; /* of each job */
    int64_t begin_ns;    /* when the warm-up was over */
    struct sample waits_ms;
    void (*start)(void *owner, unsigned number);
    void *owner;
};

/* Starts the first jobs. */
void flight_begin(struct flight *flight);

/* A job was seen: another one starts in its place.  The last one prints what
 * was found and ends the process. */
void flight_see(struct flight *flight, unsigned number);
