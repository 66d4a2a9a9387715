/*
 * story_cluster.c - the queue lies in 16 parts on a Redis Cluster, and one of
 * its masters is killed while photos are uploaded
 *
 * Its replica takes over.  Every job that was accepted is done; a client that
 * listens is told of what was lost, or has missed nothing.
 */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "ledger.h"
#include "live.h"
#include "patience.h"
#include "stack.h"
#include "stream.h"
#include "talk.h"

enum {
    JOBS = 60,
    KILLED_AFTER = 20,
    STREAM_JOBS = 8,
    VICTIM = 1, /* a master that has six of the parts */
    EVENT_MS = 60000,
    QUIET_MS = 1500,
};

static struct stack stack;
static struct live live;
static struct ledger ledger;
static int gaps;

static int start(void **state)
{
    (void)state;
    setenv("FACEWIRE_TEST_PARTS", "16", 1);
    setenv("FACEWIRE_TEST_REPLICAS", "yes", 1);
    stack_start_all(&stack);
    live_open(&live, stack.port);
    live_subscribe(&live, "searches");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    live_finish(&live);
    ledger_finish(&ledger);
    stack_stop(&stack);
    return 0;
}

static void on_gap(struct ledger *told, const struct json *gap)
{
    (void)gap;
    gaps++;
    ledger_fetch(told, stack.port);
}

static void hear(int quiet_ms)
{
    ledger_hear(&ledger, &live, quiet_ms, on_gap);
}

static void search(void)
{
    ledger_search(&ledger, stack.port, "f1-mom-2.jpg");
    hear(0);
}

static void hear_the_end(void)
{
    int64_t end_ms = clock_steady_ms() + EVENT_MS;

    while (ledger_open(&ledger) > 0 && clock_steady_ms() < end_ms)
        hear(100);
    assert_int_equal(ledger_open(&ledger), 0);
}

static void people_are_enrolled_and_found(void **state)
{
    struct json *job, *done;
    const struct json *match;

    (void)state;
    json_destroy(
        talk_enrol(stack.port, "mom",
                   unit_shared("FACEWIRE_PHOTOS", "photos", "f1-mom-1.jpg")));
    job = talk_search(stack.port, "f1-mom-2.jpg");
    done = talk_job(stack.port, json_get_text(job, "id", ""), EVENT_MS);
    match = json_first(json_get(
        json_first(json_get(json_get(done, "result"), "faces")), "matches"));
    assert_string_equal(
        json_get_text(json_get(match, "person"), "external_id", ""), "mom");
    json_destroy(done);
    json_destroy(job);
}

static void every_master_has_some_of_the_parts(void **state)
{
    (void)state;
    for (size_t node = 0; node < CLUSTER_MASTERS; node++) {
        char port[16];
        const char *arguments[] = {
            "sh", "-c", "redis-cli -p $1 keys 'facewire:*:parts' | grep -q .",
            "sh", port, NULL};

        snprintf(port, sizeof port, "%d", stack.cluster.nodes[node].port);
        search();
        if (child_run(arguments, "redis-cli.log") != 0)
            fail_msg("master %zu has nothing", node);
    }
    hear_the_end();
}

/* Each job is completed once in what the stream tells until all are. */
static void hear_stream(struct stream *stream, struct ledger *wanted)
{
    while (ledger_open(wanted) > 0) {
        struct json *event = stream_next(stream);

        if (!event)
            fail_msg("the stream has ended");
        ledger_note(wanted, event);
        json_destroy(event);
    }
}

static void search_for(struct ledger *wanted)
{
    for (int i = 0; i < STREAM_JOBS; i++)
        ledger_search(wanted, stack.port, "f1-mom-2.jpg");
}

static void a_stream_resumes_in_every_part_by_its_last_id(void **state)
{
    struct ledger before = {0}, missed = {0};
    struct stream stream = {0};

    (void)state;
    stream_open(&stream, stack.port, "searches");
    search_for(&before);
    hear_stream(&stream, &before);
    stream_close(&stream);
    search_for(&missed);
    while (hear(100), ledger_completed(&missed) < missed.count)
        for (size_t i = 0; i < missed.count; i++)
            missed.tallies[i].completed =
                talk_is_done(stack.port, missed.tallies[i].job);
    ledger_begin_anew(&missed);
    stream_open(&stream, stack.port, "searches");
    hear_stream(&stream, &missed);
    stream_close(&stream);
    ledger_finish(&before);
    ledger_finish(&missed);
}

static void nothing_is_lost_when_a_master_is_killed(void **state)
{
    struct child *victim = &stack.cluster.nodes[VICTIM].child;
    int64_t killed_ms = 0;

    (void)state;
    for (int i = 0; i < JOBS; i++) {
        search();
        if (i != KILLED_AFTER)
            continue;
        child_signal(victim, SIGKILL);
        child_wait(victim, EVENT_MS);
        killed_ms = clock_steady_ms();
    }
    hear_the_end();
    print_message("all done %lld ms after the end of a master, %d gaps\n",
                  (long long)(clock_steady_ms() - killed_ms), gaps);
    for (size_t i = 0; i < ledger.count; i++)
        assert_true(talk_is_done(stack.port, ledger.tallies[i].job));
    assert_true(
        redis_cluster_is_master(&stack.cluster, VICTIM + CLUSTER_MASTERS));
    hear(QUIET_MS); /* nothing comes twice */
}

static void work_goes_on_as_before(void **state)
{
    struct patience patience = patience_of(EVENT_MS);
    int status = 0;

    (void)state;
    while (status != 200 && patience_lasts(&patience))
        json_destroy(talk(stack.port, "GET", "/readyz", &status));
    assert_int_equal(status, 200);
    redis_cluster_restart(&stack.cluster, VICTIM);
    for (int i = 0; i < JOBS / 3; i++)
        search();
    hear_the_end();
    assert_false(redis_cluster_is_master(&stack.cluster, VICTIM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_enrolled_and_found),
        cmocka_unit_test(every_master_has_some_of_the_parts),
        cmocka_unit_test(a_stream_resumes_in_every_part_by_its_last_id),
        cmocka_unit_test(nothing_is_lost_when_a_master_is_killed),
        cmocka_unit_test(work_goes_on_as_before),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
