/*
 * soak.c - an hour of mixed load at half of what the machine can do
 *
 *   soak [MINUTES]
 *
 * First there are more jobs at once than ever after; then the load is as high
 * as it goes, which tells how high that is; then all comes to rest, and what
 * the parts hold is written down.  Then it goes on for so many minutes at half
 * the rate.  Memory must be flat from the second quarter to the last, and after
 * a rest no descriptor may be left over.
 */
#include "unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "gauge.h"
#include "mixture.h"
#include "patience.h"
#include "raw_client.h"
#include "stack.h"

enum {
    MINUTES = 60,
    CROWD_MS = 30000,    /* more jobs at once than ever after: */
    CROWD = 64,          /* so many */
    FULL_MS = 30000,     /* as high as it goes */
    UNDER_WAY = 16,      /* jobs, meanwhile */
    LOOK_MS = 10000,     /* between two looks */
    REST_MS = 20000,     /* connections that are kept unused are given up */
    LOG_EVENTS = 101000, /* more than the log keeps */
    LOG_AT_ONCE = 1000,
    HEAR_MS = 5,
};

static struct stack stack;
static struct mixture mixture;
static int minutes = MINUTES;

/* ---- before it begins ---- */

/* The log keeps its newest events, and is full in the long run: so it is from
 * the beginning, for its filling up not to look like a leak. */
static void fill_log(void)
{
    static const char told[] = "*2\r\n:1\r\n$0\r\n\r\n";
    static const char job[] = "0199c1de-7f3a-7000-8000-0123456789ab";
    int fd = raw_connect(stack.redis.port);
    char data[500];

    memset(data, 'x', sizeof data - 1);
    data[0] = data[sizeof data - 2] = '"';
    data[sizeof data - 1] = '\0';
    for (int i = 0; i < LOG_EVENTS; i += LOG_AT_ONCE) {
        struct buffer commands = {0};
        char replies[LOG_AT_ONCE * sizeof told];
        size_t got = 0;

        for (int k = i; k < i + LOG_AT_ONCE; k++)
            buffer_printf(&commands,
                          "FCALL facewire_progress 1 facewire:{0}: %s 1 "
                          "search.face:%d alerts '%s' 100000\r\n",
                          job, k, data);
        raw_send(fd, commands.bytes, commands.len);
        buffer_finish(&commands);
        while (got < LOG_AT_ONCE * strlen(told)) {
            ssize_t more = recv(fd, replies + got, sizeof replies - got, 0);

            if (more <= 0 || memcmp(replies, told, 8) != 0)
                fail_msg("the log cannot be filled");
            got += (size_t)more;
        }
    }
    close(fd);
    redis_server_say(&stack.redis, "DEL 'facewire:{0}:told:"
                                   "0199c1de-7f3a-7000-8000-0123456789ab'");
}

static int start(void **state)
{
    (void)state;
    /* Small enough for real events to replace in minutes what it was filled
     * with: they are of other sizes. */
    setenv("FACEWIRE_WINDOW_BYTES", "1M", 1);
    stack_start_all(&stack);
    fill_log();
    mixture_open(&mixture, &stack);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    stack_stop(&stack);
    return 0;
}

/* ---- the load ---- */

/* What is opened when it is first needed is open from then on: connections to
 * the database, and on each of them its statements. */
static void crowd(void)
{
    struct patience patience = patience_of(CROWD_MS);

    while (patience_lasts(&patience)) {
        mixture_act(&mixture);
        if (mixture.pending_count >= CROWD)
            mixture_settle(&mixture, CROWD / 2);
    }
    mixture_settle(&mixture, 0);
}

/* Acts a second, with as many jobs under way as keep the engine busy. */
static double find_limit(void)
{
    int64_t start_ms = clock_steady_ms();
    size_t before = mixture.acts;

    while (clock_steady_ms() < start_ms + FULL_MS) {
        mixture_act(&mixture);
        if (mixture.pending_count >= UNDER_WAY)
            mixture_settle(&mixture, UNDER_WAY - 1);
    }
    mixture_settle(&mixture, 0);
    return (double)(mixture.acts - before) * 1000 /
           (double)(clock_steady_ms() - start_ms);
}

static void rest(void)
{
    struct patience patience = patience_of(REST_MS);

    mixture_settle(&mixture, 0);
    while (patience_lasts(&patience))
        mixture_hear(&mixture, HEAR_MS);
}

/* Whatever took too long is not made up for: the rate is half, not more. */
static void keep_on(double rate, struct gauge *gauge)
{
    int64_t start_ms = clock_steady_ms();
    int64_t end_ms = start_ms + (int64_t)minutes * 60000;
    int64_t look_ms = start_ms;
    int64_t next_ns = clock_steady_ns();

    while (clock_steady_ms() < end_ms) {
        int64_t now_ns = clock_steady_ns();

        if (now_ns < next_ns) {
            mixture_hear(&mixture, HEAR_MS);
            continue;
        }
        next_ns = now_ns + (int64_t)(1e9 / rate);
        mixture_act(&mixture);
        if (clock_steady_ms() >= look_ms) {
            gauge_look(gauge, mixture.acts, mixture.jobs);
            look_ms += LOOK_MS;
        }
    }
}

static void memory_is_flat_and_nothing_is_left_over(void **state)
{
    struct look before, after;
    struct gauge gauge;
    bool is_flat, is_back;
    double limit;

    (void)state;
    crowd();
    limit = find_limit();
    print_message("at most %.1f acts a second; %d minutes at half of it\n",
                  limit, minutes);
    rest();
    before = gauge_glance(&stack);
    gauge_open(&gauge, &stack);
    keep_on(limit / 2, &gauge);
    rest();
    after = gauge_glance(&stack);
    print_message("%zu acts: %zu jobs ended, %zu of them failed; %zu results "
                  "of live frames, %zu bad requests refused\n",
                  mixture.acts, mixture.jobs, mixture.failed, mixture.results,
                  mixture.refused);
    mixture_close(&mixture);
    is_flat = gauge_is_flat(&gauge);
    is_back = gauge_is_back(&after, &before);
    gauge_finish(&gauge);
    assert_true(is_flat);
    assert_true(is_back);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_flat_and_nothing_is_left_over),
    };

    if (argc > 1)
        minutes = atoi(argv[1]);
    if (argc > 2 || minutes <= 0) {
        fprintf(stderr, "usage: %s [MINUTES]\n", argv[0]);
        return EXIT_FAILURE;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
