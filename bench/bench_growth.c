/*
 * bench_growth.c - what each costs when there are many
 *
 *   bench_growth [full]
 *
 * An event for each listener, a job while others wait, what is asked of the
 * database while people are enrolled.  `full` goes on to a million.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "crowd.h"
#include "growth.h"
#include "log.h"
#include "xalloc.h"

enum {
    ROUNDS = 2,
    DATA_BYTES = 16, /* the envelope makes 240 of them */
    DELIVERIES = 200000,
    IN_FLIGHT = 4,
    MOST = 20000,
    OTHERS = 500, /* descriptors that are no listener's */
};

static const char by_listeners[] = "a delivery, by listeners";
static const size_t listeners[] = {10, 100, 1000, 5000, 10000};

static const char *const columns[GROWTH_COLUMNS] = {"us each", "bytes each"};

static void measure_listeners(struct results *results, size_t count)
{
    struct crowd_wish wish = {.listeners = count,
                              .in_flight = IN_FLIGHT,
                              .events = DELIVERIES / count,
                              .event_bytes = DATA_BYTES};
    struct crowd_found found;
    struct crowd_host host;
    struct stack stack;

    crowd_start_ours(&stack, &host);
    crowd_run(&host, &wish, &found);
    growth_add(results, by_listeners, count,
               found.cpu_s * 1e6 / (double)(wish.listeners * wish.events),
               found.idle_kilobytes * 1024, found.foreign);
    stack_stop(&stack);
}

/* The largest size that there are descriptors for, up to 20,000; client and
 * server have as many. */
static size_t most_listeners(void)
{
    struct rlimit limit;

    crowd_allow_descriptors();
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > MOST + OTHERS ? MOST
                                          : (size_t)limit.rlim_cur - OTHERS;
}

static double times(const struct results *results, const char *what,
                    const char *large, const char *small)
{
    return results_median(results, what, large, columns[0]) /
           results_median(results, what, small, columns[0]);
}

static void hold(struct results *results)
{
    results_at_most(results, "a delivery to 10,000 as times of one to 1,000",
                    times(results, by_listeners, "10000", "1000"), 2);
    results_at_most(results, "a job with 100,000 waiting as times of none",
                    times(results, "a job, by jobs that wait", "100000", "0"),
                    1.3);
    results_at_most(
        results, "naming faces of 100,000 people as times of 1,000",
        times(results, "naming 5 faces, by people", "100000", "1000"), 2);
    results_at_most(
        results, "the last page of 100,000 people as times of 1,000's",
        times(results, "the last page of people, by people", "100000", "1000"),
        2);
}

int main(int argc, char **argv)
{
    bool is_full = argc > 1 && strcmp(argv[1], "full") == 0;
    struct results *results =
        results_create("growth", "what one costs when there are many", columns,
                       COUNT(columns));
    struct stack stack;
    size_t most = most_listeners();

    log_open("bench", LOG_INFO, LOG_TEXT);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < COUNT(listeners); i++)
            if (listeners[i] < most)
                measure_listeners(results, listeners[i]);
        measure_listeners(results, most);
    }
    stack_prepare(&stack);
    growth_queue(results, &stack, is_full);
    growth_people(results, &stack, is_full);
    stack_stop(&stack);
    hold(results);
    results_finish(results);
    return EXIT_SUCCESS;
}
