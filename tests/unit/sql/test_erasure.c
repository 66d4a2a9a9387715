#include "sql_stage.h"

static void erasing_takes_a_person_from_what_others_resemble(void **state)
{
    struct new_face face = {.id = "face2", .person = "p2"};
    struct new_sighting named = {"p1", 97};
    struct erasure erasure = {.person = "p1"};
    struct job_commit made = {
        .id = "job1",
        .status = JOB_DONE,
        .face = &face,
        .sightings = &named,
        .sighting_count = 1,
        .result =
            "{\"resembles\":[{\"person\":{\"id\":\"p1\",\"name\":\"Ada\"},"
            "\"similarity\":97}]}"};
    struct job_commit erased = {
        .id = "job2", .status = JOB_DONE, .erasure = &erasure};
    struct person_find person = {.collection = "default", .id = "p1"};
    struct job_find found = {.collection = "default", .id = "job1"};

    (void)state;
    add_person("p1", "Ada Lovelace", NULL);
    add_person("p2", "Charles Babbage", NULL);
    add_job("job1", JOB_ENROLL, "p2");
    add_job("job2", JOB_ERASE, "p1");
    made.attempt = take("job1");
    assert_true(commit(&made));
    assert_int_equal(wait_for(person_find(database, &person, on_done, NULL)),
                     0);
    assert_int_equal(person.sightings.count, 0); /* of searches alone */
    person_find_finish(&person);
    assert_int_equal(wait_for(erasure_read(database, &erasure, on_done, NULL)),
                     0);
    assert_int_equal(erasure.searches, 0);
    erased.attempt = take("job2");
    assert_true(commit(&erased));
    erasure_finish(&erasure);
    assert_int_equal(wait_for(job_find(database, &found, on_done, NULL)), 0);
    assert_string_equal(found.row.result, "{\"resembles\":[]}");
    job_row_finish(&found.row);
}

static void erasing_blanks_the_answer_that_made_the_person(void **state)
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
        .reply = {201, (char *)"/v1/people/p1", (char *)"{\"name\":\"Ada\"}"}};
    struct intake other = intake;
    struct erasure erasure = {.person = "p1"};
    struct job_commit erased = {
        .id = "job3", .status = JOB_DONE, .erasure = &erasure};
    struct new_job search = make_job("job2", JOB_SEARCH, NULL);

    (void)state;
    assert_int_equal(wait_for(intake_run(database, &intake, on_done, NULL)), 0);
    other.person = NULL;
    other.jobs = &search;
    other.request_key = "key-2";
    other.reply = (struct reply){202, (char *)"/v1/jobs/job2", (char *)"{}"};
    assert_int_equal(wait_for(intake_run(database, &other, on_done, NULL)), 0);
    add_job("job3", JOB_ERASE, "p1");
    erased.attempt = take("job3");
    assert_true(commit(&erased));

    assert_int_equal(wait_for(intake_run(database, &intake, on_done, NULL)), 0);
    assert_true(intake.is_repeated);
    assert_string_equal(intake.first.body, "");
    assert_int_equal(wait_for(intake_run(database, &other, on_done, NULL)), 0);
    assert_string_equal(other.first.body, "{}");
    intake_finish(&intake);
    intake_finish(&other);
}

static void erasing_takes_everything_of_a_person(void **state)
{
    struct new_face face = {.id = "face1", .person = "p1"};
    struct new_sighting sightings[] = {{"p1", 99}, {"p2", 88}};
    struct erasure erasure = {.person = "p1"};
    struct job_commit made = {.id = "job1", .status = JOB_DONE, .face = &face};
    struct job_commit seen = {
        .id = "job2",
        .status = JOB_DONE,
        .sightings = sightings,
        .sighting_count = 2,
        .result =
            "{\"threshold\":80,\"faces\":[{\"matches\":[{\"person\":{\"id\":"
            "\"p1\",\"name\":\"Ada\"}},{\"person\":{\"id\":\"p2\"}}]}]}"};
    struct job_commit erased = {
        .id = "job3", .status = JOB_DONE, .erasure = &erasure};
    struct person_find person = {.collection = "default", .id = "p2"};
    struct job_find find = {.collection = "default", .id = "job1"};
    struct job_find found = find;

    (void)state;
    add_person("p1", "Ada Lovelace", NULL);
    add_person("p2", "Charles Babbage", NULL);
    add_job("job1", JOB_ENROLL, "p1");
    add_job("job2", JOB_SEARCH, NULL);
    add_job("job3", JOB_ERASE, "p1");
    made.attempt = take("job1");
    seen.attempt = take("job2");
    erased.attempt = take("job3");
    assert_true(commit(&made));
    assert_true(commit(&seen));
    assert_int_equal(wait_for(erasure_read(database, &erasure, on_done, NULL)),
                     0);
    assert_int_equal(erasure.face_count, 1);
    assert_string_equal(erasure.faces[0], "face1");
    assert_int_equal(erasure.image_count, 3);
    assert_int_equal(erasure.searches, 1);
    assert_true(commit(&erased));
    erasure_finish(&erasure);
    found.id = "job2";
    assert_int_equal(wait_for(job_find(database, &found, on_done, NULL)), 0);
    assert_string_equal(found.row.result,
                        "{\"threshold\":80,\"faces\":[{\"matches\":"
                        "[{\"person\":{\"id\":\"p2\"}}]}]}");
    job_row_finish(&found.row);
    assert_int_equal(wait_for(person_find(database, &person, on_done, NULL)),
                     0);
    assert_int_equal(person.sightings.count, 1);
    assert_true(person.sightings.rows[0].similarity == 88);
    person.id = "p1";
    assert_int_equal(wait_for(person_find(database, &person, on_done, NULL)),
                     E_NOT_FOUND);
    assert_int_equal(wait_for(job_find(database, &find, on_done, NULL)),
                     E_NOT_FOUND);
    find.id = "job3"; /* the receipt stays */
    assert_int_equal(wait_for(job_find(database, &find, on_done, NULL)), 0);
    job_row_finish(&find.row);
    person_find_finish(&person);
}

/* What takes this person away; some of their enrolments are in doubt. */
static void erase(const char *person, int64_t pending)
{
    struct erasure erasure = {.person = person};
    struct job_commit erased = {
        .id = "job9", .status = JOB_DONE, .erasure = &erasure};

    add_job("job9", JOB_ERASE, person);
    erased.attempt = take("job9");
    assert_int_equal(wait_for(erasure_read(database, &erasure, on_done, NULL)),
                     0);
    assert_int_equal(erasure.pending, pending);
    assert_true(commit(&erased));
    erasure_finish(&erasure);
}

static int find_job(struct job_find *find)
{
    find->collection = "default";
    return wait_for(job_find(database, find, on_done, NULL));
}

/* An attempt at it may have made a face and died. */
static void an_enrolment_that_is_not_over_keeps_its_row(void **state)
{
    struct job_find find = {.id = "job1"};
    struct job_commit gone = {
        .id = "job1", .status = JOB_FAILED, .is_of_gone = true};

    (void)state;
    add_person("p1", "Ada Lovelace", NULL);
    add_job("job1", JOB_ENROLL, "p1");
    mariadb_server_say(&server, "UPDATE facewire.jobs SET images = "
                                "'[{\"key\":\"a\"}]', options = '{\"box\":1}'");
    take("job1");
    erase("p1", 1);
    assert_int_equal(find_job(&find), 0);
    assert_int_equal(find.row.status, JOB_RUNNING);
    assert_string_equal(find.row.images, "[]");
    assert_string_equal(find.row.options, "{}");

    gone.attempt = take("job1");
    assert_int_equal(gone.attempt, 2);
    assert_true(commit(&gone));
    assert_int_equal(find_job(&find), E_NOT_FOUND);
    job_row_finish(&find.row);
}

/* Its photo is still to be removed. */
static void an_enrolment_that_hears_of_an_erasure_before_it_stays(void **state)
{
    struct job_find find = {.id = "job1"};
    struct job_commit gone = {
        .id = "job1", .status = JOB_FAILED, .is_of_gone = true};

    (void)state;
    add_person("p1", "Ada Lovelace", NULL);
    add_job("job1", JOB_ENROLL, "p1");
    mariadb_server_say(&server, "UPDATE facewire.jobs SET images = "
                                "'[{\"key\":\"a\"}]'");
    gone.attempt = take("job1");
    assert_true(commit(&gone));
    assert_int_equal(find_job(&find), 0);
    assert_int_equal(find.row.status, JOB_FAILED);
    erase("p1", 0);
    assert_int_equal(find_job(&find), E_NOT_FOUND);
    job_row_finish(&find.row);
}

static void an_enrolment_that_died_is_queued_again(void **state)
{
    struct job_find find = {.id = "job1"};
    struct job_commit dead = {
        .id = "job1", .status = JOB_DEAD, .error = "{\"code\":\"internal\"}"};

    (void)state;
    add_person("p1", "Ada Lovelace", NULL);
    add_job("job1", JOB_ENROLL, "p1");
    dead.attempt = take("job1");
    assert_true(commit(&dead));
    erase("p1", 1);
    assert_int_equal(find_job(&find), 0);
    assert_int_equal(find.row.status, JOB_QUEUED);
    assert_false(find.row.is_told);
    assert_null(find.row.finished);
    assert_null(find.row.error);
    assert_string_equal(find.row.images, "[]");
    assert_int_equal(take("job1"), 2);
    job_row_finish(&find.row);
}

static void an_attempt_that_was_overtaken_hears_of_an_erasure(void **state)
{
    struct new_face face = {.id = "face1", .person = "p1"};
    struct job_commit made = {.id = "job1", .status = JOB_DONE, .face = &face};

    (void)state;
    add_person("p1", "Ada Lovelace", NULL);
    add_job("job1", JOB_ENROLL, "p1");
    made.attempt = take("job1");
    assert_int_equal(take("job1"), 2);
    assert_false(commit(&made));
    assert_false(made.is_person_gone);
    erase("p1", 1);
    assert_false(commit(&made));
    assert_true(made.is_person_gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(erasing_takes_everything_of_a_person, empty),
        cmocka_unit_test_setup(erasing_takes_a_person_from_what_others_resemble,
                               empty),
        cmocka_unit_test_setup(erasing_blanks_the_answer_that_made_the_person,
                               empty),
        cmocka_unit_test_setup(an_enrolment_that_is_not_over_keeps_its_row,
                               empty),
        cmocka_unit_test_setup(
            an_enrolment_that_hears_of_an_erasure_before_it_stays, empty),
        cmocka_unit_test_setup(an_enrolment_that_died_is_queued_again, empty),
        cmocka_unit_test_setup(
            an_attempt_that_was_overtaken_hears_of_an_erasure, empty),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
