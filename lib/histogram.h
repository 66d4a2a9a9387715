#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "buffer.h"

/*
 * How long something took, again and again: a histogram of Prometheus, whose
 * buckets reach from less than one turn of a loop to what nobody waits for.
 * Embedded in the struct that owns it; all zero is empty.
 */
enum { HISTOGRAM_BUCKETS = 19 };

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS]; /* of each bucket alone */
    uint64_t sum_us;
};

void histogram_count(struct histogram *histogram, int64_t us);

/* How often it counted. */
uint64_t histogram_total(const struct histogram *histogram);

/* Adds it as a series of a family (see figures.h), in seconds; `labels` as
 * there. */
void histogram_write(const struct histogram *histogram, const char *name,
                     const char *labels, struct buffer *out);
