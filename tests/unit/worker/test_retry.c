#include "unit.h"

#include "errors.h"
#include "retry.h"

enum { BASE_MS = 500, ROUNDS = 200 };

static void assert_waits(int error, int64_t asked_ms, int64_t failures,
                         int64_t least_ms, int64_t most_ms)
{
    for (int i = 0; i < ROUNDS; i++) {
        int64_t wait_ms = retry_wait_ms(error, asked_ms, failures, BASE_MS);

        assert_in_range(wait_ms, least_ms, most_ms);
    }
}

static void waits_grow_twofold_with_each_failure(void **state)
{
    (void)state;
    assert_waits(E_TIMEOUT, 0, 0, 250, 500);
    assert_waits(E_CONNECTION, 0, 1, 500, 1000);
    assert_waits(E_UNAVAILABLE, 0, 4, 4000, 8000);
}

static void no_wait_is_longer_than_five_minutes(void **state)
{
    (void)state;
    assert_waits(E_UNAVAILABLE, 0, 11, RETRY_CAP_MS / 2, RETRY_CAP_MS);
    assert_waits(E_UNAVAILABLE, 0, 1000000, RETRY_CAP_MS / 2, RETRY_CAP_MS);
}

static void jobs_that_failed_together_come_back_apart(void **state)
{
    int64_t sum = 0;

    (void)state;
    for (int i = 0; i < ROUNDS; i++)
        sum += retry_wait_ms(E_TIMEOUT, 0, 10, BASE_MS);
    /* Anywhere from 150 to 300 s: the middle, give or take a fifth. */
    assert_in_range(sum / ROUNDS, 180 * 1000, 270 * 1000);
}

/* Eight attempts have seven waits between them. */
static void all_attempts_together_outlast_half_a_minute(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t sum = 0;

        for (int64_t failures = 0; failures < 7; failures++)
            sum += retry_wait_ms(E_UNAVAILABLE, 0, failures, BASE_MS);
        assert_in_range(sum, 30 * 1000, 64 * 1000);
    }
}

static void a_job_sleeps_until_its_turn_comes(void **state)
{
    (void)state;
    assert_int_equal(retry_wait_ms(E_BUSY, 1234, 7, BASE_MS), 1234);
}

static void what_is_too_busy_to_say_when_is_asked_in_a_while(void **state)
{
    (void)state;
    assert_waits(E_BUSY, 0, 7, 1000, 2000);
    assert_waits(E_THROTTLED, 0, 7, 1000, 2000);
}

static void a_job_that_nobody_failed_is_tried_at_once(void **state)
{
    (void)state;
    assert_int_equal(retry_wait_ms(E_CONFLICT, 0, 7, BASE_MS), 0);
    assert_int_equal(retry_wait_ms(E_CANCELLED, 0, 7, BASE_MS), 0);
}

static void waiting_for_ones_turn_is_no_failure(void **state)
{
    (void)state;
    assert_false(retry_is_failure(E_BUSY));
    assert_false(retry_is_failure(E_THROTTLED));
    assert_false(retry_is_failure(E_CONFLICT));
    assert_false(retry_is_failure(E_CANCELLED));
    assert_true(retry_is_failure(E_TIMEOUT));
    assert_true(retry_is_failure(E_UNAVAILABLE));
    assert_true(retry_is_failure(E_CONNECTION));
    assert_true(retry_is_failure(E_DENIED));
    assert_true(retry_is_failure(E_PROTOCOL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_grow_twofold_with_each_failure),
        cmocka_unit_test(no_wait_is_longer_than_five_minutes),
        cmocka_unit_test(jobs_that_failed_together_come_back_apart),
        cmocka_unit_test(all_attempts_together_outlast_half_a_minute),
        cmocka_unit_test(a_job_sleeps_until_its_turn_comes),
        cmocka_unit_test(what_is_too_busy_to_say_when_is_asked_in_a_while),
        cmocka_unit_test(a_job_that_nobody_failed_is_tried_at_once),
        cmocka_unit_test(waiting_for_ones_turn_is_no_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
