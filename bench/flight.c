/*
 * flight.c - jobs under way, timed from start to sight
 */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "flight.h"
#include "xalloc.h"

enum { WARM_UP_MAX = 1000 };

static void start_one(struct flight *flight)
{
    unsigned number = flight->started++;

    flight->started_ns[number] = clock_steady_ns();
    flight->start(flight->owner, number);
}

void flight_begin(struct flight *flight)
{
    flight->started_ns = xcalloc(flight->jobs, sizeof *flight->started_ns);
    while (flight->started < flight->in_flight &&
           flight->started < flight->jobs)
        start_one(flight);
}

static _Noreturn void tell(struct flight *flight)
{
    double seconds = (double)(clock_steady_ns() - flight->begin_ns) / 1e9;

    printf("{\"rate\":%.1f,\"p50\":%.4f,\"p99\":%.4f}\n",
           (double)flight->waits_ms.count / seconds,
           sample_at(&flight->waits_ms, 0.5),
           sample_at(&flight->waits_ms, 0.99));
    fflush(stdout);
    _Exit(EXIT_SUCCESS);
}

void flight_see(struct flight *flight, unsigned number)
{
    unsigned warm_up =
        flight->jobs / 10 < WARM_UP_MAX ? flight->jobs / 10 : WARM_UP_MAX;
    int64_t now = clock_steady_ns();

    flight->seen++;
    if (flight->seen == warm_up)
        flight->begin_ns = now;
    if (flight->seen > warm_up)
        sample_add(&flight->waits_ms,
                   (double)(now - flight->started_ns[number]) / 1e6);
    if (flight->started < flight->jobs)
        start_one(flight);
    else if (flight->seen == flight->jobs)
        tell(flight);
}
