#include "sql_stage.h"

static void only_the_newest_attempt_commits(void **state)
{
    struct job_commit first = {.id = "job1",
                               .status = JOB_DONE,
                               .result = "{\"by\":1}",
                               .stages = "us,1,2"};
    struct job_commit second = first;
    struct job_find find = {.collection = "default", .id = "job1"};

    (void)state;
    add_job("job1", JOB_SEARCH, NULL);
    first.attempt = take("job1");
    second.attempt = take("job1");
    assert_int_equal(first.attempt, 1);
    assert_int_equal(second.attempt, 2);
    second.result = "{\"by\":2}";
    assert_false(commit(&first));
    assert_true(commit(&second));
    assert_false(commit(&second));
    assert_int_equal(take("job1"), -1);
    assert_int_equal(wait_for(job_find(database, &find, on_done, NULL)), 0);
    assert_int_equal(find.row.status, JOB_DONE);
    assert_string_equal(find.row.result, "{\"by\":2}");
    assert_int_equal(find.row.crashes, 1); /* the first was found running */
    assert_string_equal(find.row.created, "2026-11-21T08:54:00.123Z");
    assert_non_null(find.row.finished);
    assert_int_equal(strlen(find.row.finished), 24);
    assert_string_equal(find.row.stages, "us,1,2");
    job_row_finish(&find.row);
}

static void a_job_keeps_its_trace(void **state)
{
    struct job_take taking = {.id = "job1"};
    struct job_find find = {.collection = "default", .id = "job2"};

    (void)state;
    add_job("job1", JOB_SEARCH, NULL);
    add_job("job2", JOB_SEARCH, NULL);
    assert_int_equal(wait_for(job_take(database, &taking, on_done, NULL)), 0);
    assert_string_equal(taking.row.trace.id,
                        "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_string_equal(taking.row.trace.parent_id, "00f067aa0ba902b7");
    assert_string_equal(taking.row.trace.state, "vendor=1");
    assert_false(taking.row.trace.is_sampled);
    job_row_finish(&taking.row);
    mariadb_server_say(&server, "UPDATE facewire.jobs SET traceparent = NULL "
                                "WHERE id = 'job2'");
    assert_int_equal(wait_for(job_find(database, &find, on_done, NULL)), 0);
    assert_string_equal(find.row.trace.id, "");
    assert_null(find.row.stages);
    job_row_finish(&find.row);
}

static void a_missing_job_is_said_to_be_missing(void **state)
{
    struct job_take taking = {.id = "nowhere"};

    (void)state;
    assert_int_equal(wait_for(job_take(database, &taking, on_done, NULL)), 0);
    assert_true(taking.is_missing);
    assert_false(taking.is_taken);
}

static void a_postponed_job_is_not_taken_before_its_time(void **state)
{
    struct job_postpone postpone = {.id = "job1",
                                    .wait_ms = 60000,
                                    .is_failure = true,
                                    .progress = "{\"faces\":[]}"};
    struct job_take taking = {.id = "job1"};

    (void)state;
    add_job("job1", JOB_SEARCH, NULL);
    postpone.attempt = take("job1");
    assert_int_equal(wait_for(job_postpone(database, &postpone, on_done, NULL)),
                     0);
    assert_true(postpone.has_won);
    assert_int_equal(wait_for(job_take(database, &taking, on_done, NULL)), 0);
    assert_false(taking.is_taken);
    assert_false(taking.is_missing);
    assert_in_range(taking.wait_ms, 50000, 60000);
    assert_int_equal(taking.row.failures, 1);
    assert_string_equal(taking.row.progress, "{\"faces\":[]}");
    job_row_finish(&taking.row);
    mariadb_server_say(&server, "UPDATE facewire.jobs SET not_before = "
                                "'2000-01-01 00:00:00'");
    assert_int_equal(take("job1"), 2);
}

static void what_redis_may_have_lost_is_found(void **state)
{
    struct jobs_sweep sweep = {.after = "", .limit = 10};
    struct job_commit ended = {.id = "job2", .status = JOB_DONE};
    const char ids[1][UUID_BYTES] = {"job3"};
    struct jobs_told told = {.ids = ids, .count = 1};

    (void)state;
    add_job("job1", JOB_SEARCH, NULL);
    add_job("job2", JOB_SEARCH, NULL);
    add_job("job3", JOB_SEARCH, NULL);
    ended.attempt = take("job2");
    assert_true(commit(&ended));
    ended.id = "job3";
    ended.attempt = take("job3");
    assert_true(commit(&ended));
    assert_int_equal(wait_for(jobs_told(database, &told, on_done, NULL)), 0);
    mariadb_server_say(&server, "UPDATE facewire.jobs SET updated = "
                                "'2000-01-01 00:00:00'");
    assert_int_equal(wait_for(jobs_sweep(database, &sweep, on_done, NULL)), 0);
    assert_int_equal(sweep.rows.count, 2);
    assert_string_equal(sweep.rows.rows[0].id, "job1");
    assert_string_equal(sweep.rows.rows[1].id, "job2");
    assert_int_equal(sweep.rows.rows[1].status, JOB_DONE);
    sweep.after = "job1";
    assert_int_equal(wait_for(jobs_sweep(database, &sweep, on_done, NULL)), 0);
    assert_int_equal(sweep.rows.count, 1);
    job_rows_finish(&sweep.rows);
}

/* More than one statement marks. */
static void many_ends_are_marked_as_told_at_once(void **state)
{
    enum { JOBS = 40 };
    struct jobs_sweep sweep = {.after = "", .limit = JOBS};
    char ids[JOBS][UUID_BYTES];
    struct jobs_told told = {.ids = (const char(*)[UUID_BYTES])ids,
                             .count = JOBS};

    (void)state;
    for (int i = 0; i < JOBS; i++) {
        struct job_commit ended = {.id = ids[i], .status = JOB_DONE};

        snprintf(ids[i], UUID_BYTES, "job%02d", i);
        add_job(ids[i], JOB_SEARCH, NULL);
        if (i == 20)
            continue; /* it is not over, whatever is said of it */
        ended.attempt = take(ids[i]);
        assert_true(commit(&ended));
    }
    assert_int_equal(wait_for(jobs_told(database, &told, on_done, NULL)), 0);
    mariadb_server_say(&server, "UPDATE facewire.jobs SET updated = "
                                "'2000-01-01 00:00:00'");
    assert_int_equal(wait_for(jobs_sweep(database, &sweep, on_done, NULL)), 0);
    assert_int_equal(sweep.rows.count, 1);
    assert_string_equal(sweep.rows.rows[0].id, "job20");
    job_rows_finish(&sweep.rows);
}

static void a_job_is_left_to_its_worker_for_a_while(void **state)
{
    struct jobs_sweep sweep = {
        .after = "", .worked_age_ms = 60000, .limit = 10};
    struct job_commit done = {.id = "job2", .status = JOB_DONE};

    (void)state;
    add_job("job1", JOB_SEARCH, NULL);
    add_job("job2", JOB_SEARCH, NULL);
    mariadb_server_say(&server, "UPDATE facewire.jobs SET updated = "
                                "UTC_TIMESTAMP(3) - INTERVAL 1 SECOND");
    assert_int_equal(take("job2"), 1);
    assert_int_equal(wait_for(jobs_sweep(database, &sweep, on_done, NULL)), 0);
    assert_int_equal(sweep.rows.count, 1);
    assert_string_equal(sweep.rows.rows[0].id, "job1");
    done.attempt = 1; /* it is about to be told */
    assert_true(commit(&done));
    assert_int_equal(wait_for(jobs_sweep(database, &sweep, on_done, NULL)), 0);
    assert_int_equal(sweep.rows.count, 1);
    job_rows_finish(&sweep.rows);
}

static void a_replayed_job_is_not_told_by_its_former_end(void **state)
{
    struct jobs_sweep sweep = {.after = "", .age_ms = -1000, .limit = 10};
    struct job_commit dead = {.id = "job1", .status = JOB_DEAD};
    struct job_find find = {.collection = "default", .id = "job1"};
    const char ids[1][UUID_BYTES] = {"job1"};
    struct jobs_told told = {.ids = ids, .count = 1};

    (void)state;
    add_job("job1", JOB_SEARCH, NULL);
    dead.attempt = take("job1");
    assert_true(commit(&dead));
    assert_int_equal(wait_for(job_replay(database, &find, on_done, NULL)), 0);
    job_row_finish(&find.row);
    assert_int_equal(wait_for(jobs_told(database, &told, on_done, NULL)), 0);
    assert_int_equal(wait_for(jobs_sweep(database, &sweep, on_done, NULL)), 0);
    assert_int_equal(sweep.rows.count, 1);
    job_rows_finish(&sweep.rows);
}

static void dead_jobs_are_listed_and_replayed(void **state)
{
    struct job_commit dead = {
        .id = "job2", .status = JOB_DEAD, .error = "{\"code\":\"internal\"}"};
    struct jobs_list list = {.collection = "default",
                             .kind = "",
                             .status = "dead",
                             .after = "",
                             .limit = 10};
    struct job_find find = {.collection = "default", .id = "job2"};
    struct jobs_count count = {.collection = "default", .status = JOB_DEAD};

    (void)state;
    add_job("job1", JOB_SEARCH, NULL);
    add_job("job2", JOB_SEARCH, NULL);
    dead.attempt = take("job2");
    commit(&dead);
    assert_int_equal(wait_for(jobs_count(database, &count, on_done, NULL)), 0);
    assert_int_equal(count.count, 1);
    assert_int_equal(wait_for(jobs_list(database, &list, on_done, NULL)), 0);
    assert_int_equal(list.rows.count, 1);
    assert_string_equal(list.rows.rows[0].id, "job2");
    list.status = "";
    list.kind = "search";
    list.limit = 1;
    assert_int_equal(wait_for(jobs_list(database, &list, on_done, NULL)), 0);
    assert_string_equal(list.rows.rows[0].id, "job2");
    list.after = "job2";
    assert_int_equal(wait_for(jobs_list(database, &list, on_done, NULL)), 0);
    assert_string_equal(list.rows.rows[0].id, "job1");
    job_rows_finish(&list.rows);

    assert_int_equal(wait_for(job_replay(database, &find, on_done, NULL)), 0);
    assert_int_equal(find.row.status, JOB_QUEUED);
    assert_null(find.row.error);
    assert_int_equal(wait_for(job_replay(database, &find, on_done, NULL)),
                     E_REFUSED);
    assert_int_equal(take("job2"), 2); /* the fence never goes back */
    find.collection = "other";
    assert_int_equal(wait_for(job_replay(database, &find, on_done, NULL)),
                     E_NOT_FOUND);
    job_row_finish(&find.row);
}

static void a_face_is_kept_only_for_somebody_who_is_there(void **state)
{
    struct new_face face = {.id = "face1", .person = "p1", .quality = 5};
    struct job_commit made = {.id = "job1", .status = JOB_DONE, .face = &face};
    struct job_find find = {.collection = "default", .id = "job1"};
    struct person_find person = {.collection = "default", .id = "p1"};

    (void)state;
    add_person("p1", "Ada Lovelace", NULL);
    add_job("job1", JOB_ENROLL, "p1");
    made.attempt = take("job1");
    mariadb_server_say(&server, "UPDATE facewire.people SET erasing = NOW(3)");
    commit(&made);
    assert_true(made.is_person_gone);
    assert_int_equal(wait_for(job_find(database, &find, on_done, NULL)), 0);
    assert_int_equal(find.row.status, JOB_RUNNING); /* nothing was written */
    job_row_finish(&find.row);

    mariadb_server_say(&server, "UPDATE facewire.people SET erasing = NULL");
    assert_true(commit(&made));
    assert_false(made.is_person_gone);
    assert_int_equal(wait_for(person_find(database, &person, on_done, NULL)),
                     0);
    assert_int_equal(person.row.face_count, 1);
    assert_int_equal(person.faces.count, 1);
    assert_string_equal(person.faces.rows[0].id, "face1");
    assert_string_equal(person.faces.rows[0].job, "job1");
    person_find_finish(&person);
}

static void a_result_that_names_somebody_gone_is_not_kept(void **state)
{
    struct new_sighting sightings[] = {{"p1", 99}, {"p9", 88}};
    struct job_commit seen = {.id = "job1",
                              .status = JOB_DONE,
                              .sightings = sightings,
                              .sighting_count = 2};

    (void)state;
    add_person("p1", "Ada Lovelace", NULL);
    add_job("job1", JOB_SEARCH, NULL);
    seen.attempt = take("job1");
    commit(&seen);
    assert_true(seen.is_person_gone);
    seen.sighting_count = 1;
    assert_true(commit(&seen));
    assert_false(seen.is_person_gone);
}

static void an_enrolment_that_names_somebody_erased_is_not_kept(void **state)
{
    struct new_face face = {.id = "face2", .person = "p2"};
    struct new_sighting named = {"p1", 97};
    struct job_commit made = {.id = "job1",
                              .status = JOB_DONE,
                              .face = &face,
                              .sightings = &named,
                              .sighting_count = 1};

    (void)state;
    add_person("p2", "Charles Babbage", NULL);
    add_job("job1", JOB_ENROLL, "p2");
    made.attempt = take("job1");
    assert_true(commit(&made));
    assert_true(made.is_person_gone);
    assert_true(made.is_other_gone);
    made.sighting_count = 0;
    assert_true(commit(&made));
    assert_false(made.is_person_gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(only_the_newest_attempt_commits, empty),
        cmocka_unit_test_setup(a_job_keeps_its_trace, empty),
        cmocka_unit_test_setup(a_missing_job_is_said_to_be_missing, empty),
        cmocka_unit_test_setup(a_postponed_job_is_not_taken_before_its_time,
                               empty),
        cmocka_unit_test_setup(what_redis_may_have_lost_is_found, empty),
        cmocka_unit_test_setup(many_ends_are_marked_as_told_at_once, empty),
        cmocka_unit_test_setup(a_job_is_left_to_its_worker_for_a_while, empty),
        cmocka_unit_test_setup(a_replayed_job_is_not_told_by_its_former_end,
                               empty),
        cmocka_unit_test_setup(dead_jobs_are_listed_and_replayed, empty),
        cmocka_unit_test_setup(a_face_is_kept_only_for_somebody_who_is_there,
                               empty),
        cmocka_unit_test_setup(a_result_that_names_somebody_gone_is_not_kept,
                               empty),
        cmocka_unit_test_setup(
            an_enrolment_that_names_somebody_erased_is_not_kept, empty),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
