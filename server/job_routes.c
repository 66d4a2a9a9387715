/*
 * job_routes.c - the routes that read jobs and their photos
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "errors.h"
#include "image_key.h"
#include "job_routes.h"
#include "jobs.h"
#include "log.h"
#include "stages.h"
#include "text.h"
#include "xalloc.h"

static const char image_cache[] = "private, max-age=86400, immutable";

/* ---- the list ---- */

struct listing {
    struct call *call;
    struct jobs_list list;
    int64_t limit;
};

static void on_listed(void *owner, int error)
{
    struct listing *listing = owner;
    struct job_rows *rows = &listing->list.rows;
    struct json *items;
    size_t count;

    if (error) {
        call_failure(listing->call, error, "database");
    } else {
        items = json_array();
        count = rows->count < (size_t)listing->limit ? rows->count
                                                     : (size_t)listing->limit;
        for (size_t i = 0; i < count; i++)
            json_append(items, job_document(&rows->rows[i],
                                            rows->rows[i].kind == JOB_SEARCH));
        call_answer(listing->call, 200,
                    page_document(items, rows->count > count
                                             ? rows->rows[count - 1].id
                                             : NULL),
                    NULL);
    }
    job_rows_finish(rows);
    free(listing);
}

/* Whether what is asked for exists; else the call is answered. */
static bool check_filters(struct call *call)
{
    const char *kind = call_query(call, "kind");
    const char *status = call_query(call, "status");
    enum job_kind any_kind;
    enum job_status any_status;

    if (kind[0] && !job_kind_find(kind, &any_kind))
        call_problem(call, PROBLEM_INVALID_FIELD,
                     "kind takes enroll, search, analyze, compare or erase.");
    else if (status[0] && !job_status_find(status, &any_status))
        call_problem(call, PROBLEM_INVALID_FIELD,
                     "status takes queued, running, done, failed or dead.");
    else
        return true;
    return false;
}

void route_list_jobs(struct call *call)
{
    struct listing *listing;
    const char *after;
    int64_t limit;
    int error;

    if (!check_filters(call) || !call_limit(call, &limit) ||
        !call_after(call, &after))
        return;
    listing = xcalloc(1, sizeof *listing);
    listing->call = call;
    listing->limit = limit;
    listing->list =
        (struct jobs_list){.collection = call->services->settings->collection,
                           .kind = call_query(call, "kind"),
                           .status = call_query(call, "status"),
                           .after = after,
                           .limit = limit + 1};
    error =
        jobs_list(call->services->database, &listing->list, on_listed, listing);
    if (error < 0)
        on_listed(listing, error);
}

/* ---- one job ---- */

struct reading {
    struct call *call;
    struct job_find find;
    char *keys[2];  /* of images, in the order in which they are tried */
    char *types[2]; /* their media types */
    size_t at;
    bool is_loose; /* the first one may have gone with a crash */
};

static void end_reading(struct reading *reading)
{
    job_row_finish(&reading->find.row);
    for (size_t i = 0; i < COUNT(reading->keys); i++) {
        free(reading->keys[i]);
        free(reading->types[i]);
    }
    free(reading);
}

static bool answer_error(struct call *call, int error)
{
    if (error == E_NOT_FOUND)
        call_problem(call, PROBLEM_NOT_FOUND, "There is no such job.");
    else if (error == E_REFUSED)
        call_problem(call, PROBLEM_NOT_DEAD, NULL);
    else if (error)
        call_failure(call, error, "database");
    return error != 0;
}

static struct reading *begin_reading(struct call *call)
{
    struct reading *reading = xcalloc(1, sizeof *reading);

    reading->call = call;
    reading->find = (struct job_find){
        .collection = call->services->settings->collection, .id = call->ids[0]};
    return reading;
}

static void on_read(void *owner, int error)
{
    struct reading *reading = owner;

    if (!answer_error(reading->call, error))
        call_answer(reading->call, 200,
                    job_whole_document(&reading->find.row,
                                       reading->call->services->stages),
                    NULL);
    end_reading(reading);
}

void route_read_job(struct call *call)
{
    struct reading *reading = begin_reading(call);
    int error =
        job_find(call->services->database, &reading->find, on_read, reading);

    if (error < 0)
        on_read(reading, error);
}

/* ---- replaying ---- */

static void on_queued(void *owner, int error, const struct redis_reply *reply)
{
    (void)owner;
    (void)reply;
    if (error)
        log_info("queue: a replayed job was not added; a sweep will");
}

/* Its story begins anew with the request for it. */
static char *write_stages(const struct call *call)
{
    struct stages stages = {.begun_us = call->begun_us};

    text_copy(stages.server, sizeof stages.server, call->services->name);
    stages_mark(&stages, STAGE_INSERTED);
    stages_mark(&stages, STAGE_QUEUED);
    return stages_write(&stages);
}

static void queue_again(const struct call *call, const struct job_row *row)
{
    struct queued_job job = {.priority = row->priority};
    const char *common = job_kind_topic(row->kind);
    char topic[sizeof "job:" + UUID_BYTES];
    char *stages = write_stages(call);
    struct queue_event queued = {"job.queued", common ? common : topic, "{}",
                                 stages};

    text_copy(job.id, sizeof job.id, row->id);
    text_copy(job.account, sizeof job.account, row->account);
    snprintf(topic, sizeof topic, "job:%s", row->id);
    if (queue_add(queues_of(call->services->queues, job.id), &job, &queued,
                  on_queued, NULL) < 0)
        on_queued(NULL, E_UNAVAILABLE, NULL);
    free(stages);
}

static void on_replayed(void *owner, int error)
{
    struct reading *reading = owner;
    char location[64];

    if (!answer_error(reading->call, error)) {
        queue_again(reading->call, &reading->find.row);
        snprintf(location, sizeof location, "/v1/jobs/%s",
                 reading->find.row.id);
        call_answer(reading->call, 202, job_document(&reading->find.row, true),
                    location);
    }
    end_reading(reading);
}

void route_replay_job(struct call *call)
{
    struct reading *reading = begin_reading(call);
    int error = job_replay(call->services->database, &reading->find,
                           on_replayed, reading);

    if (error < 0)
        on_replayed(reading, error);
}

/* ---- its photo ---- */

static void get_image(struct reading *reading);

/* What is not there in the size that was asked for is given as it came: a photo
 * has no thumbnail before a worker was there, or when a crash took it. */
static void on_image(void *owner, int error, char *bytes, size_t len)
{
    struct reading *reading = owner;
    struct call *call = reading->call;

    if (error == E_NOT_FOUND && reading->at == 0 && reading->keys[1]) {
        reading->at++;
        get_image(reading);
        return;
    }
    if (error == E_NOT_FOUND)
        call_problem(call, PROBLEM_IMAGE_GONE, NULL);
    else if (error)
        call_failure(call, error, "image store");
    else
        call_bytes(call, reading->types[reading->at], bytes, len,
                   reading->at == 1 ? "no-store" : image_cache);
    end_reading(reading);
}

static void get_image(struct reading *reading)
{
    struct services *services = reading->call->services;
    bool is_loose = reading->is_loose && reading->at == 0;
    int error = (is_loose ? store_get_loosely : store_get)(
        services->store, reading->keys[reading->at],
        (size_t)services->settings->image_bytes, on_image, reading);

    if (error < 0)
        on_image(reading, error, NULL, 0);
}

/* Fills the keys to be tried; false if the job has no such photo. */
static bool choose_keys(struct reading *reading, const char *which,
                        const char *size)
{
    const char *images = reading->find.row.images;
    struct json *list = json_parse(images, strlen(images));
    const struct json *image = json_first(list);
    const char *key;

    if (image && strcmp(which, "target") == 0)
        image = json_next(image);
    key = json_get_text(image, "key", NULL);
    if (key) {
        size_t i = 0;

        if (strcmp(size, "original") != 0) {
            reading->keys[i] =
                image_key_print(reading->find.row.id, which, size);
            reading->types[i++] = xstrdup("image/jpeg");
            reading->is_loose = strcmp(size, "thumb") == 0;
        }
        reading->keys[i] = xstrdup(key);
        reading->types[i] = xstrdup(json_get_text(image, "type", "image/jpeg"));
    }
    json_destroy(list);
    return key != NULL;
}

static void on_read_for_image(void *owner, int error)
{
    struct reading *reading = owner;
    const char *which = call_query(reading->call, "which");
    const char *size = call_query(reading->call, "size");

    if (answer_error(reading->call, error)) {
        end_reading(reading);
    } else if (!choose_keys(reading, which[0] ? which : "source",
                            size[0] ? size : "original")) {
        call_problem(reading->call, PROBLEM_NOT_FOUND,
                     "The job has no such picture.");
        end_reading(reading);
    } else {
        get_image(reading);
    }
}

/* Whether the words of a query are known; "" is. */
static bool is_one_of(const char *word, const char *const *words)
{
    if (!word[0])
        return true;
    for (size_t i = 0; words[i]; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

void route_job_image(struct call *call)
{
    static const char *const whiches[] = {"source", "target", NULL};
    static const char *const sizes[] = {"original", "thumb", "view", NULL};
    struct reading *reading;
    int error;

    if (!is_one_of(call_query(call, "which"), whiches) ||
        !is_one_of(call_query(call, "size"), sizes)) {
        call_problem(call, PROBLEM_INVALID_FIELD,
                     "which takes source or target; size takes original, thumb "
                     "or view.");
        return;
    }
    reading = begin_reading(call);
    error = job_find(call->services->database, &reading->find,
                     on_read_for_image, reading);
    if (error < 0)
        on_read_for_image(reading, error);
}
