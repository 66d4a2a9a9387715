/*
 * job.c - an attempt at a durable job, from its lease to its end
 *
 * A job walks down the table `steps`, one row at a time, on the loop thread.  A
 * PENDING step leaves it standing on its row until job_wake.  Between taking
 * and writing its end stands the craft's work.  The fence decides when the end
 * is written: an attempt that was overtaken has written nothing and says
 * nothing.
 *
 * Thumbnails come last, when nobody waits for the job any more and its lease is
 * gone: nothing that follows can be told, or taken over.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "errors.h"
#include "job_news.h"
#include "job_parts.h"
#include "log.h"
#include "random.h"
#include "xalloc.h"

enum {
    TAKE_AGAIN_MS = 3000, /* at most, when it could not be taken */
    WRITE_TRIES = 40, /* half a minute or more: the lease is held meanwhile */
    WRITE_BASE_MS = 100,
    WRITE_CAP_MS = 2000,
};

static const struct craft *const crafts[JOB_KINDS] = {
    [JOB_ENROLL] = &enroll_craft,   [JOB_SEARCH] = &search_craft,
    [JOB_ANALYZE] = &analyze_craft, [JOB_COMPARE] = &compare_craft,
    [JOB_ERASE] = &erase_craft,
};

static int load_photos(struct job *job);
static int work(struct job *job);
static int keep_thumbs(struct job *job);

static const struct job_step {
    int (*run)(struct job *job); /* DONE, PENDING or a negative error */
    const char *name;
} steps[] = {
    {job_be_taken, "take it"},
    {job_announce, "announce it"},
    {load_photos, "load it"},
    {work, "work on it"},
    {job_write_end, "write its end"},
    {job_tell_end, "tell its end"},
    {keep_thumbs, "keep its thumbnails"},
};
static const struct job_step *const take_step = &steps[0];
static const struct job_step *const work_step = &steps[3];
static const struct job_step *const write_step = &steps[4];
static const struct job_step *const tell_step = &steps[5];
static const struct job_step *const end_of_steps = &steps[COUNT(steps)];

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct job, timer));
}

void job_end(struct job *job)
{
    job->events->on_end(job->owner, job, job->is_told);
    if (job->work)
        job->craft->destroy(job->work);
    ending_finish(&job->ending);
    job_photos_finish(&job->photos);
    job_row_finish(&job->taking.row);
    uv_close((uv_handle_t *)&job->timer, on_closed);
}

void job_on_lease_ended(void *owner, int error, const struct redis_reply *reply)
{
    (void)reply;
    if (error)
        log_debug("queue: a lease was not ended (%s); it runs out",
                  error_name(error));
    job_end(owner);
}

struct queue *job_queue(const struct job *job)
{
    return queues_of(job->tools->queues, job->lease.job.id);
}

int job_end_with(struct job *job, int result)
{
    if (result != PENDING)
        job_end(job);
    return PENDING;
}

int job_delay(struct job *job, int64_t wait_ms)
{
    return job_end_with(job, queue_delay(job_queue(job), &job->lease, wait_ms,
                                         job_on_lease_ended, job));
}

int job_give_back(struct job *job)
{
    log_info("job=%s handed back", job->lease.job.id);
    return job_end_with(job, queue_hand_back(job_queue(job), &job->lease,
                                             job_on_lease_ended, job));
}

/* ---- walking ---- */

static void on_timer(uv_timer_t *timer)
{
    struct job *job = container_of(timer, struct job, timer);

    job_wake(job, job->step->run(job));
}

/* The end could not be written: again in a while, for the work is done. */
static int write_again(struct job *job)
{
    if (job->is_leaving || job->write_tries++ == WRITE_TRIES) {
        job_end(job); /* the lease runs out */
        return PENDING;
    }
    uv_timer_start(&job->timer, on_timer,
                   (uint64_t)random_backoff_ms(job->write_tries, WRITE_BASE_MS,
                                               WRITE_CAP_MS),
                   0);
    return PENDING;
}

void job_skip_work(struct job *job)
{
    job->step = work_step;
}

void job_skip_writing(struct job *job)
{
    job->step = write_step;
}

void job_set_problem(struct job *job, enum problem problem)
{
    job->ending.verdict.problem = problem;
}

/* What becomes of a step that failed: where the walk goes on, or PENDING. */
static int settle(struct job *job, int error)
{
    log_info("job=%s could not %s: %s", job->lease.job.id, job->step->name,
             error_name(error));
    if (job->step == take_step)
        return job_delay(job, (int64_t)random_below(TAKE_AGAIN_MS));
    if (job->step == write_step)
        return write_again(job);
    if (job->step == tell_step)
        return DONE; /* a sweep tells it */
    if (job->ending.verdict.problem == PROBLEM_NONE)
        job->ending.verdict.error = error;
    job_skip_work(job);
    return DONE;
}

/* Takes what the current step came to, and walks on until one is PENDING. */
void job_wake(void *owner, int error)
{
    struct job *job = owner;

    while (error != PENDING) {
        if (job->is_abandoned && job->step < tell_step) {
            log_info("job=%s given up: the lease was lost", job->lease.job.id);
            job_end(job);
            return;
        }
        if (error < 0) {
            error = settle(job, error);
            continue;
        }
        if (job->is_leaving && job->step < work_step) {
            job->ending.verdict.error = E_CANCELLED;
            job_skip_work(job);
        }
        if (++job->step == end_of_steps) {
            job_end(job);
            return;
        }
        error = job->step->run(job);
    }
}

struct job *job_start(const struct tools *tools, const struct lease *lease,
                      const struct job_events *events, void *owner)
{
    struct job *job = xcalloc(1, sizeof *job);

    job->tools = tools;
    job->lease = *lease;
    job->events = events;
    job->owner = owner;
    job->started_ms = clock_steady_ms();
    job->ending.tools = tools;
    job->ending.row = &job->taking.row;
    job->ending.stages = &job->stages;
    uv_timer_init(tools->loop, &job->timer);
    job->step = take_step;
    /* From the loop, so that whoever starts it knows it before it ends. */
    uv_timer_start(&job->timer, on_timer, 0, 0);
    return job;
}

struct lease *job_lease(struct job *job)
{
    return &job->lease;
}

bool job_has_lease(const struct job *job)
{
    return job->step <= tell_step;
}

void job_abandon(struct job *job)
{
    job->is_abandoned = true;
}

void job_hand_back(struct job *job)
{
    job->is_leaving = true;
}

void job_progress(struct job *job, const char *name, const struct json *data)
{
    if (!job->is_abandoned &&
        job_news_progress(job_queue(job), &job->taking.row, name, data, NULL,
                          NULL) != PENDING)
        log_debug("job=%s progress was not told", job->lease.job.id);
}

/* ---- the photos ---- */

static void on_loaded(void *owner, int error)
{
    struct job *job = owner;

    if (error == E_INVALID)
        job_set_problem(job, PROBLEM_IMAGE_DAMAGED);
    else if (error == E_NOT_FOUND)
        job_set_problem(job, PROBLEM_IMAGE_GONE);
    else if (error == E_TOO_LARGE)
        job_set_problem(job, PROBLEM_IMAGE_TOO_LARGE);
    job_wake(job, error);
}

static int load_photos(struct job *job)
{
    return job_photos_load(&job->photos, job->tools, &job->taking.row,
                           on_loaded, job);
}

/* ---- the work ---- */

/* Only an erasure takes an enrolment's photo away. */
const struct craft *job_craft(const struct job *job)
{
    const struct job_row *row = &job->taking.row;

    if (row->kind == JOB_ENROLL && strcmp(row->images, "[]") == 0)
        return &recall_craft;
    return crafts[row->kind];
}

const struct tools *job_tools(const struct job *job)
{
    return job->tools;
}

const struct job_row *job_row(const struct job *job)
{
    return &job->taking.row;
}

struct photo *job_photo(const struct job *job, size_t index)
{
    return job->photos.list[index].photo;
}

const char *job_photo_type(const struct job *job, size_t index)
{
    return job->photos.list[index].type;
}

const struct asker *job_asker(const struct job *job)
{
    return &job->asker;
}

/* The craft ends by job_worked: later, or before it has even started. */
static int work(struct job *job)
{
    job->craft = job_craft(job);
    job->is_starting = true;
    job->work = job->craft->start(job);
    job->is_starting = false;
    return job->has_verdict ? DONE : PENDING;
}

void job_worked(struct job *job, const struct verdict *verdict)
{
    stages_mark(&job->stages, STAGE_LOOKED_UP);
    job->ending.verdict = *verdict;
    job->has_verdict = true;
    if (!job->is_starting)
        job_wake(job, DONE);
}

/* ---- what is made of it for lists ---- */

static int keep_thumbs(struct job *job)
{
    return job_photos_keep_thumbs(&job->photos, job_wake, job);
}
