/*
 * story_redis_emptied.c - Redis is emptied in the middle of a hundred searches
 *
 * Some are done by then, some in flight, some wait: the engine is held still.
 * Every job that was accepted is done.  A client that watches is told of the
 * gap, fetches the state anew, and misses nothing from there on.
 */
#include "unit.h"

#include <signal.h>

#include "clock.h"
#include "ledger.h"
#include "live.h"
#include "stack.h"
#include "talk.h"

enum {
    JOBS = 100,
    HELD_AFTER =
        20, /* from here on jobs pile up: in flight, and in the queue */
    EMPTIED_AFTER = 60,
    EVENT_MS = 40000,
    QUIET_MS = 1500,
};

static struct stack stack;
static struct live live;
static struct ledger ledger;
static int gaps;

static int start(void **state)
{
    (void)state;
    stack_start_all(&stack);
    live_open(&live, stack.port);
    live_subscribe(&live, "searches");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    live_finish(&live);
    stack_stop(&stack);
    return 0;
}

static void on_gap(struct ledger *told, const struct json *gap)
{
    gaps++;
    assert_string_equal(json_text(json_first(json_get(gap, "topics"))),
                        "searches");
    assert_string_not_equal(json_get_text(gap, "from", ""), "");
    assert_string_not_equal(json_get_text(gap, "to", ""), "");
    assert_string_not_equal(json_get_text(gap, "from", ""),
                            json_get_text(gap, "to", ""));
    ledger_fetch(told, stack.port);
}

static void hear(int quiet_ms)
{
    ledger_hear(&ledger, &live, quiet_ms, on_gap);
}

static bool is_all_known(void)
{
    return gaps > 0 && ledger_open(&ledger) == 0;
}

static void every_job_is_done_though_redis_is_emptied(void **state)
{
    int64_t end_ms;

    (void)state;
    hear(QUIET_MS); /* everybody has settled down */
    for (int i = 0; i < JOBS; i++) {
        ledger_search(&ledger, stack.port, "f1-mom-2.jpg");
        hear(0);
        if (i == HELD_AFTER)
            child_signal(&stack.engine, SIGSTOP);
        if (i == EMPTIED_AFTER) {
            stack_empty_redis(&stack);
            child_signal(&stack.engine, SIGCONT);
        }
    }
    end_ms = clock_steady_ms() + EVENT_MS;
    while (!is_all_known() && clock_steady_ms() < end_ms)
        hear(100);
    for (size_t i = 0; i < ledger.count; i++)
        if (!talk_is_done(stack.port, ledger.tallies[i].job))
            fail_msg("job %s is not done", ledger.tallies[i].job);
}

static void
a_client_is_told_of_the_gap_and_misses_nothing_after_it(void **state)
{
    (void)state;
    assert_int_equal(gaps, stack.parts);
    assert_true(is_all_known());
    hear(QUIET_MS); /* nothing comes twice */
}

static void an_offset_from_before_leads_to_a_gap(void **state)
{
    struct live late = {.fd = -1, .offset = "e1-1-0"};
    struct json *message;

    (void)state;
    live_open(&late, stack.port);
    live_subscribe(&late, "searches");
    message = live_next(&late, EVENT_MS);
    assert_non_null(message);
    assert_true(live_is(message, "type", "gap"));
    assert_true(live_is(message, "from", "e1-1-0"));
    json_destroy(message);
    live_finish(&late);
}

static void jobs_that_were_caught_in_it_are_not_late(void **state)
{
    double worst_ms = 0;

    (void)state;
    for (size_t i = 0; i < ledger.count; i++) {
        struct json *job = talk_job(stack.port, ledger.tallies[i].job, 1000);
        double elapsed_ms =
            json_get_number(json_get(job, "result"), "elapsed_ms", -1);

        worst_ms = elapsed_ms > worst_ms ? elapsed_ms : worst_ms;
        json_destroy(job);
    }
    print_message("the slowest took %.0f ms\n", worst_ms);
    assert_true(worst_ms < 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_is_done_though_redis_is_emptied),
        cmocka_unit_test(
            a_client_is_told_of_the_gap_and_misses_nothing_after_it),
        cmocka_unit_test(an_offset_from_before_leads_to_a_gap),
        cmocka_unit_test(jobs_that_were_caught_in_it_are_not_late),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
