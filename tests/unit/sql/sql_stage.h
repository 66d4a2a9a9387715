#pragma once

/*
 * What the tests of sql/ share: a MariaDB with the schema in it, a loop to wait
 * on, and short ways to put rows there.
 */
#include "unit.h"

#include "basics.h"
#include "database.h"
#include "errors.h"
#include "intake.h"
#include "jobs.h"
#include "mariadb_server.h"
#include "people.h"
#include "schema.h"
#include "text.h"

/* One MariaDB for all tests, and a loop to wait on. */
static struct mariadb_server server;
static uv_loop_t loop;
static struct database *database;
static int last_error;

static inline void on_done(void *owner, int error)
{
    (void)owner;
    last_error = error;
}

static inline int wait_for(int result)
{
    assert_int_equal(result, PENDING);
    uv_run(&loop, UV_RUN_DEFAULT);
    return last_error;
}

static inline int run_work(database_work_fn *work, void *task)
{
    return wait_for(database_run(database, work, task, on_done, NULL));
}

static inline int start(void **state)
{
    struct database_options options = {.host = "",
                                       .user = "facewire",
                                       .password = "secret",
                                       .name = "facewire",
                                       .ca_file = "",
                                       .connections = 2,
                                       .waiting_max = 1000,
                                       .limit_ms = 10000};
    int version = -1;

    (void)state;
    mariadb_server_start(&server);
    options.socket = server.socket;
    uv_loop_init(&loop);
    database = database_create(&loop, &options);
    assert_int_equal(run_work(schema_read_version, &version), 0);
    assert_int_equal(version, 0);
    assert_int_equal(run_work(schema_migrate, NULL), 0);
    assert_int_equal(run_work(schema_migrate, NULL), 0);
    assert_int_equal(run_work(schema_read_version, &version), 0);
    assert_int_equal(version, schema_version());
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    database_destroy(database);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    mariadb_server_stop(&server);
    return 0;
}

static inline int empty(void **state)
{
    (void)state;
    mariadb_server_say(&server,
                       "USE facewire; DELETE FROM people; DELETE FROM "
                       "person_words; DELETE FROM faces; DELETE FROM jobs; "
                       "DELETE FROM sightings; DELETE FROM replies");
    return 0;
}

static struct new_job make_job(const char *id, enum job_kind kind,
                               const char *person)
{
    static const struct trace trace = {.id = "4bf92f3577b34da6a3ce929d0e0e4736",
                                       .parent_id = "00f067aa0ba902b7",
                                       .state = "vendor=1"};
    struct new_job job = {.kind = kind,
                          .trace = &trace,
                          .person = person,
                          .images = "[]",
                          .options = "{}",
                          .created = "2026-11-21T08:54:00.123Z"};

    text_copy(job.id, sizeof job.id, id);
    return job;
}

static inline int take_in(const struct new_person *person,
                          const struct new_job *job)
{
    struct intake intake = {.collection = "default",
                            .account = "local",
                            .person = person,
                            .jobs = job,
                            .job_count = job ? 1 : 0};

    return wait_for(intake_run(database, &intake, on_done, NULL));
}

static inline void add_job(const char *id, enum job_kind kind,
                           const char *person)
{
    struct new_job job = make_job(id, kind, person);

    assert_int_equal(take_in(NULL, &job), 0);
}

static inline void add_person(const char *id, const char *name, const char *key)
{
    struct new_person person = {.id = id,
                                .name = name,
                                .external_id = key,
                                .created = "2026-11-21T08:54:00.123Z"};

    assert_int_equal(take_in(&person, NULL), 0);
}

static inline int64_t take(const char *id)
{
    struct job_take taking = {.id = id};
    int64_t attempt;

    assert_int_equal(wait_for(job_take(database, &taking, on_done, NULL)), 0);
    attempt = taking.is_taken ? taking.row.attempt : -1;
    job_row_finish(&taking.row);
    return attempt;
}

static inline bool commit(struct job_commit *commit)
{
    commit->collection = "default";
    assert_int_equal(wait_for(job_commit(database, commit, on_done, NULL)), 0);
    return commit->has_won;
}

static inline size_t search(const char *query)
{
    struct people_list list = {
        .collection = "default", .query = query, .after = "", .limit = 10};
    size_t count;

    assert_int_equal(wait_for(people_list(database, &list, on_done, NULL)), 0);
    count = list.rows.count;
    person_rows_finish(&list.rows);
    return count;
}
