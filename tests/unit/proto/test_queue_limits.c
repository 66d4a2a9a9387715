#include "queue_talk.h"

/* How calls of the recognition service are spread over time. */

static void calls_are_spread_over_time(void **state)
{
    struct queue_rate rate = {.operation = "DetectFaces",
                              .job = "job1",
                              .rate = 10,
                              .cost = 1,
                              .patience_ms = 100000};
    int64_t waits = 0;

    (void)state;
    /* Ten at once, and then one every tenth of a second. */
    for (int i = 0; i < 20; i++) {
        wait_reply(queue_limit(queue, &rate, on_reply, NULL));
        waits += reply.numbers[0] > 0;
        assert_in_range(reply.numbers[1], 99000, 101000);
    }
    assert_in_range(waits, 9, 11);
    assert_in_range(reply.numbers[0], 700000, 1100000);
}

static void slots_that_are_far_away_stay_reserved(void **state)
{
    struct queue_rate rate = {.operation = "IndexFaces",
                              .job = "job1",
                              .rate = 1,
                              .cost = 10,
                              .patience_ms = 1000};
    int64_t first;

    (void)state;
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_true(reply.numbers[0] <= 0); /* ten at once would be too many, but
                                           the first of them may go */
    rate.job = "job2";
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    first = reply.numbers[0];
    assert_in_range(first, 8000000, 10000000);
    rate.job = "job3";
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_in_range(reply.numbers[0], 18000000, 20000000);
    rate.job = "job2"; /* asks again, and gets what was kept for it */
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_in_range(reply.numbers[0], first - 1000000, first);
}

static void a_fifth_is_kept_for_people(void **state)
{
    struct queue_rate rate = {.operation = "SearchFacesByImage",
                              .job = "job1",
                              .rate = 100,
                              .cost = 1,
                              .is_backfill = true,
                              .patience_ms = 100000};

    (void)state;
    for (int i = 0; i < 200; i++)
        wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_true(reply.numbers[0] > 1000000);
    rate.is_backfill = false;
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_true(reply.numbers[0] < 1100000);
}

static void a_throttle_slows_everybody(void **state)
{
    struct queue_rate rate = {.operation = "CompareFaces",
                              .job = "job1",
                              .rate = 10,
                              .cost = 1,
                              .patience_ms = 100000};

    (void)state;
    wait_reply(queue_slow_down(queue, "CompareFaces", on_reply, NULL));
    assert_int_equal(reply.number, 1);
    wait_reply(queue_slow_down(queue, "CompareFaces", on_reply, NULL));
    assert_int_equal(reply.number, 0); /* once a second */
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_in_range(reply.numbers[1], 135000, 143000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(calls_are_spread_over_time, empty_redis),
        cmocka_unit_test_setup(slots_that_are_far_away_stay_reserved,
                               empty_redis),
        cmocka_unit_test_setup(a_fifth_is_kept_for_people, empty_redis),
        cmocka_unit_test_setup(a_throttle_slows_everybody, empty_redis),
    };

    return cmocka_run_group_tests(tests, start_queue, stop_queue);
}
