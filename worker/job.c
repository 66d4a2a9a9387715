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

#include "clock.h"
#include "crafts.h"
#include "ending.h"
#include "errors.h"
#include "job.h"
#include "job_news.h"
#include "job_photos.h"
#include "log.h"
#include "random.h"
#include "xalloc.h"

enum {
    CRASHES_MAX = 3, /* more than that end the job: others may have been the
                        cause of some */
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

struct job {
    const struct step *step;
    const struct tools *tools;
    struct lease lease;
    const struct job_events *events;
    void *owner;
    int64_t started_ms;
    bool is_abandoned; /* the lease is somebody else's */
    bool is_leaving;   /* it is to be handed back */
    bool is_told;
    struct job_take taking;
    struct stages stages;
    struct asker asker; /* once it is taken */
    struct job_photos photos;
    const struct craft *craft; /* NULL until it works */
    void *work;                /* the craft's */
    bool is_starting;          /* the craft is */
    bool has_verdict;
    struct ending ending;
    unsigned write_tries;
    uv_timer_t timer;
};

static int take(struct job *job);
static int announce(struct job *job);
static int load_photos(struct job *job);
static int work(struct job *job);
static int write_end(struct job *job);
static int tell(struct job *job);
static int keep_thumbs(struct job *job);

static const struct step {
    int (*run)(struct job *job); /* DONE, PENDING or a negative error */
    const char *name;
} steps[] = {
    {take, "take it"},
    {announce, "announce it"},
    {load_photos, "load it"},
    {work, "work on it"},
    {write_end, "write its end"},
    {tell, "tell its end"},
    {keep_thumbs, "keep its thumbnails"},
};
static const struct step *const take_step = &steps[0];
static const struct step *const work_step = &steps[3];
static const struct step *const write_step = &steps[4];
static const struct step *const tell_step = &steps[5];
static const struct step *const end_of_steps = &steps[COUNT(steps)];

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct job, timer));
}

static void end(struct job *job)
{
    job->events->on_end(job->owner, job, job->is_told);
    if (job->work)
        job->craft->destroy(job->work);
    ending_finish(&job->ending);
    job_photos_finish(&job->photos);
    job_row_finish(&job->taking.row);
    uv_close((uv_handle_t *)&job->timer, on_closed);
}

static void on_lease_ended(void *owner, int error,
                           const struct redis_reply *reply)
{
    (void)reply;
    if (error)
        log_debug("queue: a lease was not ended (%s); it runs out",
                  error_name(error));
    end(owner);
}

static struct queue *queue_of(const struct job *job)
{
    return queues_of(job->tools->queues, job->lease.job.id);
}

/* Ends the lease in one of the queue's ways, and the attempt with it.  Where
 * the queue is away the lease runs out, and a sweep finds the row. */
static int end_with(struct job *job, int result)
{
    if (result != PENDING)
        end(job);
    return PENDING;
}

static int delay(struct job *job, int64_t wait_ms)
{
    return end_with(job, queue_delay(queue_of(job), &job->lease, wait_ms,
                                     on_lease_ended, job));
}

static int hand_back(struct job *job)
{
    log_info("job=%s handed back", job->lease.job.id);
    return end_with(
        job, queue_hand_back(queue_of(job), &job->lease, on_lease_ended, job));
}

/* ---- walking ---- */

static void walk(struct job *job, int error);

static void job_wake(void *owner, int error)
{
    walk(owner, error);
}

static void on_timer(uv_timer_t *timer)
{
    struct job *job = container_of(timer, struct job, timer);

    job_wake(job, job->step->run(job));
}

/* The end could not be written: again in a while, for the work is done. */
static int write_again(struct job *job)
{
    if (job->is_leaving || job->write_tries++ == WRITE_TRIES) {
        end(job); /* the lease runs out */
        return PENDING;
    }
    uv_timer_start(&job->timer, on_timer,
                   (uint64_t)random_backoff_ms(job->write_tries, WRITE_BASE_MS,
                                               WRITE_CAP_MS),
                   0);
    return PENDING;
}

/* What becomes of a step that failed: where the walk goes on, or PENDING. */
static int settle(struct job *job, int error)
{
    log_info("job=%s could not %s: %s", job->lease.job.id, job->step->name,
             error_name(error));
    if (job->step == take_step)
        return delay(job, (int64_t)random_below(TAKE_AGAIN_MS));
    if (job->step == write_step)
        return write_again(job);
    if (job->step == tell_step)
        return DONE; /* a sweep tells it */
    if (job->ending.verdict.problem == PROBLEM_NONE)
        job->ending.verdict.error = error;
    job->step = work_step; /* the next writes the end */
    return DONE;
}

/* Takes what the current step came to, and walks on until one is PENDING. */
static void walk(struct job *job, int error)
{
    while (error != PENDING) {
        if (job->is_abandoned && job->step < tell_step) {
            log_info("job=%s given up: the lease was lost", job->lease.job.id);
            end(job);
            return;
        }
        if (error < 0) {
            error = settle(job, error);
            continue;
        }
        if (job->is_leaving && job->step < work_step) {
            job->ending.verdict.error = E_CANCELLED;
            job->step = work_step;
        }
        if (++job->step == end_of_steps) {
            end(job);
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

/* ---- taking ---- */

static void set_problem(struct job *job, enum problem problem)
{
    job->ending.verdict.problem = problem;
}

/* What the row alone knows of its way here, until the queue tells more. */
static void begin_stages(struct job *job)
{
    const struct job_row *row = &job->taking.row;

    stages_mark(&job->stages, STAGE_TAKEN);
    job->stages.begun_us =
        job->stages.when_us[STAGE_TAKEN] - row->age_ms * 1000;
    job->asker =
        (struct asker){.job = row->id,
                       .is_backfill = row->priority == PRIORITY_BACKFILL,
                       .trace = &row->trace,
                       .stages = &job->stages};
}

static void on_taken(void *owner, int error)
{
    struct job *job = owner;
    const struct job_take *taking = &job->taking;

    if (error == 0 && taking->is_taken)
        begin_stages(job);
    if (error) {
        job_wake(job, error);
    } else if (taking->is_missing) {
        log_info("job=%s is over: it has no row", job->lease.job.id);
        end_with(job, job_news_gone(queue_of(job), &job->lease, on_lease_ended,
                                    job));
    } else if (taking->is_taken && taking->row.crashes > CRASHES_MAX) {
        set_problem(job, PROBLEM_CRASHED_WORKER);
        job->step = work_step;
        job_wake(job, DONE);
    } else if (taking->is_taken) {
        job_wake(job, DONE);
    } else if (taking->wait_ms > 0) {
        delay(job, taking->wait_ms);
    } else {
        /* It is over, but perhaps nobody was told: all of it is told again, and
         * the gate lets it through once. */
        const struct craft *craft = crafts[taking->row.kind];

        if (taking->row.status == JOB_DONE && craft->tell_again)
            craft->tell_again(job, taking->row.result);
        job->ending.result = xstrdup(taking->row.result);
        job->ending.error = xstrdup(taking->row.error);
        stages_read(&job->stages, taking->row.stages);
        job->step = write_step;
        job_wake(job, DONE);
    }
}

static int take(struct job *job)
{
    job->taking.id = job->lease.job.id;
    return job_take(job->tools->database, &job->taking, on_taken, job);
}

/* ---- telling progress ---- */

/* What the server has put down of the job, until it was queued. */
static void read_stages(struct job *job, const char *text)
{
    struct stages known;

    stages_read(&known, text);
    if (known.begun_us == 0)
        return;
    known.when_us[STAGE_TAKEN] = job->stages.when_us[STAGE_TAKEN];
    job->stages = known;
}

/* A later attempt has begun: this one is not needed any more.  A queue that is
 * away is no reason to stop. */
static void on_announced(void *owner, int error,
                         const struct redis_reply *reply)
{
    struct job *job = owner;

    if (error == 0 && redis_reply_integer(redis_reply_at(reply, 0)) < 0)
        job->is_abandoned = true;
    if (error == 0)
        read_stages(job, redis_reply_text(redis_reply_at(reply, 1)));
    job_wake(job, DONE);
}

static int announce(struct job *job)
{
    struct json *data = json_object();
    int result;

    json_add_text(data, "kind", job_kind_name(job->taking.row.kind));
    json_add_number(data, "attempt", (double)job->taking.row.attempt);
    result = job_news_progress(queue_of(job), &job->taking.row, "job.started",
                               data, on_announced, job);
    json_destroy(data);
    return result == PENDING ? PENDING : DONE;
}

void job_progress(struct job *job, const char *name, const struct json *data)
{
    if (!job->is_abandoned &&
        job_news_progress(queue_of(job), &job->taking.row, name, data, NULL,
                          NULL) != PENDING)
        log_debug("job=%s progress was not told", job->lease.job.id);
}

/* ---- the photos ---- */

static void on_loaded(void *owner, int error)
{
    struct job *job = owner;

    if (error == E_INVALID)
        set_problem(job, PROBLEM_IMAGE_DAMAGED);
    else if (error == E_NOT_FOUND)
        set_problem(job, PROBLEM_IMAGE_GONE);
    else if (error == E_TOO_LARGE)
        set_problem(job, PROBLEM_IMAGE_TOO_LARGE);
    job_wake(job, error);
}

static int load_photos(struct job *job)
{
    return job_photos_load(&job->photos, job->tools, &job->taking.row,
                           on_loaded, job);
}

/* ---- the work ---- */

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
    job->craft = crafts[job->taking.row.kind];
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

/* ---- writing the end ---- */

/* Somebody whom the result speaks of was erased meanwhile.  What an enrolment
 * made is taken back; a search is made again, without them. */
static void on_person_gone(struct job *job)
{
    if (job->craft->take_back) {
        job->craft->take_back(job->work);
        return;
    }
    ending_revise(&job->ending, &(struct verdict){.error = E_CONFLICT});
    job_wake(job, write_end(job));
}

void job_taken_back(struct job *job, int error)
{
    struct verdict gone = {.problem = PROBLEM_PERSON_GONE};
    struct verdict failed = {.error = error};

    ending_revise(&job->ending, error ? &failed : &gone);
    job_wake(job, write_end(job));
}

static void on_written(void *owner, int error)
{
    struct job *job = owner;

    if (error) {
        job_wake(job, error);
        return;
    }
    switch (job->ending.state) {
    case ENDING_OVER:
        stages_mark(&job->stages, STAGE_COMMITTED);
        job_wake(job, DONE);
        break;
    case ENDING_POSTPONED:
        if (job->is_leaving)
            hand_back(job);
        else
            delay(job, job->ending.wait_ms);
        break;
    case ENDING_PERSON_GONE:
        on_person_gone(job);
        break;
    case ENDING_OVERTAKEN:
        end(job); /* not a word */
        break;
    }
}

/* An attempt that stopped before its work has no craft. */
static int write_end(struct job *job)
{
    job->ending.elapsed_ms =
        job->craft && job->craft->has_elapsed
            ? job->taking.row.age_ms + clock_steady_ms() - job->started_ms
            : -1;
    return ending_write(&job->ending, on_written, job);
}

/* ---- telling the end ---- */

static void on_told(void *owner, int error, const struct redis_reply *reply)
{
    struct job *job = owner;

    (void)reply;
    job->is_told = error == 0;
    job_wake(job, error);
}

static int tell(struct job *job)
{
    const struct job_news_end end = {.row = &job->taking.row,
                                     .result = job->ending.result,
                                     .error = job->ending.error,
                                     .stages = &job->stages};

    return job_news_end(queue_of(job), &job->lease, &end, on_told, job);
}

/* ---- what is made of it for lists ---- */

static int keep_thumbs(struct job *job)
{
    return job_photos_keep_thumbs(&job->photos, job_wake, job);
}
