/*
 * growth_people.c - what is asked of the database while people are enrolled
 *
 * The rows are generated: half of all are called by one of twenty first names,
 * and a family has ten members.  Each question is asked again and again, one at
 * a time, of the calls that server and worker use.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "cores.h"
#include "errors.h"
#include "growth.h"
#include "intake.h"
#include "log.h"
#include "people.h"
#include "sample.h"
#include "text.h"
#include "trace.h"
#include "uuid.h"
#include "xalloc.h"

enum {
    TIMES = 200,
    PAGE = 50,
    FACES = 5, /* that a search names: the matches of one face */
    AT_ONCE = 100000,
};

static const size_t sizes[] = {10, 1000, 100000, 1000000};

static struct people {
    uv_loop_t *loop;
    struct database *database;
    size_t count;
    int error; /* PENDING until a call is done */
} people;

/* ---- rows ---- */

/* The id that the generated SQL gives to a person, or a face. */
static void id_of(size_t number, char id[static UUID_BYTES])
{
    snprintf(id, UUID_BYTES, "0199c1de-7f3a-7000-8000-%012zx",
             number & 0xffffffffffff);
}

static const char generate[] =
    "USE facewire; SET unique_checks = 0;"
    "INSERT INTO people (id, collection, external_id, name, created, updated)"
    " SELECT CONCAT('0199c1de-7f3a-7000-8000-', LPAD(LOWER(HEX(seq)), 12, '0'))"
    ", 'default', CONCAT('u-', seq), CONCAT('Name', seq MOD 40, ' Family',"
    " seq DIV 10), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM seq_%zu_to_%zu;"
    "INSERT INTO faces (id, collection, person, job, box_left, box_top,"
    " box_width, box_height, confidence, quality, created)"
    " SELECT id, 'default', id, id, 0.1, 0.1, 0.2, 0.3, 99.9, 90,"
    " UTC_TIMESTAMP(3) FROM people WHERE id > '%s';"
    "INSERT INTO person_words SELECT 'default', LOWER(SUBSTRING_INDEX(name,"
    " ' ', 1)), id FROM people WHERE id > '%s' ORDER BY 2, 3;"
    "INSERT INTO person_words SELECT 'default', LOWER(SUBSTRING_INDEX(name,"
    " ' ', -1)), id FROM people WHERE id > '%s' ORDER BY 2, 3;"
    "INSERT INTO person_words SELECT 'default', external_id, id FROM people"
    " WHERE id > '%s' ORDER BY 2, 3;";

static void enrol_some(const struct stack *stack, size_t count)
{
    char last[UUID_BYTES];
    char *sql;

    id_of(people.count, last);
    sql = xprintf(generate, people.count + 1, people.count + count, last, last,
                  last, last);
    mariadb_server_say(&stack->mariadb, sql);
    people.count += count;
    free(sql);
}

static void enrol_until(const struct stack *stack, size_t size)
{
    while (people.count < size) {
        size_t more = size - people.count;

        enrol_some(stack, more < AT_ONCE ? more : AT_ONCE);
    }
    mariadb_server_say(&stack->mariadb,
                       "ANALYZE TABLE facewire.people, facewire.faces, "
                       "facewire.person_words");
}

/* ---- questions ---- */

static void on_done(void *owner, int error)
{
    (void)owner;
    people.error = error;
}

static void wait_for(int error)
{
    people.error = error;
    while (people.error == PENDING)
        uv_run(people.loop, UV_RUN_ONCE);
    if (people.error)
        fatal("the database: %s", error_name(people.error));
}

/* A spread of people that is the same each time. */
static size_t somebody(size_t time)
{
    return 1 + time * 7919 % people.count;
}

static void name_faces(size_t time)
{
    struct face_owner owners[FACES] = {0};
    struct faces_name names = {
        .collection = "default", .faces = owners, .count = FACES};

    for (size_t i = 0; i < FACES; i++)
        id_of(somebody(time * FACES + i), owners[i].face);
    wait_for(faces_name(people.database, &names, on_done, NULL));
    for (size_t i = 0; i < FACES; i++)
        face_owner_finish(&owners[i]);
}

static void list(const char *query, const char *after)
{
    struct people_list page = {
        .collection = "default", .query = query, .after = after, .limit = PAGE};

    wait_for(people_list(people.database, &page, on_done, NULL));
    person_rows_finish(&page.rows);
}

static void list_first(size_t time)
{
    (void)time;
    list("", "");
}

static void list_last(size_t time)
{
    char id[UUID_BYTES];

    (void)time;
    id_of(PAGE + 1, id);
    list("", id);
}

static void find_family(size_t time)
{
    char query[32];

    snprintf(query, sizeof query, "family%zu", somebody(time) / 10);
    list(query, "");
}

static void find_common(size_t time)
{
    (void)time;
    list("name", "");
}

static void find_member(size_t time)
{
    char query[48];
    size_t number = somebody(time);

    snprintf(query, sizeof query, "name%zu family%zu", number % 40,
             number / 10);
    list(query, "");
}

static void enrol(size_t time)
{
    struct new_person person = {.name = "Somebody New",
                                .created = "2026-01-01T00:00:00.000Z"};
    struct new_job job = {.kind = JOB_ENROLL,
                          .priority = PRIORITY_INTERACTIVE,
                          .images = "[]",
                          .options = "{}",
                          .created = person.created};
    struct trace trace;
    struct intake intake = {.collection = "default",
                            .account = "default",
                            .person = &person,
                            .jobs = &job,
                            .job_count = 1};
    char id[UUID_BYTES];

    (void)time;
    trace_begin(&trace);
    job.trace = &trace;
    uuid_make(id);
    uuid_make(job.id);
    person.id = job.person = id;
    wait_for(intake_run(people.database, &intake, on_done, NULL));
    intake_finish(&intake);
}

static const struct question {
    const char *name;
    void (*ask)(size_t time);
    size_t times;
} questions[] = {
    {"naming 5 faces, by people", name_faces, TIMES},
    {"the first page of people, by people", list_first, TIMES},
    {"the last page of people, by people", list_last, TIMES},
    {"a rare name, by people", find_family, TIMES},
    {"two words of a name, by people", find_member, TIMES},
    {"a beginning that all names have, by people", find_common, TIMES / 10},
    {"the rows of an enrolment, by people", enrol, TIMES},
};

static double median_us(const struct question *question)
{
    struct sample sample = {0};
    double median;

    for (size_t i = 0; i < question->times; i++) {
        int64_t start_ns = clock_steady_ns();

        question->ask(i);
        sample_add(&sample, (double)(clock_steady_ns() - start_ns) / 1000);
    }
    median = sample_at(&sample, 0.5);
    sample_finish(&sample);
    return median;
}

/* ---- the sizes ---- */

static void measure(struct results *results, const struct stack *stack)
{
    pid_t pid = stack->mariadb.child.pid;

    for (size_t i = 0; i < COUNT(questions); i++) {
        struct cores_watch watch;
        double us;

        cores_watch_begin(&watch, &pid, 1);
        us = median_us(&questions[i]);
        growth_add(results, questions[i].name, people.count, us, NAN,
                   cores_watch_end(&watch));
    }
    mariadb_server_say(&stack->mariadb,
                       "DELETE FROM facewire.person_words WHERE word IN "
                       "('somebody', 'new');"
                       "DELETE FROM facewire.people WHERE name = "
                       "'Somebody New'; DELETE FROM facewire.jobs;");
}

void growth_people(struct results *results, const struct stack *stack,
                   bool is_full)
{
    struct database_options options = {.host = "",
                                       .socket = stack->mariadb.socket,
                                       .user = "facewire",
                                       .password = "secret",
                                       .name = "facewire",
                                       .ca_file = "",
                                       .connections = 1,
                                       .waiting_max = 10,
                                       .limit_ms = 60000};

    mariadb_server_say(&stack->mariadb,
                       "SET GLOBAL innodb_buffer_pool_size = 1 << 30;"
                       "SET GLOBAL innodb_log_file_size = 512 << 20");
    people.loop = uv_default_loop();
    people.database = database_create(people.loop, &options);
    for (size_t i = 0; i < COUNT(sizes) && (is_full || sizes[i] <= AT_ONCE);
         i++) {
        enrol_until(stack, sizes[i]);
        measure(results, stack);
    }
    database_destroy(people.database);
    uv_run(people.loop, UV_RUN_DEFAULT);
}
