#include "queue_talk.h"

/*
 * Who gets the jobs that wait.  Two workers, "ann" and "bob", share one queue.
 */

static void a_job_is_taken_once(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(reply.number, 1);
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(reply.number, 0);
    assert_int_equal(take("ann", 10, 10), 1);
    lease = reply.leases[0];
    assert_string_equal(lease.job.id, "job1");
    assert_string_equal(lease.job.account, "local");
    assert_int_equal(lease.job.priority, PRIORITY_INTERACTIVE);
    assert_int_equal(take("bob", 10, 10), 0);
    add("job1", "local", PRIORITY_INTERACTIVE); /* a sweeper's mistake */
    assert_int_equal(reply.number, 0);
    finish(&lease, "search.completed:1");
    assert_int_equal(reply.number, 1);
    add("job1", "local", PRIORITY_INTERACTIVE); /* now it may come again */
    assert_int_equal(reply.number, 1);
}

static void interactive_work_goes_first(void **state)
{
    (void)state;
    add("slow1", "local", PRIORITY_BACKFILL);
    add("slow2", "local", PRIORITY_BACKFILL);
    add("quick", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 3, 10), 3);
    assert_string_equal(reply.leases[0].job.id, "quick");
    assert_string_equal(reply.leases[1].job.id, "slow1");
    assert_string_equal(reply.leases[2].job.id, "slow2");
    assert_int_equal(reply.leases[2].job.priority, PRIORITY_BACKFILL);
}

static void accounts_take_turns(void **state)
{
    char id[32];

    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(id, sizeof id, "large%d", i);
        add(id, "large", PRIORITY_INTERACTIVE);
    }
    take("ann", 10, 100); /* it has had the queue for itself so far */
    add("small0", "small", PRIORITY_INTERACTIVE);
    add("small1", "small", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 4, 100), 4);
    int small = 0;
    for (int i = 0; i < 4; i++)
        small += strcmp(reply.leases[i].job.account, "small") == 0;
    assert_int_equal(small, 2);
}

static void weights_give_larger_shares(void **state)
{
    char id[32];
    int heavy = 0;

    (void)state;
    redis_server_say(&server, "HSET 'facewire:{0}:weight' heavy 3");
    for (int i = 0; i < 20; i++) {
        snprintf(id, sizeof id, "h%d", i);
        add(id, "heavy", PRIORITY_INTERACTIVE);
        snprintf(id, sizeof id, "l%d", i);
        add(id, "light", PRIORITY_INTERACTIVE);
    }
    assert_int_equal(take("ann", 12, 100), 12);
    for (int i = 0; i < 12; i++)
        heavy += strcmp(reply.leases[i].job.account, "heavy") == 0;
    assert_in_range(heavy, 8, 10);
}

static void an_account_has_so_many_jobs_in_flight(void **state)
{
    struct lease lease;

    (void)state;
    add("a1", "a", PRIORITY_INTERACTIVE);
    add("a2", "a", PRIORITY_INTERACTIVE);
    add("a3", "a", PRIORITY_INTERACTIVE);
    add("b1", "b", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 10, 2), 3); /* a1, a2, b1 */
    lease = reply.leases[0];
    assert_string_equal(lease.job.id, "a1");
    assert_int_equal(take("ann", 10, 2), 0);
    add("a4", "a", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 10, 2), 0);
    finish(&lease, "search.completed:1");
    assert_int_equal(take("ann", 10, 2), 1);
    assert_string_equal(reply.leases[0].job.id, "a3");
}

static void functions_that_were_refused_are_offered_again(void **state)
{
    (void)state;
    redis_server_say(&server, "config set maxmemory 1");
    redis_server_say(&server, "client kill type normal");
    while (is_queue_up)
        uv_run(&loop, UV_RUN_ONCE);
    while (!redis_says("info errorstats", "OOM"))
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_false(is_queue_up);
    redis_server_say(&server, "config set maxmemory 0");
    turn_until(&is_queue_up);
    add("job-1", "school", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 1, 8), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_job_is_taken_once, empty_redis),
        cmocka_unit_test_setup(interactive_work_goes_first, empty_redis),
        cmocka_unit_test_setup(accounts_take_turns, empty_redis),
        cmocka_unit_test_setup(weights_give_larger_shares, empty_redis),
        cmocka_unit_test_setup(an_account_has_so_many_jobs_in_flight,
                               empty_redis),
        cmocka_unit_test_setup(functions_that_were_refused_are_offered_again,
                               empty_redis),
    };

    return cmocka_run_group_tests(tests, start_queue, stop_queue);
}
