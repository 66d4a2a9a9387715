#include "sql_stage.h"

static void the_same_key_gets_the_first_answer(void **state)
{
    struct new_person person = {
        .id = "p1", .name = "Ada", .created = "2026-11-21T08:54:00.123Z"};
    struct new_job job = make_job("job1", JOB_ENROLL, "p1");
    struct intake intake = {
        .collection = "default",
        .account = "local",
        .person = &person,
        .jobs = &job,
        .job_count = 1,
        .request_key = "key-1",
        .digest = "abc",
        .reply = {201, (char *)"/v1/people/p1", (char *)"{\"id\":\"p1\"}"}};

    (void)state;
    assert_int_equal(wait_for(intake_run(database, &intake, on_done, NULL)), 0);
    assert_false(intake.is_repeated);
    person.id = "p2";
    text_copy(job.id, sizeof job.id, "job2");
    assert_int_equal(wait_for(intake_run(database, &intake, on_done, NULL)), 0);
    assert_true(intake.is_repeated);
    assert_int_equal(intake.first.status, 201);
    assert_string_equal(intake.first.location, "/v1/people/p1");
    assert_string_equal(intake.first.body, "{\"id\":\"p1\"}");
    intake.digest = "def";
    assert_int_equal(wait_for(intake_run(database, &intake, on_done, NULL)), 0);
    assert_true(intake.is_mismatch);
    assert_int_equal(search(""), 1);
    intake_finish(&intake);
    assert_int_equal(run_work(intake_forget_replies, NULL), 0);
}

static void two_equal_requests_at_once_are_one(void **state)
{
    struct new_job jobs[2] = {make_job("job1", JOB_SEARCH, NULL),
                              make_job("job2", JOB_SEARCH, NULL)};
    struct intake intakes[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        intakes[i] = (struct intake){.collection = "default",
                                     .account = "local",
                                     .jobs = &jobs[i],
                                     .job_count = 1,
                                     .request_key = "key-1",
                                     .digest = "abc",
                                     .reply = {202, jobs[i].id, jobs[i].id}};
        assert_int_equal(intake_run(database, &intakes[i], on_done, NULL),
                         PENDING);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(last_error, 0);
    assert_int_equal(intakes[0].is_repeated + intakes[1].is_repeated, 1);
    intake_finish(&intakes[0]);
    intake_finish(&intakes[1]);
}

static void nothing_is_taken_in_halves(void **state)
{
    struct new_person person = {.id = "p2",
                                .name = "Charles",
                                .external_id = "u-17",
                                .created = "2026-11-21T08:54:00.123Z"};
    struct new_job job = make_job("job1", JOB_ENROLL, "p2");
    struct intake unknown = {.collection = "default",
                             .account = "local",
                             .known_person = "p9",
                             .jobs = &job,
                             .job_count = 1};

    (void)state;
    add_person("p1", "Ada", "u-17");
    assert_int_equal(take_in(&person, &job), E_DUPLICATE);
    assert_int_equal(wait_for(intake_run(database, &unknown, on_done, NULL)),
                     E_NOT_FOUND);
    assert_int_equal(search(""), 1);
    assert_int_equal(take("job1"), -1);

    unknown.known_person = "p1";
    unknown.is_erasing = true;
    assert_int_equal(wait_for(intake_run(database, &unknown, on_done, NULL)),
                     0);
    assert_int_equal(search(""), 0);
    add_person("p3", "Another Ada", "u-17"); /* the key is free again */
}

static void a_job_by_itself_that_is_said_again_is_there_once(void **state)
{
    struct new_job job = make_job("job1", JOB_SEARCH, NULL);

    (void)state;
    assert_int_equal(take_in(NULL, &job), 0);
    assert_int_equal(take("job1"), 1);
    assert_int_equal(take_in(NULL, &job), 0);
    assert_int_equal(take("job1"), 2); /* it was not queued anew */
}

static void only_a_job_by_itself_is_repeatable(void **state)
{
    static const struct new_person person;
    const struct intake alone = {.job_count = 1};
    const struct intake others[] = {
        {.job_count = 0},
        {.job_count = 2},
        {.job_count = 1, .person = &person},
        {.job_count = 1, .known_person = "p1"},
        {.job_count = 1, .request_key = "key-1"},
    };

    (void)state;
    assert_true(intake_is_repeatable(&alone));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(intake_is_repeatable(&others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_same_key_gets_the_first_answer, empty),
        cmocka_unit_test_setup(two_equal_requests_at_once_are_one, empty),
        cmocka_unit_test_setup(nothing_is_taken_in_halves, empty),
        cmocka_unit_test_setup(a_job_by_itself_that_is_said_again_is_there_once,
                               empty),
        cmocka_unit_test(only_a_job_by_itself_is_repeatable),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
