/*
 * admission.c - work that is taken in for good
 *
 * An admission walks down a table of steps; a PENDING step leaves it standing
 * on its row until it is woken.  A failed step leads to the last one, which
 * takes back what was stored.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admission.h"
#include "clock.h"
#include "counters.h"
#include "documents.h"
#include "errors.h"
#include "image_key.h"
#include "jobs.h"
#include "json.h"
#include "log.h"
#include "stages.h"
#include "text.h"
#include "xalloc.h"

struct stored_image {
    char *key;
    const struct upload_image *image;
    bool is_stored;
};

struct admission {
    struct services *services;
    struct upload *upload;
    struct intake intake;
    char created[CLOCK_TEXT_BYTES];
    struct trace trace;   /* of all its jobs */
    struct stages stages; /* likewise */
    struct new_job jobs[ADMISSION_JOBS_MAX];
    struct stored_image images[UPLOAD_IMAGES_MAX];
    size_t image_count;
    size_t at; /* the image or job that the step is at */
    const struct step *step;
    int doubt;            /* what the commit was answered */
    struct job_find find; /* where the answer was lost */
    bool is_uncertain;    /* nobody can say whether it was committed */
    int error;
    const char *part; /* that failed */
    admission_fn *done;
    void *owner;
};

static int store_images(struct admission *admission);
static int commit(struct admission *admission);
static int queue_jobs(struct admission *admission);
static int take_back(struct admission *admission);

static const struct step {
    int (*run)(struct admission *admission); /* DONE, PENDING or an error; woken
                                                again it goes on at `at` */
    const char *part;
} steps[] = {
    {store_images, "image store"},
    {commit, "database"},
    {queue_jobs, "queue"},
    {take_back, "image store"},
};
static const struct step *const last_step = &steps[COUNT(steps) - 1];

/* ---- what is to be done ---- */

struct admission *admission_create(struct services *services,
                                   struct upload *upload, int64_t begun_us,
                                   const struct trace *trace)
{
    struct admission *admission = xcalloc(1, sizeof *admission);

    admission->services = services;
    admission->upload = upload;
    admission->intake = (struct intake){
        .collection = services->settings->collection,
        .account = DEFAULT_ACCOUNT,
        .jobs = admission->jobs,
    };
    clock_text(clock_wall_ms(), admission->created);
    admission->trace = *trace;
    admission->stages.begun_us = begun_us;
    text_copy(admission->stages.server, sizeof admission->stages.server,
              services->name);
    stages_mark(&admission->stages, STAGE_RECEIVED);
    return admission;
}

void admission_destroy(struct admission *admission)
{
    if (!admission)
        return;
    for (size_t i = 0; i < admission->intake.job_count; i++) {
        free((char *)admission->jobs[i].images);
        free((char *)admission->jobs[i].options);
    }
    for (size_t i = 0; i < admission->image_count; i++)
        free(admission->images[i].key);
    intake_finish(&admission->intake);
    upload_destroy(admission->upload);
    free(admission);
}

struct intake *admission_intake(struct admission *admission)
{
    return &admission->intake;
}

const char *admission_time(const struct admission *admission)
{
    return admission->created;
}

/* Adds an image to be stored, and to the job's list of them. */
static void add_image(struct admission *admission, const char *job,
                      const struct upload_image *image, const char *role,
                      struct json *list)
{
    struct stored_image *stored = &admission->images[admission->image_count++];
    struct json *object = json_append(list, json_object());

    stored->image = image;
    stored->key = image_key_photo(job, role, picture_suffix(image->facts.type));
    json_add_text(object, "key", stored->key);
    json_add_text(object, "type", picture_media_type(image->facts.type));
    json_add_number(object, "width", image->facts.width);
    json_add_number(object, "height", image->facts.height);
}

const char *admission_add_job(struct admission *admission, enum job_kind kind,
                              enum priority priority, const char *person,
                              size_t first, size_t count, struct json *options)
{
    static const char *const roles[] = {"source", "target"};
    struct new_job *job = &admission->jobs[admission->intake.job_count++];
    struct json *list = json_array();

    assert(admission->intake.job_count <= ADMISSION_JOBS_MAX);
    assert(count <= COUNT(roles));
    uuid_make(job->id);
    job->kind = kind;
    job->priority = priority;
    job->person = person;
    job->created = admission->created;
    job->trace = &admission->trace;
    for (size_t i = 0; i < count; i++)
        add_image(admission, job->id, &admission->upload->images[first + i],
                  roles[i], list);
    job->images = json_print_and_destroy(list);
    job->options = json_print_and_destroy(options);
    return job->id;
}

struct json *admission_job_document(const struct admission *admission,
                                    size_t index)
{
    const struct new_job *job = &admission->jobs[index];
    struct job_row row = {
        .kind = job->kind,
        .priority = job->priority,
        .status = JOB_QUEUED,
        .person = (char *)job->person,
        .images = (char *)job->images,
        .created = (char *)admission->created,
        .trace = admission->trace,
    };

    text_copy(row.id, sizeof row.id, job->id);
    return job_document(&row, true);
}

/* ---- walking ---- */

static void finish(struct admission *admission)
{
    admission->services->counters->accepted +=
        admission->error ? 0 : (int64_t)admission->intake.job_count;
    admission->done(admission->owner, admission->error, admission->part);
}

static void wake(void *owner, int error)
{
    struct admission *admission = owner;

    /* What cannot be removed must not keep the rest from being removed. */
    if (error == 0 || admission->step == last_step)
        error = admission->step->run(admission);
    while (error != PENDING) {
        if (error < 0 && admission->step != last_step) {
            admission->error = error;
            admission->part = admission->step->part;
            log_info("admission: refused: %s: %s", admission->part,
                     error_name(error));
        }
        if (admission->step == last_step) {
            finish(admission);
            return;
        }
        admission->at = 0;
        admission->step = error < 0 ? last_step : admission->step + 1;
        error = admission->step->run(admission);
    }
}

void admission_run(struct admission *admission, admission_fn *done, void *owner)
{
    admission->done = done;
    admission->owner = owner;
    admission->step = steps;
    wake(admission, 0);
}

/* ---- images ---- */

static int store_images(struct admission *admission)
{
    struct stored_image *stored;

    if (admission->at > 0)
        admission->images[admission->at - 1].is_stored = true;
    if (admission->at == admission->image_count)
        return DONE;
    stored = &admission->images[admission->at++];
    return store_put(admission->services->store, stored->key,
                     stored->image->bytes, stored->image->len, wake, admission);
}

/* Also when the same request was taken in before: its images are there. */
static int take_back(struct admission *admission)
{
    bool is_kept = admission->is_uncertain ||
                   (!admission->error && !admission->intake.is_repeated);
    int result = DONE;

    while (result != PENDING && !is_kept &&
           admission->at < admission->image_count) {
        struct stored_image *stored = &admission->images[admission->at++];

        if (stored->is_stored)
            result = store_remove(admission->services->store, stored->key, wake,
                                  admission);
    }
    /* What cannot be removed now is without a row, and costs only its room. */
    return result == PENDING ? PENDING : DONE;
}

/* ---- rows ---- */

/* How far a commit has come, in `at`. */
enum { NOT_COMMITTED, ANSWERED, ASKED_AGAIN };

static void on_committed(void *owner, int error)
{
    struct admission *admission = owner;

    admission->at = ANSWERED;
    admission->doubt = error;
    wake(admission, 0);
}

/* The row is there, or it is not, or nobody can say. */
static void on_found(void *owner, int error)
{
    struct admission *admission = owner;

    if (error == 0)
        admission->doubt = 0;
    admission->is_uncertain = error != 0 && error != E_NOT_FOUND;
    job_row_finish(&admission->find.row);
    wake(admission, 0);
}

/* What became of a commit whose answer was lost.  As long as nobody can say,
 * what was stored stays, for it may be needed. */
static int ask_again(struct admission *admission)
{
    struct database *database = admission->services->database;
    struct intake *intake = &admission->intake;

    admission->at = ASKED_AGAIN;
    admission->is_uncertain = true;
    if (intake_is_repeatable(intake))
        return intake_run(database, intake, on_found, admission);
    admission->find = (struct job_find){.collection = intake->collection,
                                        .id = admission->jobs[0].id,
                                        .has_doubt = true};
    return job_find(database, &admission->find, on_found, admission);
}

static int commit(struct admission *admission)
{
    struct services *services = admission->services;

    if (admission->at == NOT_COMMITTED) {
        stages_mark(&admission->stages, STAGE_STORED);
        return intake_run(services->database, &admission->intake, on_committed,
                          admission);
    }
    if (admission->at == ANSWERED && admission->doubt == E_CONNECTION &&
        admission->intake.job_count)
        return ask_again(admission);
    return admission->intake.is_mismatch ? E_REFUSED : admission->doubt;
}

/* ---- the queue ---- */

/* What `job.queued` tells: what a watcher needs to show it. */
static char *queued_data(const struct admission *admission, size_t index)
{
    struct json *document = admission_job_document(admission, index);
    struct json *data = json_object();

    json_add_text(data, "kind", json_get_text(document, "kind", ""));
    json_add_text(data, "person", admission->jobs[index].person);
    if (json_get(document, "image"))
        json_add(data, "image", json_copy(json_get(document, "image")));
    json_destroy(document);
    return json_print_and_destroy(data);
}

static void on_queued(void *owner, int error, const struct redis_reply *reply)
{
    (void)reply;
    if (error)
        log_info("queue: a job was not added (%s); a sweep will",
                 error_name(error));
    wake(owner, 0);
}

static int queue_job(struct admission *admission, size_t index)
{
    const struct new_job *job = &admission->jobs[index];
    struct queued_job queued = {.priority = job->priority};
    char *data = queued_data(admission, index);
    char *stages;
    char topic[sizeof "job:" + UUID_BYTES];
    const char *common = job_kind_topic(job->kind);
    int result;

    stages_mark(&admission->stages, STAGE_QUEUED);
    stages = stages_write(&admission->stages);
    log_debug("job=%s trace=%s accepted: %s", job->id, admission->trace.id,
              job_kind_name(job->kind));
    text_copy(queued.id, sizeof queued.id, job->id);
    text_copy(queued.account, sizeof queued.account, admission->intake.account);
    snprintf(topic, sizeof topic, "job:%s", job->id);
    result = queue_add(queues_of(admission->services->queues, job->id), &queued,
                       &(struct queue_event){
                           "job.queued", common ? common : topic, data, stages},
                       on_queued, admission);
    free(data);
    free(stages);
    return result;
}

/* A queue that is away loses nothing: the rows are there, and a worker's sweep
 * adds what is missing. */
static int queue_jobs(struct admission *admission)
{
    struct intake *intake = &admission->intake;
    int result = DONE;

    if (admission->at == 0)
        stages_mark(&admission->stages, STAGE_INSERTED);
    while (result != PENDING && !intake->is_repeated &&
           admission->at < intake->job_count)
        result = queue_job(admission, admission->at++);
    return result == PENDING ? PENDING : DONE;
}
