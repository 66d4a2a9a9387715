/*
 * jobs.c - the rows of `jobs`
 *
 * All times are the database's own: one clock decides what is due.
 */
#include <string.h>

#include "errors.h"
#include "jobs.h"

enum { TOLD_AT_ONCE = 32 };

/* ---- taking ---- */

/* Raises the fence of a row that is due: one statement, and so one commit.  The
 * attempt is noted as it is raised, for others may raise it again before the
 * row is read.  A row that is running already was left by a crash. */
static int raise_fence(struct connection *connection, struct job_take *take)
{
    struct value id = value_text(take->id);
    int error = connection_run(connection,
                               "UPDATE jobs SET "
                               "crashes = crashes + (status = 'running'), "
                               "status = 'running', "
                               "attempt = LAST_INSERT_ID(attempt + 1), "
                               "started = COALESCE(started, UTC_TIMESTAMP(3)), "
                               "not_before = NULL, updated = UTC_TIMESTAMP(3) "
                               "WHERE id = ? "
                               "AND status IN ('queued', 'running') "
                               "AND (not_before IS NULL OR "
                               "not_before <= UTC_TIMESTAMP(3))",
                               &id, 1, NULL, NULL);

    take->is_taken = error == 0 && connection_changed(connection) == 1;
    take->attempt = take->is_taken ? connection_noted(connection) : 0;
    return error;
}

/* The row, and how long it is until it is due. */
static int on_take_row(void *owner, const struct row *row)
{
    struct job_take *take = owner;

    take->is_missing = false;
    take->wait_ms = row_integer(row, 23);
    return job_row_read(&take->row, row);
}

static int run_take(struct connection *connection, void *task)
{
    struct job_take *take = task;
    struct value id = value_text(take->id);
    int error = raise_fence(connection, take);

    job_row_finish(&take->row);
    take->is_missing = true;
    if (error == 0)
        error = connection_run(connection,
                               "SELECT " JOB_COLUMNS
                               ", COALESCE(TIMESTAMPDIFF(MICROSECOND, "
                               "UTC_TIMESTAMP(3), not_before) DIV 1000, 0) "
                               "FROM jobs WHERE id = ?",
                               &id, 1, on_take_row, take);
    if (take->is_taken) {
        take->row.attempt = take->attempt;
        take->row.status = JOB_RUNNING;
    } else if (take->row.status <= JOB_RUNNING && take->wait_ms <= 0) {
        take->wait_ms = 1; /* it came due between the two */
    }
    return error;
}

int job_take(struct database *database, struct job_take *take, done_fn *done,
             void *owner)
{
    return database_run(database, run_take, take, done, owner);
}

/* ---- committing ---- */

static int on_found(void *owner, const struct row *row)
{
    (void)row;
    *(bool *)owner = true;
    return 0;
}

/* The person stays locked until the commit, so that nobody can begin to erase
 * it meanwhile.  An attempt that was overtaken asks as well: what it has made
 * of somebody who is gone, it takes back. */
static int lock_person(struct connection *connection, struct job_commit *commit)
{
    struct value person = value_text(commit->face->person);
    bool is_there = false;
    int error = connection_run(connection,
                               "SELECT id FROM people WHERE id = ? "
                               "AND erasing IS NULL FOR UPDATE",
                               &person, 1, on_found, &is_there);

    commit->is_person_gone = error == 0 && !is_there;
    return error;
}

static int insert_face(struct connection *connection,
                       const struct job_commit *commit)
{
    const struct new_face *face = commit->face;
    struct value values[] = {
        value_text(face->id),         value_text(commit->collection),
        value_text(face->person),     value_text(commit->id),
        value_real(face->left),       value_real(face->top),
        value_real(face->width),      value_real(face->height),
        value_real(face->confidence), value_real(face->quality)};

    return connection_run(connection,
                          "INSERT INTO faces (id, collection, person, job, "
                          "box_left, box_top, box_width, box_height, "
                          "confidence, quality, created) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                          "UTC_TIMESTAMP(3))",
                          values, COUNT(values), NULL, NULL);
}

/* Somebody may have been erased since the search named them: then its result
 * must not be kept. */
static int insert_sightings(struct connection *connection,
                            struct job_commit *commit)
{
    int error = 0;

    for (size_t i = 0;
         i < commit->sighting_count && error == 0 && !commit->is_person_gone;
         i++) {
        const struct new_sighting *sighting = &commit->sightings[i];
        struct value values[] = {value_text(commit->id),
                                 value_real(sighting->similarity),
                                 value_text(sighting->person)};

        error = connection_run(connection,
                               "INSERT INTO sightings "
                               "(person, job, similarity, seen) "
                               "SELECT id, ?, ?, UTC_TIMESTAMP(3) "
                               "FROM people WHERE id = ? AND erasing IS NULL "
                               "LOCK IN SHARE MODE",
                               values, COUNT(values), NULL, NULL);
        commit->is_person_gone = commit->is_other_gone =
            error == 0 && connection_changed(connection) == 0;
    }
    return error;
}

/* The one place where a job ends: only the attempt that stands in the row. */
static int end_attempt(struct connection *connection, struct job_commit *commit)
{
    struct value values[] = {value_text(job_status_name(commit->status)),
                             value_text(commit->result),
                             value_text(commit->error),
                             value_text(commit->stages),
                             value_text(commit->id),
                             value_integer(commit->attempt)};
    int error = connection_run(connection,
                               "UPDATE jobs SET status = ?, result = ?, "
                               "error = ?, stages = ?, progress = NULL, "
                               "told = 0, "
                               "finished = UTC_TIMESTAMP(3), "
                               "updated = UTC_TIMESTAMP(3) "
                               "WHERE id = ? AND attempt = ? "
                               "AND status = 'running'",
                               values, COUNT(values), NULL, NULL);

    commit->has_won = error == 0 && connection_changed(connection) == 1;
    return error;
}

/* Only an erasure takes the photo out of an enrolment's row. */
static int delete_left_row(struct connection *connection,
                           const struct job_commit *commit)
{
    struct value id = value_text(commit->id);

    return connection_run(connection,
                          "DELETE FROM jobs WHERE id = ? "
                          "AND kind = 'enroll' AND images = '[]'",
                          &id, 1, NULL, NULL);
}

/* Everything that comes of an attempt beside its row. */
static int write_rest(struct connection *connection, struct job_commit *commit)
{
    int error = 0;

    if (commit->face)
        error = insert_face(connection, commit);
    if (error == 0)
        error = insert_sightings(connection, commit);
    if (error == 0 && !commit->is_person_gone && commit->erasure)
        error = erasure_apply(connection, commit->erasure);
    if (error == 0 && commit->is_of_gone)
        error = delete_left_row(connection, commit);
    return error;
}

static int run_commit(struct connection *connection, void *task)
{
    struct job_commit *commit = task;
    bool has_rest = commit->face || commit->sighting_count || commit->erasure ||
                    commit->is_of_gone;
    int error = has_rest ? connection_begin(connection) : 0;

    commit->has_won = commit->is_person_gone = commit->is_other_gone = false;
    if (error == 0 && commit->face)
        error = lock_person(connection, commit);
    if (error || commit->is_person_gone)
        return error;
    error = end_attempt(connection, commit);
    if (error || !commit->has_won || !has_rest)
        return error;
    error = write_rest(connection, commit);
    if (error || commit->is_person_gone)
        return error;
    return connection_commit(connection);
}

int job_commit(struct database *database, struct job_commit *commit,
               done_fn *done, void *owner)
{
    return database_run(database, run_commit, commit, done, owner);
}

/* ---- postponing ---- */

static int run_postpone(struct connection *connection, void *task)
{
    struct job_postpone *postpone = task;
    struct value values[] = {
        value_integer(postpone->wait_ms * 1000),
        value_integer(postpone->is_failure), value_text(postpone->progress),
        value_text(postpone->id), value_integer(postpone->attempt)};
    int error = connection_run(
        connection,
        "UPDATE jobs SET status = 'queued', "
        "not_before = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, "
        "failures = failures + ?, progress = ?, updated = UTC_TIMESTAMP(3) "
        "WHERE id = ? AND attempt = ? AND status = 'running'",
        values, COUNT(values), NULL, NULL);

    postpone->has_won = error == 0 && connection_changed(connection) == 1;
    return error;
}

int job_postpone(struct database *database, struct job_postpone *postpone,
                 done_fn *done, void *owner)
{
    return database_run(database, run_postpone, postpone, done, owner);
}

/* ---- telling and sweeping ---- */

/* As many ids as a statement has places for; those that are left over are NULL,
 * which no id is. */
static int mark_told(struct connection *connection,
                     const char (*ids)[UUID_BYTES], size_t count)
{
    struct value values[TOLD_AT_ONCE];

    for (size_t i = 0; i < COUNT(values); i++)
        values[i] = value_text(i < count ? ids[i] : NULL);
    return connection_run(connection,
                          "UPDATE jobs SET told = 1 "
                          "WHERE finished IS NOT NULL AND id IN ("
                          "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                          "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          values, COUNT(values), NULL, NULL);
}

static int run_told(struct connection *connection, void *task)
{
    const struct jobs_told *told = task;
    int error = connection_begin(connection);

    for (size_t i = 0; i < told->count && error == 0; i += TOLD_AT_ONCE)
        error = mark_told(connection, told->ids + i, told->count - i);
    return error ? error : connection_commit(connection);
}

int jobs_told(struct database *database, const struct jobs_told *told,
              done_fn *done, void *owner)
{
    return database_run(database, run_told, (void *)told, done, owner);
}

static int run_sweep(struct connection *connection, void *task)
{
    struct jobs_sweep *sweep = task;
    struct value values[] = {value_text(sweep->after),
                             value_integer(sweep->age_ms * 1000),
                             value_integer(sweep->worked_age_ms * 1000),
                             value_integer(sweep->limit)};

    job_rows_finish(&sweep->rows);
    return connection_run(connection,
                          "SELECT " JOB_COLUMNS " FROM jobs "
                          "WHERE told = 0 AND id > ? AND updated < "
                          "UTC_TIMESTAMP(3) - "
                          "INTERVAL IF(status = 'queued', ?, ?) MICROSECOND "
                          "AND (not_before IS NULL OR "
                          "not_before < UTC_TIMESTAMP(3)) "
                          "ORDER BY id LIMIT ?",
                          values, COUNT(values), job_rows_read, &sweep->rows);
}

int jobs_sweep(struct database *database, struct jobs_sweep *sweep,
               done_fn *done, void *owner)
{
    return database_run(database, run_sweep, sweep, done, owner);
}

/* ---- reading ---- */

static int run_find(struct connection *connection, void *task)
{
    struct job_find *find = task;
    struct value values[] = {value_text(find->id),
                             value_text(find->collection)};
    int error;

    job_row_finish(&find->row);
    error = connection_run(connection,
                           find->has_doubt ? "SELECT " JOB_COLUMNS " FROM jobs "
                                             "WHERE id = ? AND collection = ? "
                                             "LOCK IN SHARE MODE"
                                           : "SELECT " JOB_COLUMNS " FROM jobs "
                                             "WHERE id = ? AND collection = ?",
                           values, COUNT(values), job_row_read, &find->row);
    return error == 0 && !find->row.collection ? E_NOT_FOUND : error;
}

int job_find(struct database *database, struct job_find *find, done_fn *done,
             void *owner)
{
    return database_run(database, run_find, find, done, owner);
}

static int run_list(struct connection *connection, void *task)
{
    struct jobs_list *list = task;
    struct value values[] = {
        value_text(list->collection), value_text(list->kind),
        value_text(list->kind),       value_text(list->status),
        value_text(list->status),     value_text(list->after),
        value_text(list->after),      value_integer(list->limit)};

    job_rows_finish(&list->rows);
    return connection_run(connection,
                          "SELECT " JOB_COLUMNS " FROM jobs "
                          "WHERE collection = ? AND (? = '' OR kind = ?) "
                          "AND (? = '' OR status = ?) "
                          "AND (? = '' OR id < ?) ORDER BY id DESC LIMIT ?",
                          values, COUNT(values), job_rows_read, &list->rows);
}

int jobs_list(struct database *database, struct jobs_list *list, done_fn *done,
              void *owner)
{
    return database_run(database, run_list, list, done, owner);
}

static int read_count(void *owner, const struct row *row)
{
    struct jobs_count *count = owner;

    count->count = row_integer(row, 0);
    return 0;
}

static int run_count(struct connection *connection, void *task)
{
    struct jobs_count *count = task;
    struct value values[] = {value_text(count->collection),
                             value_text(job_status_name(count->status))};

    return connection_run(connection,
                          "SELECT COUNT(*) FROM jobs "
                          "WHERE collection = ? AND status = ?",
                          values, COUNT(values), read_count, count);
}

int jobs_count(struct database *database, struct jobs_count *count,
               done_fn *done, void *owner)
{
    return database_run(database, run_count, count, done, owner);
}

static int run_replay(struct connection *connection, void *task)
{
    struct job_find *find = task;
    struct value id = value_text(find->id);
    int error = run_find(connection, task);

    if (error)
        return error;
    error = connection_run(connection,
                           "UPDATE jobs SET status = 'queued', failures = 0, "
                           "crashes = 0, error = NULL, result = NULL, "
                           "stages = NULL, "
                           "finished = NULL, not_before = NULL, told = 0, "
                           "updated = UTC_TIMESTAMP(3) WHERE id = ? "
                           "AND status IN ('dead', 'failed')",
                           &id, 1, NULL, NULL);
    if (error == 0 && connection_changed(connection) == 0)
        error = E_REFUSED;
    return error ? error : run_find(connection, task);
}

int job_replay(struct database *database, struct job_find *find, done_fn *done,
               void *owner)
{
    return database_run(database, run_replay, find, done, owner);
}
