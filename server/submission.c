/*
 * submission.c - a call that brings something in
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "errors.h"
#include "job_watch.h"
#include "jobs.h"
#include "submission.h"
#include "xalloc.h"

enum {
    WAIT_MAX_S = 60,
    KEY_LEN_MAX = 128,
    KEPT_MAX = 8,
};

struct submission {
    struct call *call;
    const struct submission_kind *kind;
    struct admission *admission;
    char digest[65];
    char *body; /* what is answered once it is admitted */
    char *location;
    struct job_watch *watch;
    int64_t wait_s;
    bool was_told_over; /* by the watch, before the admission was done */
    bool is_admitted;
    struct job_find find;
    void *kept[KEPT_MAX];
    size_t kept_count;
};

static void destroy(struct submission *submission)
{
    job_watch_destroy(submission->watch);
    admission_destroy(submission->admission);
    job_row_finish(&submission->find.row);
    for (size_t i = 0; i < submission->kept_count; i++)
        free(submission->kept[i]);
    free(submission->body);
    free(submission->location);
    free(submission);
}

struct call *submission_call(struct submission *submission)
{
    return submission->call;
}

void *submission_keep(struct submission *submission, void *memory)
{
    assert(submission->kept_count < KEPT_MAX);
    submission->kept[submission->kept_count++] = memory;
    return memory;
}

void submission_answer(struct submission *submission, struct json *json,
                       const char *location)
{
    submission->body = json_print_and_destroy(json);
    submission->location = xstrdup(location);
}

/* ---- checks that several routes share ---- */

enum problem submission_priority(const struct upload *upload,
                                 enum priority *priority,
                                 char detail[static 128])
{
    const char *name = upload_field(upload, "priority");

    *priority = PRIORITY_INTERACTIVE;
    if (!name || priority_find(name, priority))
        return PROBLEM_NONE;
    snprintf(detail, 128, "priority takes interactive or backfill.");
    return PROBLEM_INVALID_FIELD;
}

enum problem submission_check_fields(const struct upload *upload,
                                     const char *const *known,
                                     char detail[static 128])
{
    for (size_t i = 0; i < upload->field_count; i++) {
        const char *name = upload->fields[i].name;
        size_t k = 0;

        while (known[k] && strcmp(known[k], name) != 0)
            k++;
        if (!known[k]) {
            snprintf(detail, 128, "There is no field of the name %.60s.", name);
            return PROBLEM_UNKNOWN_FIELD;
        }
    }
    return PROBLEM_NONE;
}

/* ---- the answer ---- */

static void fail(struct submission *submission, enum problem problem,
                 const char *detail)
{
    call_problem(submission->call, problem, detail);
    destroy(submission);
}

static void answer_accepted(struct submission *submission)
{
    char *body = submission->body;

    submission->body = NULL;
    call_answer_text(submission->call, submission->kind->status, body,
                     submission->location, false);
    destroy(submission);
}

static void on_job_found(void *owner, int error)
{
    struct submission *submission = owner;

    if (error) {
        answer_accepted(submission);
        return;
    }
    call_answer(submission->call, 200,
                job_whole_document(&submission->find.row,
                                   submission->call->services->stages),
                submission->location);
    destroy(submission);
}

static void answer_result(struct submission *submission)
{
    struct services *services = submission->call->services;
    const struct intake *intake = admission_intake(submission->admission);

    submission->find = (struct job_find){.collection = intake->collection,
                                         .id = intake->jobs[0].id};
    if (job_find(services->database, &submission->find, on_job_found,
                 submission) < 0)
        answer_accepted(submission);
}

static void on_watched(void *owner, bool is_over)
{
    struct submission *submission = owner;

    submission->watch = NULL;
    submission->was_told_over = is_over;
    if (!submission->is_admitted)
        return;
    if (is_over)
        answer_result(submission);
    else
        answer_accepted(submission);
}

/* The same request was taken in before: the same answer, unless whom it tells
 * of was erased since. */
static void answer_repeated(struct submission *submission)
{
    struct intake *intake = admission_intake(submission->admission);
    char *body = intake->first.body;

    if (!body[0]) {
        fail(submission, PROBLEM_PERSON_GONE, NULL);
        return;
    }
    intake->first.body = NULL;
    call_answer_text(submission->call, (int)intake->first.status, body,
                     intake->first.location, true);
    destroy(submission);
}

static void answer_refused(struct submission *submission, int error,
                           const char *part)
{
    if (error == E_DUPLICATE)
        fail(submission, PROBLEM_EXTERNAL_ID_TAKEN, NULL);
    else if (error == E_NOT_FOUND)
        fail(submission, PROBLEM_NOT_FOUND, "There is no such person or face.");
    else if (error == E_REFUSED &&
             admission_intake(submission->admission)->is_mismatch)
        fail(submission, PROBLEM_IDEMPOTENCY_MISMATCH, NULL);
    else {
        call_failure(submission->call, error, part);
        destroy(submission);
    }
}

static void on_admitted(void *owner, int error, const char *part)
{
    struct submission *submission = owner;

    submission->is_admitted = true;
    if (error)
        answer_refused(submission, error, part);
    else if (admission_intake(submission->admission)->is_repeated)
        answer_repeated(submission);
    else if (submission->was_told_over)
        answer_result(submission);
    else if (!submission->watch)
        answer_accepted(submission);
}

/* ---- the request ---- */

/* Prefer: wait=N (RFC 7240), among other preferences. */
static int64_t wait_of(const struct call *call)
{
    const char *prefer = request_header(call->request, "prefer");
    const char *wait = prefer ? strcasestr(prefer, "wait=") : NULL;
    bool is_word = wait && (wait == prefer || strchr(" \t,;", wait[-1]));
    int64_t seconds = is_word ? strtoll(wait + strlen("wait="), NULL, 10) : 0;

    return seconds < 0 ? 0 : seconds > WAIT_MAX_S ? WAIT_MAX_S : seconds;
}

/* 1 to 128 printable characters. */
static bool is_key(const char *key)
{
    size_t len = strlen(key);

    for (size_t i = 0; i < len; i++)
        if (key[i] < '!' || key[i] > '~')
            return false;
    return len > 0 && len <= KEY_LEN_MAX;
}

/* What is answered is known before anything is done, so that the answer to the
 * request's key is committed with all the rest. */
static void prepare_reply(struct submission *submission,
                          const struct upload *upload)
{
    struct intake *intake = admission_intake(submission->admission);
    const char *key =
        request_header(submission->call->request, "idempotency-key");

    if (!submission->body) {
        char *location = xprintf("/v1/jobs/%s", intake->jobs[0].id);

        submission_answer(submission,
                          admission_job_document(submission->admission, 0),
                          location);
        free(location);
    }
    if (!key)
        return;
    upload_digest(upload, submission->call->request, submission->digest);
    intake->request_key = key;
    intake->digest = submission->digest;
    intake->reply = (struct reply){.status = submission->kind->status,
                                   .location = submission->location,
                                   .body = submission->body};
}

static void on_upload(void *owner, struct upload *upload, enum problem problem,
                      const char *text)
{
    struct submission *submission = owner;
    struct services *services = submission->call->services;
    struct admission *admission;
    struct trace trace;
    char detail[128] = "";

    if (problem != PROBLEM_NONE) {
        fail(submission, problem, text);
        return;
    }
    trace_of_request(&trace, submission->call->request);
    admission = submission->admission =
        admission_create(services, upload, submission->call->begun_us, &trace);
    problem = submission->kind->prepare(submission, admission, upload, detail);
    if (problem != PROBLEM_NONE) {
        fail(submission, problem, detail);
        return;
    }
    prepare_reply(submission, upload);
    if (submission->wait_s && submission->kind->may_wait &&
        !services->is_draining)
        submission->watch =
            job_watch_create(services, admission_intake(admission)->jobs[0].id,
                             submission->wait_s * 1000, on_watched, submission);
    admission_run(admission, on_admitted, submission);
}

void submission_run(struct call *call, const struct submission_kind *kind)
{
    struct submission *submission = xcalloc(1, sizeof *submission);
    const char *key = request_header(call->request, "idempotency-key");

    submission->call = call;
    submission->kind = kind;
    submission->wait_s = wait_of(call);
    if (key && !is_key(key)) {
        fail(submission, PROBLEM_INVALID_REQUEST,
             "Idempotency-Key takes 1 to 128 printable characters.");
        return;
    }
    upload_read(call->services, call->exchange, &kind->rules, on_upload,
                submission);
}
