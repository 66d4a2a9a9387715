#pragma once

#include <stdint.h>

#include "basics.h"

/*
 * When a job is tried again after an attempt that came to nothing.  Waits grow
 * twofold with each failure.  The second half of each is left to chance, so
 * that jobs which failed together do not come back together; the first half is
 * certain, so that all attempts together outlast an outage: half a minute with
 * the settings as they are.
 */
enum { RETRY_CAP_MS = 5 * 60 * 1000 };

/* Whether an attempt that ended so counts as one that failed.  Those that only
 * had to wait their turn, or that were stopped by us, do not. */
bool retry_is_failure(int error);

/* How long the job waits.  `asked_ms` is what E_BUSY asks for (0: nothing);
 * `failures` are those before this one, `base_ms` the most after the first. */
int64_t retry_wait_ms(int error, int64_t asked_ms, int64_t failures,
                      int64_t base_ms);
