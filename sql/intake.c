/*
 * intake.c - what the server takes in: all of it, or nothing
 *
 * The insert of the request's key is the gate: of two equal requests the second
 * waits for the first's commit, and then finds its answer.
 *
 * A job by itself is one statement, and its id the gate: said again, whether
 * the first time was lost, is under way or still to come, it is there once.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "intake.h"
#include "people.h"
#include "xalloc.h"

/* ---- the request's key ---- */

static int on_reply(void *owner, const struct row *row)
{
    struct intake *intake = owner;

    intake->is_mismatch = strcmp(row_text(row, 0), intake->digest) != 0;
    intake->is_repeated = !intake->is_mismatch;
    if (intake->is_repeated) {
        intake->first.status = row_integer(row, 1);
        intake->first.location = xstrdup(row_text(row, 2));
        intake->first.body = xstrdup(row_text(row, 3));
    }
    return 0;
}

static int read_reply(struct connection *connection, struct intake *intake)
{
    struct value values[] = {value_text(intake->account),
                             value_text(intake->request_key)};
    int error = connection_run(connection,
                               "SELECT digest, status, location, body "
                               "FROM replies "
                               "WHERE account = ? AND request_key = ?",
                               values, COUNT(values), on_reply, intake);

    /* It was forgotten between our insert and our look: once more. */
    if (error == 0 && !intake->is_repeated && !intake->is_mismatch)
        error = E_CONFLICT;
    return error;
}

static int claim_key(struct connection *connection, struct intake *intake)
{
    struct value values[] = {
        value_text(intake->account),        value_text(intake->request_key),
        value_text(intake->digest),         value_integer(intake->reply.status),
        value_text(intake->reply.location), value_text(intake->reply.body)};
    int error;

    if (!intake->request_key)
        return 0;
    error = connection_run(connection,
                           "INSERT INTO replies (account, request_key, digest, "
                           "status, location, body, created) "
                           "VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))",
                           values, COUNT(values), NULL, NULL);
    return error == E_DUPLICATE ? read_reply(connection, intake) : error;
}

/* A time as both servers read it: without the Z, which every session implies.
 */
static struct value value_time(const char *time)
{
    return value_bytes(time, strlen(time) - 1);
}

/* ---- the person ---- */

static int on_found(void *owner, const struct row *row)
{
    (void)row;
    *(bool *)owner = true;
    return 0;
}

static int insert_person(struct connection *connection,
                         const struct intake *intake)
{
    const struct new_person *person = intake->person;
    struct value values[] = {
        value_text(person->id),          value_text(intake->collection),
        value_text(person->external_id), value_text(person->name),
        value_text(person->email),       value_text(person->details),
        value_time(person->created),     value_time(person->created)};
    int error = connection_run(connection,
                               "INSERT INTO people (id, collection, "
                               "external_id, name, email, details, created, "
                               "updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                               values, COUNT(values), NULL, NULL);

    return error
               ? error
               : person_words_insert(connection, intake->collection, person->id,
                                     person->name, person->external_id);
}

/* The person stays locked until the commit. */
static int check_person(struct connection *connection,
                        const struct intake *intake)
{
    struct value values[] = {value_text(intake->known_person),
                             value_text(intake->collection)};
    struct value face[] = {value_text(intake->known_face),
                           value_text(intake->known_person)};
    bool is_found = false;
    int error = connection_run(connection,
                               "SELECT id FROM people WHERE id = ? "
                               "AND collection = ? AND erasing IS NULL "
                               "FOR UPDATE",
                               values, COUNT(values), on_found, &is_found);

    if (error == 0 && is_found && intake->known_face) {
        is_found = false;
        error = connection_run(connection,
                               "SELECT id FROM faces "
                               "WHERE id = ? AND person = ?",
                               face, COUNT(face), on_found, &is_found);
    }
    return error == 0 && !is_found ? E_NOT_FOUND : error;
}

/* Somebody who is being erased gives the key free at once. */
static int mark_erasing(struct connection *connection,
                        const struct intake *intake)
{
    struct value id = value_text(intake->known_person);

    return connection_run(connection,
                          "UPDATE people SET erasing = UTC_TIMESTAMP(3), "
                          "external_id = NULL WHERE id = ?",
                          &id, 1, NULL, NULL);
}

/* ---- the jobs ---- */

static int insert_job(struct connection *connection,
                      const struct intake *intake, const struct new_job *job)
{
    char traceparent[TRACE_PARENT_BYTES];

    trace_write(job->trace, traceparent);
    struct value values[] = {
        value_text(job->id),          value_text(intake->collection),
        value_text(intake->account),  value_text(job_kind_name(job->kind)),
        value_integer(job->priority), value_text(job->person),
        value_text(job->images),      value_text(job->options),
        value_time(job->created),     value_text(traceparent),
        value_text(job->trace->state)};

    return connection_run(connection,
                          "INSERT INTO jobs (id, collection, account, kind, "
                          "priority, status, person, images, options, created, "
                          "traceparent, tracestate, updated) "
                          "VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, "
                          "UTC_TIMESTAMP(3))",
                          values, COUNT(values), NULL, NULL);
}

bool intake_is_repeatable(const struct intake *intake)
{
    return !intake->request_key && !intake->person && !intake->known_person &&
           intake->job_count == 1;
}

/* A row can be seen a moment before its commit is on the disk.  A change of it
 * is not committed before. */
static int make_durable(struct connection *connection,
                        const struct new_job *job)
{
    struct value id = value_text(job->id);

    return connection_run(connection,
                          "UPDATE jobs SET updated = UTC_TIMESTAMP(3) "
                          "WHERE id = ?",
                          &id, 1, NULL, NULL);
}

static int run_repeatable(struct connection *connection,
                          const struct intake *intake)
{
    const struct new_job *job = &intake->jobs[0];
    int error = insert_job(connection, intake, job);

    return error == E_DUPLICATE ? make_durable(connection, job) : error;
}

static int run_transaction(struct connection *connection, struct intake *intake)
{
    int error = connection_begin(connection);

    if (error == 0)
        error = claim_key(connection, intake);
    if (error || intake->is_repeated || intake->is_mismatch)
        return error;
    if (error == 0 && intake->person)
        error = insert_person(connection, intake);
    if (error == 0 && intake->known_person)
        error = check_person(connection, intake);
    if (error == 0 && intake->is_erasing)
        error = mark_erasing(connection, intake);
    for (size_t i = 0; i < intake->job_count && error == 0; i++)
        error = insert_job(connection, intake, &intake->jobs[i]);
    return error ? error : connection_commit(connection);
}

static int run(struct connection *connection, void *task)
{
    struct intake *intake = task;

    intake_finish(intake);
    return intake_is_repeatable(intake) ? run_repeatable(connection, intake)
                                        : run_transaction(connection, intake);
}

void intake_finish(struct intake *intake)
{
    free(intake->first.location);
    free(intake->first.body);
    intake->first = (struct reply){0};
    intake->is_repeated = intake->is_mismatch = false;
}

int intake_run(struct database *database, struct intake *intake, done_fn *done,
               void *owner)
{
    return database_run(database, run, intake, done, owner);
}

int intake_forget_replies(struct connection *connection, void *task)
{
    (void)task;
    return connection_run(connection,
                          "DELETE FROM replies WHERE created < "
                          "UTC_TIMESTAMP(3) - INTERVAL 1 DAY LIMIT 1000",
                          NULL, 0, NULL, NULL);
}
