#include "sql/sql_stage.h"

#include "ending.h"

/* An attempt at job1, just before its end. */
static struct worker_settings settings = {.attempts = 2, .retry_ms = 100};
static struct tools tools = {.settings = &settings};
static struct job_row row;
static struct stages stages;
static struct ending ending;

static void begin(void)
{
    struct job_take taking = {.id = "job1"};

    assert_int_equal(wait_for(job_take(database, &taking, on_done, NULL)), 0);
    assert_true(taking.is_taken);
    row = taking.row;
    tools.database = database;
    stages =
        (struct stages){.begun_us = 1000, .when_us = {[STAGE_TAKEN] = 1500}};
    ending = (struct ending){
        .tools = &tools, .row = &row, .stages = &stages, .elapsed_ms = -1};
}

static int begin_anew(void **state)
{
    empty(state);
    add_job("job1", JOB_SEARCH, NULL);
    begin();
    return 0;
}

static int finish(void **state)
{
    (void)state;
    ending_finish(&ending);
    job_row_finish(&row);
    return 0;
}

static int write_end(void)
{
    return wait_for(ending_write(&ending, on_done, NULL));
}

/* What the row says afterwards, to be finished. */
static struct job_row read_row(void)
{
    struct job_find find = {.collection = "default", .id = "job1"};

    assert_int_equal(wait_for(job_find(database, &find, on_done, NULL)), 0);
    return find.row;
}

static void assert_row(enum job_status status, const char *error)
{
    struct job_row now = read_row();

    assert_int_equal(now.status, status);
    if (error)
        assert_non_null(strstr(now.error, error));
    else
        assert_null(now.error);
    job_row_finish(&now);
}

static void a_result_ends_the_job(void **state)
{
    struct job_row now;

    (void)state;
    ending.verdict.result = json_object();
    ending.elapsed_ms = 212;
    assert_int_equal(write_end(), 0);
    assert_int_equal(ending.state, ENDING_OVER);
    assert_int_equal(row.status, JOB_DONE);
    now = read_row();
    assert_int_equal(now.status, JOB_DONE);
    assert_string_equal(now.result, "{\"elapsed_ms\":212}");
    assert_string_equal(now.stages, ",1000,,,,,500");
    job_row_finish(&now);
}

static void a_failure_is_tried_again_until_there_were_too_many(void **state)
{
    (void)state;
    ending.verdict.error = E_TIMEOUT;
    assert_int_equal(write_end(), 0);
    assert_int_equal(ending.state, ENDING_POSTPONED);
    assert_in_range(ending.wait_ms, 0, 100);
    assert_row(JOB_QUEUED, NULL);

    finish(NULL);
    mariadb_server_say(&server, "UPDATE facewire.jobs SET not_before = NULL");
    begin();
    assert_int_equal(row.failures, 1);
    ending.verdict.error = E_TIMEOUT;
    assert_int_equal(write_end(), 0);
    assert_int_equal(ending.state, ENDING_OVER);
    assert_row(JOB_DEAD, "recognition_unavailable");
}

static void who_waits_for_a_turn_never_runs_out_of_attempts(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        ending.verdict = (struct verdict){
            .error = E_BUSY, .wait_ms = 1, .progress = "{\"faces\":[]}"};
        assert_int_equal(write_end(), 0);
        assert_int_equal(ending.state, ENDING_POSTPONED);
        finish(NULL);
        mariadb_server_say(&server,
                           "UPDATE facewire.jobs SET not_before = NULL");
        begin();
    }
    assert_int_equal(row.failures, 0);
    assert_int_equal(row.crashes, 0);
    assert_string_equal(row.progress, "{\"faces\":[]}");
}

static void what_can_never_work_fails_at_once(void **state)
{
    (void)state;
    ending.verdict.problem = PROBLEM_NO_FACE;
    assert_int_equal(write_end(), 0);
    assert_row(JOB_FAILED, "\"code\":\"no_face\"");
}

static void an_attempt_that_was_overtaken_writes_nothing(void **state)
{
    (void)state;
    mariadb_server_say(&server, "UPDATE facewire.jobs SET attempt = 7");
    ending.verdict.problem = PROBLEM_NO_FACE;
    assert_int_equal(write_end(), 0);
    assert_int_equal(ending.state, ENDING_OVERTAKEN);
    assert_row(JOB_RUNNING, NULL);
}

static void an_end_that_is_written_twice_says_the_same(void **state)
{
    struct database_options nowhere = {.host = "",
                                       .socket = "nowhere.sock",
                                       .user = "",
                                       .password = "",
                                       .name = "facewire",
                                       .ca_file = "",
                                       .connections = 1,
                                       .waiting_max = 1,
                                       .limit_ms = 100};

    (void)state;
    tools.database = database_create(&loop, &nowhere);
    ending.verdict.problem = PROBLEM_SEVERAL_FACES;
    ending.verdict.boxes = json_array();
    assert_int_equal(write_end(), E_UNAVAILABLE);
    database_destroy(tools.database);
    tools.database = database;
    assert_int_equal(write_end(), 0);
    assert_row(JOB_FAILED, "\"faces\":[]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_anew, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_result_ends_the_job),
        TEST(a_failure_is_tried_again_until_there_were_too_many),
        TEST(who_waits_for_a_turn_never_runs_out_of_attempts),
        TEST(what_can_never_work_fails_at_once),
        TEST(an_attempt_that_was_overtaken_writes_nothing),
        TEST(an_end_that_is_written_twice_says_the_same),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
