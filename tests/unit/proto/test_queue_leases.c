#include "queue_talk.h"

/*
 * What becomes of a job between its worker and the next: leases of "ann" and
 * "bob" that end, run out or are lost.
 */

static void a_delayed_job_comes_when_it_is_due(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    wait_reply(queue_delay(queue, &lease, 60000, on_reply, NULL));
    assert_int_equal(take("ann", 1, 10), 0);
    assert_in_range(reply.numbers[0], 50000, 60000);
    redis_server_say(&server, "ZADD 'facewire:{0}:delayed' 1 job1");
    assert_int_equal(take("bob", 1, 10), 1);
    assert_string_equal(reply.leases[0].job.id, "job1");
}

static void a_lease_that_ran_out_goes_to_who_sweeps(void **state)
{
    struct lease lease, taken_over;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    wait_reply(queue_sweep(queue, "bob", 60000, 10, on_reply, NULL));
    assert_int_equal(reply.lease_count, 0);
    wait_reply(queue_sweep(queue, "bob", 0, 10, on_reply, NULL));
    assert_int_equal(reply.lease_count, 1);
    taken_over = reply.leases[0];
    assert_string_equal(taken_over.job.id, "job1");
    assert_string_equal(taken_over.job.account, "local");

    wait_reply(queue_beat(queue, "ann", &lease, 1, on_reply, NULL));
    assert_int_equal(reply.count, 1);
    assert_string_equal(reply.text, "");
    wait_reply(queue_beat(queue, "bob", &taken_over, 1, on_reply, NULL));
    assert_string_equal(reply.text, taken_over.entry);
}

static void a_lease_that_says_nothing_is_let_go_of(void **state)
{
    (void)state;
    redis_server_say(&server, "ZADD 'facewire:{0}:leases' 1 1763737200000-1");
    wait_reply(queue_sweep(queue, "bob", 0, 10, on_reply, NULL));
    assert_int_equal(reply.lease_count, 0);
    wait_reply(queue_stats(queue, on_reply, NULL));
    assert_int_equal(reply.numbers[3], 0);
}

static void what_is_handed_back_goes_first(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    add("job2", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    wait_reply(queue_hand_back(queue, &lease, on_reply, NULL));
    assert_int_equal(take("bob", 2, 10), 2);
    assert_string_equal(reply.leases[0].job.id, "job1");
    /* A lease that is not held any more cannot be handed back. */
    wait_reply(queue_hand_back(queue, &lease, on_reply, NULL));
    assert_int_equal(take("bob", 2, 10), 0);
}

static void an_emptied_redis_learns_what_is_running(void **state)
{
    struct lease lease;
    char epoch[64];

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    events();
    text_copy(epoch, sizeof epoch, reply.text);
    empty_redis(state);
    wait_reply(queue_beat(queue, "ann", &lease, 1, on_reply, NULL));
    assert_string_not_equal(reply.text, "");
    text_copy(lease.entry, sizeof lease.entry, reply.text);
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(reply.number, 0);
    finish(&lease, "search.completed:1");
    assert_int_equal(reply.number, 1);
    assert_int_equal(events(), 1);
    assert_string_not_equal(reply.text, epoch);

    /* Somebody else was quicker: the lease is lost. */
    add("job2", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    empty_redis(state);
    add("job2", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(take("bob", 1, 10), 1);
    wait_reply(queue_beat(queue, "ann", &lease, 1, on_reply, NULL));
    assert_string_equal(reply.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_delayed_job_comes_when_it_is_due, empty_redis),
        cmocka_unit_test_setup(a_lease_that_ran_out_goes_to_who_sweeps,
                               empty_redis),
        cmocka_unit_test_setup(a_lease_that_says_nothing_is_let_go_of,
                               empty_redis),
        cmocka_unit_test_setup(what_is_handed_back_goes_first, empty_redis),
        cmocka_unit_test_setup(an_emptied_redis_learns_what_is_running,
                               empty_redis),
    };

    return cmocka_run_group_tests(tests, start_queue, stop_queue);
}
