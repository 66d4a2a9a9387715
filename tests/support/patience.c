/*
 * patience.c - waiting for a fact, with an end
 */
#include <time.h>

#include "clock.h"
#include "patience.h"

struct patience patience_of(int limit_ms)
{
    return (struct patience){.end_ms = clock_steady_ms() + limit_ms};
}

bool patience_lasts(const struct patience *patience)
{
    const struct timespec rest = {.tv_nsec = 2000000};

    if (clock_steady_ms() >= patience->end_ms)
        return false;
    nanosleep(&rest, NULL);
    return true;
}
