/*
 * story_worker_drain.c - a worker is told to stop in the middle of its work
 *
 * What is under way is finished if there is time, else handed back at once; the
 * worker ends well either way, and nothing is done twice.
 */
#include "unit.h"

#include <signal.h>

#include "clock.h"
#include "ledger.h"
#include "live.h"
#include "stack.h"
#include "talk.h"

enum {
    JOBS = 40, /* more than a worker carries at a time */
    DRAIN_MS = 2000,
    EVENT_MS = 30000,
    QUIET_MS = 1500,
    LEASE_MS = 60000, /* nothing is waited for until a lease runs out */
};

static struct stack stack;
static struct live live;
static struct ledger ledger;

static int start(void **state)
{
    char text[16];

    (void)state;
    snprintf(text, sizeof text, "%d", LEASE_MS);
    setenv("FACEWIRE_LEASE_MS", text, 1);
    snprintf(text, sizeof text, "%d", DRAIN_MS);
    setenv("FACEWIRE_DRAIN_MS", text, 1);
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

static void post(void)
{
    ledger.count = 0;
    for (int i = 0; i < JOBS; i++)
        ledger_search(&ledger, stack.port, "f1-mom-2.jpg");
}

static size_t started(void)
{
    size_t count = 0;

    for (size_t i = 0; i < ledger.count; i++)
        count += ledger.tallies[i].started > 0;
    return count;
}

/* How many of the jobs were taken so often; each must have that status. */
static size_t count_attempts(int attempts, const char *status)
{
    size_t count = 0;

    for (size_t i = 0; i < ledger.count; i++) {
        char target[80];
        struct json *job;

        snprintf(target, sizeof target, "/v1/jobs/%s", ledger.tallies[i].job);
        job = talk_get(stack.port, target);
        if (json_get_number(job, "attempts", -1) == attempts) {
            assert_string_equal(json_get_text(job, "status", ""), status);
            count++;
        }
        json_destroy(job);
    }
    return count;
}

/* All jobs complete, soon and once. */
static void hear_all_completed(void)
{
    int64_t end_ms = clock_steady_ms() + EVENT_MS;

    while (ledger_completed(&ledger) < JOBS && clock_steady_ms() < end_ms)
        ledger_hear(&ledger, &live, 50, NULL);
    assert_int_equal(ledger_completed(&ledger), JOBS);
    ledger_hear(&ledger, &live, QUIET_MS, NULL);
}

static void stop_worker(void)
{
    child_signal(&stack.worker, SIGTERM);
    assert_int_equal(child_wait(&stack.worker, 2 * DRAIN_MS), 0);
}

static void what_is_under_way_is_finished(void **state)
{
    size_t done;

    (void)state;
    post();
    while (started() == 0)
        ledger_hear(&ledger, &live, 10, NULL);
    stop_worker();
    ledger_hear(&ledger, &live, QUIET_MS, NULL);
    done = ledger_completed(&ledger);
    assert_in_range(done, 1, JOBS);
    assert_int_equal(started(), done);
    assert_int_equal(count_attempts(1, "done"), done);
    assert_int_equal(count_attempts(0, "queued"), JOBS - done);

    stack_start_worker(&stack);
    hear_all_completed();
    assert_int_equal(count_attempts(1, "done"), JOBS);
}

static void what_takes_too_long_is_handed_back_at_once(void **state)
{
    size_t held;

    (void)state;
    child_signal(&stack.engine, SIGSTOP);
    post();
    do
        ledger_hear(&ledger, &live, 200, NULL);
    while (started() == 0);
    held = started();
    stop_worker();
    assert_int_equal(ledger_completed(&ledger), 0);
    assert_int_equal(count_attempts(1, "queued"), held);

    child_signal(&stack.engine, SIGCONT);
    stack_start_worker(&stack);
    hear_all_completed();
    assert_int_equal(count_attempts(2, "done"), held);
    assert_int_equal(count_attempts(1, "done"), JOBS - held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_under_way_is_finished),
        cmocka_unit_test(what_takes_too_long_is_handed_back_at_once),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
