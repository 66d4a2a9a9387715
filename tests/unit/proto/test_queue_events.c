#include "queue_talk.h"

/*
 * What of a job's progress and its end goes to the log, and what goes with it.
 */

static void an_end_is_told_once(void **state)
{
    struct lease lease;
    int64_t before;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    before = events();
    finish(&lease, "search.completed:1");
    assert_int_equal(reply.number, 1);
    finish(&lease, "search.completed:1");
    assert_int_equal(reply.number, 0);
    assert_int_equal(events() - before, 1);
    finish(&lease, "job.failed:2"); /* of a later life */
    assert_int_equal(reply.number, 1);
}

static void an_end_that_comes_again_leaves_a_replay_alone(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    finish(&lease, "job.failed:1");
    assert_int_equal(reply.number, 1);
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(reply.number, 1);
    finish(&lease, "job.failed:1");
    assert_int_equal(reply.number, 0);
    add("job1", "local", PRIORITY_INTERACTIVE); /* it is still there */
    assert_int_equal(reply.number, 0);
    take("ann", 1, 10);
    lease = reply.leases[0];
    finish(&lease, "search.completed:2");
    assert_int_equal(reply.number, 1);
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    finish(&lease, "search.completed:2"); /* whose row was over */
    assert_int_equal(reply.number, 0);
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(reply.number, 1);
}

static void drop(const struct lease *lease)
{
    static const struct queue_event gone = {"job.failed:0", "people", "{}",
                                            NULL};

    wait_reply(queue_drop(queue, lease, &gone, on_reply, NULL));
}

static void a_job_whose_row_is_gone_ends_once(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    drop(&lease);
    assert_int_equal(reply.number, 1);
    finish(&lease, "person.enrolled:1"); /* of an attempt that was slow */
    assert_int_equal(reply.number, 0);
    drop(&lease);
    assert_int_equal(reply.number, 0);

    add("job2", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    finish(&lease, "person.enrolled:1");
    assert_int_equal(reply.number, 1);
    drop(&lease);
    assert_int_equal(reply.number, 0);
}

static void progress(const char *name, int64_t attempt)
{
    struct queue_event event = {name, "searches", "{}", NULL};

    wait_reply(queue_progress(queue, "job1", attempt, &event, on_reply, NULL));
}

static void progress_of_an_overtaken_worker_is_refused(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    progress("job.started", 1);
    assert_int_equal(reply.numbers[0], 1);
    progress("search.face:0", 1);
    assert_int_equal(reply.numbers[0], 1);
    progress("job.started", 2);
    assert_int_equal(reply.numbers[0], 0);
    progress("search.face:1", 1);
    assert_int_equal(reply.numbers[0], -1);
    progress("search.face:0", 2);
    assert_int_equal(reply.numbers[0], 0);
    progress("search.face:1", 2);
    assert_int_equal(reply.numbers[0], 1);
    finish(&lease, "search.completed:2");
    progress("search.face:2", 2);
    assert_int_equal(reply.numbers[0], -1);
}

static void a_replayed_job_can_tell_its_progress(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    progress("search.face:0", 1);
    finish(&lease, "job.failed:1");
    progress("search.face:1", 1);
    assert_int_equal(reply.numbers[0], -1);
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 1, 10), 1);
    progress("search.face:0", 2); /* told of its first life alone */
    assert_int_equal(reply.numbers[0], 1);
    progress("search.face:0", 2);
    assert_int_equal(reply.numbers[0], 0);
}

static void stages_wait_for_whoever_starts_the_job(void **state)
{
    struct queued_job job = {.id = "job1", .account = "local"};
    struct queue_event event = queued;
    struct lease lease;

    (void)state;
    event.stages = "us,1,2";
    wait_reply(queue_add(queue, &job, &event, on_reply, NULL));
    take("ann", 1, 10);
    lease = reply.leases[0];
    progress("job.started", 1);
    assert_int_equal(reply.numbers[0], 1);
    assert_string_equal(reply.second, event.stages);
    progress("search.face:0", 1);
    assert_string_equal(reply.second, "");
    wait_reply(queue_delay(queue, &lease, 0, on_reply, NULL));
    while (take("ann", 1, 10) == 0)
        continue;
    progress("job.started", 2);
    assert_int_equal(reply.numbers[0], 0);
    assert_string_equal(reply.second, event.stages);
}

static void a_job_may_come_without_stages(void **state)
{
    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    progress("job.started", 1);
    assert_int_equal(reply.numbers[0], 1);
    assert_string_equal(reply.second, "");
}

static void an_entry_of_the_log_is_found(void **state)
{
    char last[64];

    (void)state;
    add("job-1", "school", PRIORITY_INTERACTIVE);
    wait_reply(queue_log(queue, "0-0", on_reply, NULL));
    assert_int_equal(reply.numbers[2], 1);
    assert_int_equal(reply.numbers[3], 1);
    assert_int_equal(reply.numbers[4], 0);
    text_copy(last, sizeof last, reply.second);
    wait_reply(queue_log(queue, last, on_reply, NULL));
    assert_int_equal(reply.numbers[4], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_end_is_told_once, empty_redis),
        cmocka_unit_test_setup(an_end_that_comes_again_leaves_a_replay_alone,
                               empty_redis),
        cmocka_unit_test_setup(a_job_whose_row_is_gone_ends_once, empty_redis),
        cmocka_unit_test_setup(progress_of_an_overtaken_worker_is_refused,
                               empty_redis),
        cmocka_unit_test_setup(a_replayed_job_can_tell_its_progress,
                               empty_redis),
        cmocka_unit_test_setup(stages_wait_for_whoever_starts_the_job,
                               empty_redis),
        cmocka_unit_test_setup(a_job_may_come_without_stages, empty_redis),
        cmocka_unit_test_setup(an_entry_of_the_log_is_found, empty_redis),
    };

    return cmocka_run_group_tests(tests, start_queue, stop_queue);
}
