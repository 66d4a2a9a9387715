#pragma once

#include <stdint.h>

#include "basics.h"
#include "buffer.h"

/* What /metrics tells: counted on the loop thread. */
struct counters {
    int64_t answers[6]; /* by the first digit of the status */
    int64_t uploads;
    int64_t upload_bytes;
    int64_t accepted; /* jobs */
    int64_t events;   /* read from the log */
    int64_t deliveries;
    int64_t replays;
    int64_t gaps;
    int64_t slow_closes;
    int64_t coalesced; /* live results that a newer one replaced */
    int64_t frames;    /* of the live lane */
    int64_t dropped_frames;
    int64_t listeners; /* now */
    int64_t connections;
};

/* Adds all of them in the text format of Prometheus. */
void counters_write(const struct counters *counters, struct buffer *out);
