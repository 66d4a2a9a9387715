/*
 * erasure.c - what erasing a person, or one face, takes away
 */
#include <stdlib.h>
#include <string.h>

#include "erasure.h"
#include "errors.h"
#include "image_key.h"
#include "json.h"
#include "text.h"
#include "xalloc.h"

void erasure_finish(struct erasure *erasure)
{
    free(erasure->faces);
    for (size_t i = 0; i < erasure->image_count; i++)
        free(erasure->images[i]);
    free(erasure->images);
    erasure->faces = NULL;
    erasure->images = NULL;
    erasure->face_count = erasure->image_count = 0;
    erasure->photo_count = erasure->searches = erasure->pending = 0;
}

/* ---- reading ---- */

static void add_image(struct erasure *erasure, char *key)
{
    erasure->images = xrealloc(erasure->images, (erasure->image_count + 1) *
                                                    sizeof *erasure->images);
    erasure->images[erasure->image_count++] = key;
}

static int on_face(void *owner, const struct row *row)
{
    struct erasure *erasure = owner;
    const char *id = row_text(row, 0);

    erasure->faces = xrealloc(erasure->faces, (erasure->face_count + 1) *
                                                  sizeof *erasure->faces);
    text_copy(erasure->faces[erasure->face_count++], UUID_BYTES, id);
    add_image(erasure, image_key_crop(id));
    return 0;
}

/* Enrolments that may have left a face of which there is no row: one that is
 * not over, and one that is, and of which an attempt had come to nothing. */
#define IN_DOUBT                                                               \
    "(status IN ('queued', 'running', 'dead') OR "                             \
    "(status = 'failed' AND attempt > 1))"

/* A job's photos, and what a worker has made of them. */
static int on_job(void *owner, const struct row *row)
{
    struct erasure *erasure = owner;
    const char *job = row_text(row, 0);
    const char *images = row_text(row, 1);
    struct json *list = json_parse(images, strlen(images));

    for (const struct json *image = json_first(list); image;
         image = json_next(image)) {
        add_image(erasure, xstrdup(json_get_text(image, "key", "")));
        erasure->photo_count++;
    }
    json_destroy(list);
    add_image(erasure, image_key_print(job, "source", "thumb"));
    add_image(erasure, image_key_print(job, "source", "view"));
    erasure->pending += row_integer(row, 2);
    return 0;
}

static int on_count(void *owner, const struct row *row)
{
    struct erasure *erasure = owner;

    erasure->searches = row_integer(row, 0);
    return 0;
}

static int read_face(struct connection *connection, struct erasure *erasure)
{
    struct value values[] = {value_text(erasure->face),
                             value_text(erasure->person)};
    int error = connection_run(connection,
                               "SELECT id FROM faces "
                               "WHERE id = ? AND person = ?",
                               values, 2, on_face, erasure);

    if (error == 0)
        error = connection_run(connection,
                               "SELECT j.id, j.images, 0 FROM jobs j "
                               "JOIN faces f ON f.job = j.id WHERE f.id = ?",
                               values, 1, on_job, erasure);
    return error;
}

static int read_person(struct connection *connection, struct erasure *erasure)
{
    struct value person = value_text(erasure->person);
    int error =
        connection_run(connection, "SELECT id FROM faces WHERE person = ?",
                       &person, 1, on_face, erasure);

    if (error == 0)
        error = connection_run(connection,
                               "SELECT id, images, " IN_DOUBT " FROM jobs "
                               "WHERE person = ? AND kind = 'enroll'",
                               &person, 1, on_job, erasure);
    if (error == 0)
        error = connection_run(connection,
                               "SELECT COUNT(*) FROM sightings s "
                               "JOIN jobs j ON j.id = s.job "
                               "WHERE s.person = ? AND j.kind = 'search'",
                               &person, 1, on_count, erasure);
    return error;
}

static int run_read(struct connection *connection, void *task)
{
    struct erasure *erasure = task;

    erasure_finish(erasure);
    return erasure->face ? read_face(connection, erasure)
                         : read_person(connection, erasure);
}

int erasure_read(struct database *database, struct erasure *erasure,
                 done_fn *done, void *owner)
{
    return database_run(database, run_read, erasure, done, owner);
}

/* ---- past results ---- */

/* The result of a search or an enrolment, as it stands and as it will. */
struct redaction {
    const char *person;
    char job[UUID_BYTES];
    char *result;
};

static bool is_of(const struct json *match, const char *person)
{
    return strcmp(json_get_text(json_get(match, "person"), "id", ""), person) ==
           0;
}

/* The matches of one face, or whom it resembles, without those of the person.
 */
static struct json *other_matches(const struct json *matches,
                                  const char *person)
{
    struct json *others = json_array();

    for (const struct json *match = json_first(matches); match;
         match = json_next(match))
        if (!is_of(match, person))
            json_append(others, json_copy(match));
    return others;
}

static struct json *redact_face(const struct json *face, const char *person)
{
    struct json *copy = json_object();

    for (const struct json *member = json_first(face); member;
         member = json_next(member))
        json_add(copy, json_name(member),
                 strcmp(json_name(member), "matches") == 0
                     ? other_matches(member, person)
                     : json_copy(member));
    return copy;
}

static char *redact(const char *result, const char *person)
{
    struct json *document = json_parse(result, strlen(result));
    struct json *copy = json_object();

    for (const struct json *member = json_first(document); member;
         member = json_next(member)) {
        if (strcmp(json_name(member), "faces") == 0) {
            struct json *faces = json_add(copy, "faces", json_array());

            for (const struct json *face = json_first(member); face;
                 face = json_next(face))
                json_append(faces, redact_face(face, person));
        } else if (strcmp(json_name(member), "resembles") == 0) {
            json_add(copy, "resembles", other_matches(member, person));
        } else {
            json_add(copy, json_name(member), json_copy(member));
        }
    }
    json_destroy(document);
    return json_print_and_destroy(copy);
}

static int on_result(void *owner, const struct row *row)
{
    struct redaction *redaction = owner;

    text_copy(redaction->job, sizeof redaction->job, row_text(row, 0));
    if (row_text(row, 1))
        redaction->result = redact(row_text(row, 1), redaction->person);
    return 0;
}

/* One at a time, so that no list of results need fit into memory.  Each
 * sighting goes when its result is done. */
static int redact_next(struct connection *connection,
                       struct redaction *redaction)
{
    struct value person = value_text(redaction->person);
    struct value result[2];
    struct value sighting[2];
    int error = connection_run(connection,
                               "SELECT j.id, j.result FROM sightings s "
                               "JOIN jobs j ON j.id = s.job "
                               "WHERE s.person = ? LIMIT 1 FOR UPDATE",
                               &person, 1, on_result, redaction);

    if (error || !redaction->job[0])
        return error;
    result[0] = value_text(redaction->result);
    result[1] = value_text(redaction->job);
    sighting[0] = person;
    sighting[1] = value_text(redaction->job);
    if (redaction->result)
        error = connection_run(connection,
                               "UPDATE jobs SET result = ? WHERE id = ?",
                               result, 2, NULL, NULL);
    if (error == 0)
        error = connection_run(connection,
                               "DELETE FROM sightings "
                               "WHERE person = ? AND job = ?",
                               sighting, 2, NULL, NULL);
    return error;
}

static int redact_all(struct connection *connection, const char *person)
{
    struct redaction redaction = {.person = person};
    int error;

    do {
        redaction.job[0] = '\0';
        error = redact_next(connection, &redaction);
        free(redaction.result);
        redaction.result = NULL;
    } while (error == 0 && redaction.job[0]);
    return error;
}

/* ---- past answers ---- */

/* An answer that is kept for its request's key. */
struct kept_answer {
    char *account;
    char *request_key;
};

static int on_kept_answer(void *owner, const struct row *row)
{
    struct kept_answer *kept = owner;

    if (kept->account)
        return 0;
    kept->account = xstrdup(row_text(row, 0));
    kept->request_key = xstrdup(row_text(row, 1));
    return 0;
}

/* The answer to the request that made the person says all of it.  The key stays
 * used, so that a repeat brings nobody back.  It is looked for without a lock:
 * nobody else may wait for a look at a day's answers. */
static int blank_answer(struct connection *connection, const char *person)
{
    struct kept_answer kept = {0};
    char *location = xprintf("/v1/people/%s", person);
    struct value value = value_text(location);
    struct value values[2];
    int error = connection_run(connection,
                               "SELECT account, request_key FROM replies "
                               "WHERE location = ?",
                               &value, 1, on_kept_answer, &kept);

    values[0] = value_text(kept.account);
    values[1] = value_text(kept.request_key);
    if (error == 0 && kept.account)
        error = connection_run(connection,
                               "UPDATE replies SET body = '' "
                               "WHERE account = ? AND request_key = ?",
                               values, 2, NULL, NULL);
    free(kept.account);
    free(kept.request_key);
    free(location);
    return error;
}

/* ---- rows ---- */

/* The erasing job's own row stays: it is the receipt. */
static int delete_person(struct connection *connection, const char *id)
{
    static const char whom_they_name[] =
        "DELETE s FROM jobs j JOIN sightings s ON s.job = j.id "
        "WHERE j.person = ? AND j.kind = 'enroll'";
    static const char *const statements[] = {
        "DELETE FROM faces WHERE person = ?",
        "DELETE FROM sightings WHERE person = ?",
        "DELETE FROM person_words WHERE person = ?",
        "DELETE FROM people WHERE id = ?",
        whom_they_name,
    };
    struct value person = value_text(id);
    int error = 0;

    for (size_t i = 0; i < COUNT(statements) && error == 0; i++)
        error =
            connection_run(connection, statements[i], &person, 1, NULL, NULL);
    return error;
}

/* Those in doubt are done by whoever takes them next, with fresh attempts.  One
 * that is running is left to its worker, for as long as it has the lease. */
static int delete_enrolments(struct connection *connection, const char *id)
{
    struct value person = value_text(id);
    int error = connection_run(connection,
                               "DELETE FROM jobs WHERE person = ? "
                               "AND kind = 'enroll' AND NOT " IN_DOUBT,
                               &person, 1, NULL, NULL);

    if (error)
        return error;
    return connection_run(connection,
                          "UPDATE jobs SET images = '[]', options = '{}', "
                          "status = IF(status = 'running', status, 'queued'), "
                          "failures = 0, crashes = 0, error = NULL, "
                          "finished = NULL, told = 0 "
                          "WHERE person = ? AND kind = 'enroll'",
                          &person, 1, NULL, NULL);
}

int erasure_apply(struct connection *connection, const struct erasure *erasure)
{
    struct value face = value_text(erasure->face);
    int error;

    if (erasure->face)
        return connection_run(connection, "DELETE FROM faces WHERE id = ?",
                              &face, 1, NULL, NULL);
    error = redact_all(connection, erasure->person);
    if (error == 0)
        error = blank_answer(connection, erasure->person);
    if (error == 0)
        error = delete_person(connection, erasure->person);
    return error ? error : delete_enrolments(connection, erasure->person);
}
