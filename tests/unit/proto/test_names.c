#include "unit.h"

#include "names.h"

static void every_word_is_found_again(void **state)
{
    (void)state;
    for (int i = 0; i < JOB_KINDS; i++) {
        enum job_kind kind;

        assert_true(job_kind_find(job_kind_name((enum job_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    for (int i = 0; i < JOB_STATUSES; i++) {
        enum job_status status;

        assert_true(
            job_status_find(job_status_name((enum job_status)i), &status));
        assert_int_equal(status, i);
    }
    for (int i = 0; i < PRIORITIES; i++) {
        enum priority priority;

        assert_true(priority_find(priority_name((enum priority)i), &priority));
        assert_int_equal(priority, i);
    }
}

static void other_words_are_refused(void **state)
{
    enum job_kind kind;
    enum job_status status;
    enum priority priority;

    (void)state;
    assert_false(job_kind_find("verify", &kind));
    assert_false(job_kind_find("Search", &kind));
    assert_false(job_status_find("", &status));
    assert_false(job_status_find("done ", &status));
    assert_false(priority_find("live", &priority));
}

static void every_kind_ends_with_an_event_of_its_own(void **state)
{
    (void)state;
    assert_string_equal(job_kind_done_event(JOB_SEARCH), "search.completed");
    assert_string_equal(job_kind_done_event(JOB_ANALYZE), "analysis.completed");
    assert_string_equal(job_kind_done_event(JOB_COMPARE),
                        "comparison.completed");
    assert_string_equal(job_kind_done_event(JOB_ENROLL), "person.enrolled");
    assert_string_equal(job_kind_done_event(JOB_ERASE), "person.erased");
}

static void only_what_many_wait_for_has_a_topic_for_all(void **state)
{
    (void)state;
    assert_string_equal(job_kind_topic(JOB_SEARCH), "searches");
    assert_string_equal(job_kind_topic(JOB_ENROLL), "people");
    assert_string_equal(job_kind_topic(JOB_ERASE), "people");
    assert_null(job_kind_topic(JOB_ANALYZE));
    assert_null(job_kind_topic(JOB_COMPARE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found_again),
        cmocka_unit_test(other_words_are_refused),
        cmocka_unit_test(every_kind_ends_with_an_event_of_its_own),
        cmocka_unit_test(only_what_many_wait_for_has_a_topic_for_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
