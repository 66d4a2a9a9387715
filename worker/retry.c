/*
 * retry.c - when a job is tried again
 */
#include "retry.h"
#include "errors.h"
#include "random.h"

enum { BUSY_MS = 2000 }; /* at most, where nobody says how long */

/* Half of the longest wait, and chance adds up to the other half.  Were all of
 * it left to chance, a job could spend its attempts in a few seconds, and be
 * dead before an endpoint that only starts anew is back. */
static int64_t backoff_ms(int64_t failures, int64_t base_ms)
{
    int64_t longest_ms = base_ms;

    while (failures-- > 0 && longest_ms < RETRY_CAP_MS)
        longest_ms *= 2;
    if (longest_ms > RETRY_CAP_MS)
        longest_ms = RETRY_CAP_MS;
    return longest_ms / 2 + (int64_t)random_below((uint64_t)longest_ms / 2 + 1);
}

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
        return backoff_ms(failures, base_ms);
    }
    return BUSY_MS / 2 + (int64_t)random_below(BUSY_MS / 2);
}
