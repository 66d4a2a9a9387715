#pragma once

#include <stdint.h>

#include "basics.h"
#include "exception.h"

/*
 * What GET /metrics tells, in the text format of Prometheus.  It is counted on
 * the loop thread, and begins anew with the process.
 */
struct metrics;
struct engine;
struct operation;

struct metrics *metrics_create(void) MUST_CHECK;
void metrics_destroy(struct metrics *metrics);

/* An answer: to which operation (NULL: it is not known), whether a refusal, and
 * how long after all of the request was there. */
void metrics_count(struct metrics *metrics, const struct operation *operation,
                   enum exception exception, int64_t took_us);

/* All of them, with what the engine's parts have to tell; a tenth of a second
 * old at most, so that it costs little however often it is asked for.  Borrowed
 * until the next call. */
const char *metrics_text(const struct engine *engine);
