#include "entries.h"

#include "exposition.h"
#include "stage_book.h"

#define JOB "0199c1de-7f3a-7000-8000-000000000001"
#define OTHER_JOB "0199c1de-7f3a-7000-8000-000000000002"

/* The entry that tells of the end has an id of 300 ms after the beginning. */
#define QUEUED "us,1763737200000000,1000,,,8000"
#define ENDED(server) server ",1763737200000000,1000,,,8000,9000"
#define PUBLISHED_MS 1763737200300

static void note(struct stage_book *book, const char *job, const char *name,
                 const char *stages, bool is_delivered)
{
    struct log_entry *entry =
        entry_make(PUBLISHED_MS, "searches", name, job, 1);

    free(entry->data);
    entry->data = xstrdup("{\"kind\":\"analyze\"}");
    entry->stages = xstrdup(stages);
    stage_book_note(book, entry, is_delivered);
    log_entry_free(entry);
}

/* How many jobs of that kind were counted. */
static double counted(const struct stage_book *book, const char *kind)
{
    struct buffer text = {0};
    char series[64];
    double value = 0;

    stage_book_write(book, &text);
    exposition_check(text.bytes);
    snprintf(series, sizeof series, "facewire_job_seconds_count{kind=\"%s\"}",
             kind);
    if (strstr(text.bytes, series))
        value = exposition_value(text.bytes, series);
    buffer_finish(&text);
    return value;
}

static void stages_are_known_while_the_job_is_on_its_way(void **state)
{
    struct stage_book *book = stage_book_create("us");
    struct stages stages;

    (void)state;
    assert_false(stage_book_find(book, JOB, &stages));
    note(book, JOB, "job.queued", QUEUED, true);
    assert_true(stage_book_find(book, JOB, &stages));
    assert_true(stages.when_us[STAGE_QUEUED] == stages.begun_us + 8000);
    assert_true(stages.when_us[STAGE_DELIVERED] == 0);
    note(book, JOB, "job.started", "", true);
    note(book, JOB, "search.completed", ENDED("us"), true);
    assert_true(stage_book_find(book, JOB, &stages));
    assert_true(stages.when_us[STAGE_TAKEN] == stages.begun_us + 9000);
    assert_true(stages.when_us[STAGE_PUBLISHED] == stages.begun_us + 300999);
    assert_true(stages.when_us[STAGE_DELIVERED] >
                stages.when_us[STAGE_PUBLISHED]);
    stage_book_destroy(book);
}

static void what_nobody_heard_was_not_delivered(void **state)
{
    struct stage_book *book = stage_book_create("us");
    struct stages stages;

    (void)state;
    note(book, JOB, "search.completed", ENDED("us"), false);
    assert_true(stage_book_find(book, JOB, &stages));
    assert_true(stages.when_us[STAGE_DELIVERED] == 0);
    stage_book_destroy(book);
}

static void a_job_is_counted_where_it_was_taken_in(void **state)
{
    struct stage_book *ours = stage_book_create("us");
    struct stage_book *theirs = stage_book_create("them");

    (void)state;
    note(ours, JOB, "job.queued", QUEUED, false);
    note(ours, JOB, "search.completed", ENDED("us"), false);
    note(ours, OTHER_JOB, "search.completed", ENDED("them"), false);
    note(theirs, JOB, "search.completed", ENDED("us"), false);
    assert_true(counted(ours, "search") == 1);
    assert_true(counted(theirs, "search") == 0);
    stage_book_destroy(ours);
    stage_book_destroy(theirs);
}

static void a_failure_says_what_kind_of_job_it_was(void **state)
{
    struct stage_book *book = stage_book_create("us");

    (void)state;
    note(book, JOB, "job.failed", ENDED("us"), false);
    assert_true(counted(book, "analyze") == 1);
    stage_book_destroy(book);
}

static void the_oldest_jobs_are_forgotten(void **state)
{
    struct stage_book *book = stage_book_create("us");
    struct stages stages;
    char job[UUID_BYTES];

    (void)state;
    for (int i = 0; i < 2500; i++) {
        snprintf(job, sizeof job, "0199c1de-7f3a-7000-8000-%012d", i);
        note(book, job, "job.queued", QUEUED, false);
        assert_true(stage_book_find(book, job, &stages));
    }
    snprintf(job, sizeof job, "0199c1de-7f3a-7000-8000-%012d", 499);
    assert_false(stage_book_find(book, job, &stages));
    snprintf(job, sizeof job, "0199c1de-7f3a-7000-8000-%012d", 500);
    assert_true(stage_book_find(book, job, &stages));
    stage_book_destroy(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_are_known_while_the_job_is_on_its_way),
        cmocka_unit_test(what_nobody_heard_was_not_delivered),
        cmocka_unit_test(a_job_is_counted_where_it_was_taken_in),
        cmocka_unit_test(a_failure_says_what_kind_of_job_it_was),
        cmocka_unit_test(the_oldest_jobs_are_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
