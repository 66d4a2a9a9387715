/*
 * retry.c - when a job is tried again
 */
#include "retry.h"
#include "errors.h"
#include "random.h"

enum { BUSY_MS = 2000 }; /* at most, where nobody says how long */

bool retry_is_failure(int error)
{
    return error != E_BUSY && error != E_THROTTLED && error != E_CONFLICT &&
           error != E_CANCELLED;
}

int64_t retry_wait_ms(int error, int64_t asked_ms, int64_t failures,
                      int64_t base_ms)
{
    switch (error) {
    case E_BUSY:
        if (asked_ms > 0)
            return asked_ms;
        break;
    case E_THROTTLED:
        break;
    case E_CONFLICT:
    case E_CANCELLED:
        return 0;
    default:
        return random_backoff_ms((unsigned)failures, base_ms, RETRY_CAP_MS);
    }
    return BUSY_MS / 2 + (int64_t)random_below(BUSY_MS / 2);
}
