#pragma once

#include "buffer.h"
#include "names.h"
#include "stages.h"

/*
 * How long the stages of jobs took, and the jobs in all, as histograms of
 * Prometheus.  They are counters: each begins with the process.
 */
struct stage_times;

struct stage_times *stage_times_create(void) MUST_CHECK;
void stage_times_destroy(struct stage_times *times);

/* Counts a job that is over: each of its stages, and the time from the whole
 * request to its last event. */
void stage_times_count(struct stage_times *times, enum job_kind kind,
                       const struct stages *stages);

/* Adds them in the text format of Prometheus; of kinds that were never counted
 * there is nothing to tell. */
void stage_times_write(const struct stage_times *times, struct buffer *out);
