/*
 * story_worker_killed.c - a worker is killed three times in the middle of a
 * hundred searches
 *
 * Whatever it held runs again.  A client that watches sees every job complete,
 * once, and no face of it twice.
 */
#include "unit.h"

#include "clock.h"
#include "ledger.h"
#include "live.h"
#include "stack.h"
#include "talk.h"
#include "text.h"

enum {
    BURSTS = 4, /* the worker is killed in all but the last */
    BURST_JOBS = 25,
    JOBS = BURSTS * BURST_JOBS,
    GROUP_EACH = 8, /* every so many jobs it is a photo of four */
    EVENT_MS = 30000,
    ALL_MS = 2 * EVENT_MS,
    QUIET_MS = 2000,
};

static struct stack stack;
static struct live live;
static struct ledger ledger;
static char first_offset[LIVE_OFFSET_BYTES];

static int start(void **state)
{
    (void)state;
    stack_start_all(&stack);
    json_destroy(
        talk_enrol(stack.port, "mom",
                   unit_shared("FACEWIRE_PHOTOS", "photos", "f1-mom-1.jpg")));
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

/* Notes what comes until nothing does for a while. */
static void hear(int quiet_ms)
{
    while (live_has(&live, quiet_ms)) {
        struct json *message = live_take(&live);

        if (live.fd < 0)
            fail_msg("the live connection ended");
        if (!message)
            continue; /* a ping */
        if (!first_offset[0])
            text_copy(first_offset, sizeof first_offset, live.offset);
        ledger_note(&ledger, message);
        json_destroy(message);
    }
}

static void post_burst(void)
{
    for (int i = 0; i < BURST_JOBS; i++) {
        ledger_search(&ledger, stack.port,
                      ledger.count % GROUP_EACH ? "f1-mom-2.jpg"
                                                : "f1-group.jpg");
        hear(0);
    }
}

/* Whether the worker has a job in its hands. */
static bool is_at_work(void)
{
    for (size_t i = 0; i < ledger.count; i++)
        if (ledger.tallies[i].started && !ledger.tallies[i].completed)
            return true;
    return false;
}

static void every_job_completes_once_though_its_worker_is_killed(void **state)
{
    int64_t end_ms;

    (void)state;
    for (int burst = 0; burst < BURSTS; burst++) {
        post_burst();
        if (burst == BURSTS - 1)
            break;
        /* A worker that was quick has done them all by now. */
        while (!is_at_work() && ledger_completed(&ledger) < ledger.count)
            hear(10);
        stack_kill_worker(&stack);
    }
    end_ms = clock_steady_ms() + ALL_MS;
    while (ledger_completed(&ledger) < JOBS && clock_steady_ms() < end_ms)
        hear(100);
    assert_int_equal(ledger_completed(&ledger), JOBS);
    hear(QUIET_MS);
}

static void every_result_is_kept(void **state)
{
    int repeated = 0;

    (void)state;
    for (size_t i = 0; i < ledger.count; i++) {
        const struct tally *tally = &ledger.tallies[i];
        struct json *job = talk_job(stack.port, tally->job, EVENT_MS);
        size_t faces = json_count(json_get(json_get(job, "result"), "faces"));

        assert_string_equal(json_get_text(job, "status", ""), "done");
        assert_int_equal(faces, i % GROUP_EACH ? 1 : 4);
        for (size_t face = 0; face < LEDGER_FACES; face++)
            assert_int_equal(tally->faces[face], face < faces);
        assert_int_equal(tally->queued, 1);
        assert_int_equal(tally->started, 1);
        repeated += json_get_number(job, "attempts", 0) > 1;
        json_destroy(job);
    }
    print_message("%d jobs ran again\n", repeated);
    assert_true(repeated > 0); /* else nobody was killed at work */
}

static void a_client_that_comes_later_sees_the_same(void **state)
{
    (void)state;
    ledger_begin_anew(&ledger);
    live_cut(&live);
    live_open(&live, stack.port);
    text_copy(live.offset, sizeof live.offset, first_offset);
    live_subscribe(&live, "searches");
    hear(QUIET_MS);
    assert_int_equal(ledger_completed(&ledger), JOBS);
}

/* As if its worker had been killed between the commit and the telling. */
static void a_result_that_nobody_heard_of_is_told_with_its_faces(void **state)
{
    const char *group = ledger.tallies[0].job;
    char statement[120];
    struct json *message;
    size_t faces = 0;
    bool is_completed = false;

    (void)state;
    stack_empty_redis(&stack);
    snprintf(statement, sizeof statement,
             "UPDATE facewire.jobs SET told = 0 WHERE id = '%s'", group);
    mariadb_server_say(&stack.mariadb, statement);
    while (!is_completed) {
        message = live_next(&live, EVENT_MS);
        assert_non_null(message);
        if (live_is(message, "job", group)) {
            faces += live_is(message, "event", "search.face");
            is_completed = live_is(message, "event", "search.completed");
        }
        json_destroy(message);
    }
    assert_int_equal(faces, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_completes_once_though_its_worker_is_killed),
        cmocka_unit_test(every_result_is_kept),
        cmocka_unit_test(a_client_that_comes_later_sees_the_same),
        cmocka_unit_test(a_result_that_nobody_heard_of_is_told_with_its_faces),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
