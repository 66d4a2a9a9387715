/*
 * job.c - an attempt at a durable job, from its lease to its end
 *
 * A job walks down the table `steps`, one row at a time, on the loop thread.  A
 * PENDING step leaves it standing on its row until job_wake.  Between taking
 * and committing stands the craft's work.  The fence decides at the commit: an
 * attempt that was overtaken has written nothing and says nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crafts.h"
#include "errors.h"
#include "job.h"
#include "job_photos.h"
#include "log.h"
#include "random.h"
#include "xalloc.h"

enum {
    CRASHES_MAX = 3,
    BACKOFF_BASE_MS = 200,
    BACKOFF_CAP_MS = 5 * 60 * 1000,
    THROTTLED_MS = 2000, /* at most, before it is tried again */
    COMMIT_TRIES = 40, /* half a minute or more: the lease is held meanwhile */
    COMMIT_BASE_MS = 100,
    COMMIT_CAP_MS = 2000,
    TOPIC_BYTES = sizeof "job:" + UUID_BYTES,
    EVENT_BYTES = 64,
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
    bool is_told;
    struct job_take taking;
    struct job_photos photos;
    const struct craft *craft; /* NULL until it works */
    void *work;                /* the craft's */
    bool is_starting;          /* the craft is */
    bool has_verdict;
    struct verdict verdict;
    char *result; /* as it is committed */
    char *error;
    struct job_commit committing;
    struct job_postpone postponing;
    unsigned commit_tries;
    uv_timer_t timer;
};

static int take(struct job *job);
static int announce(struct job *job);
static int load_photos(struct job *job);
static int work(struct job *job);
static int commit(struct job *job);
static int tell(struct job *job);

static const struct step {
    int (*run)(struct job *job); /* DONE, PENDING or a negative error */
    const char *name;
} steps[] = {
    {take, "take it"},    {announce, "announce it"}, {load_photos, "load it"},
    {work, "work on it"}, {commit, "commit it"},     {tell, "tell it"},
};
static const struct step *const take_step = &steps[0];
static const struct step *const work_step = &steps[3];
static const struct step *const commit_step = &steps[4];
static const struct step *const tell_step = &steps[5];
static const struct step *const end_of_steps = &steps[COUNT(steps)];

static void walk(struct job *job, int error);

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
    json_destroy(job->verdict.boxes);
    json_destroy(job->verdict.result);
    job_photos_finish(&job->photos);
    job_row_finish(&job->taking.row);
    free(job->result);
    free(job->error);
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
    return end_with(job, queue_delay(job->tools->queue, &job->lease, wait_ms,
                                     on_lease_ended, job));
}

/* ---- walking ---- */

static void job_wake(void *owner, int error)
{
    walk(owner, error);
}

static void on_timer(uv_timer_t *timer)
{
    struct job *job = container_of(timer, struct job, timer);

    job_wake(job, job->step->run(job));
}

/* What becomes of a step that failed: where the walk goes on, or PENDING. */
static int settle(struct job *job, int error)
{
    log_info("job=%s could not %s: %s", job->lease.job.id, job->step->name,
             error_name(error));
    if (job->step == take_step)
        return delay(job,
                     random_backoff_ms(4, BACKOFF_BASE_MS, BACKOFF_CAP_MS));
    if (job->step == tell_step) {
        end(job); /* a sweep tells it */
        return PENDING;
    }
    if (job->step == commit_step) {
        if (job->commit_tries++ == COMMIT_TRIES)
            return delay(job, BACKOFF_BASE_MS);
        uv_timer_start(&job->timer, on_timer,
                       (uint64_t)random_backoff_ms(
                           job->commit_tries, COMMIT_BASE_MS, COMMIT_CAP_MS),
                       0);
        return PENDING;
    }
    if (job->verdict.problem == PROBLEM_NONE)
        job->verdict.error = error;
    job->step = work_step; /* the next is the commit */
    return DONE;
}

/* Takes what the current step came to, and walks on until one is PENDING. */
static void walk(struct job *job, int error)
{
    while (error != PENDING) {
        if (job->is_abandoned) {
            log_info("job=%s given up: the lease was lost", job->lease.job.id);
            end(job);
            return;
        }
        if (error < 0) {
            error = settle(job, error);
            continue;
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

void job_abandon(struct job *job)
{
    job->is_abandoned = true;
}

/* ---- taking ---- */

static void set_problem(struct job *job, enum problem problem)
{
    job->verdict.problem = problem;
}

static void on_taken(void *owner, int error)
{
    struct job *job = owner;
    const struct job_take *taking = &job->taking;

    if (error) {
        job_wake(job, error);
    } else if (taking->is_missing) {
        log_info("job=%s dropped: it has no row", job->lease.job.id);
        end_with(job, queue_drop(job->tools->queue, &job->lease, on_lease_ended,
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
        /* It is over, but perhaps nobody was told: its result is told again,
         * and the gate lets it through once. */
        job->result = xstrdup(taking->row.result);
        job->error = xstrdup(taking->row.error);
        job->step = commit_step;
        job_wake(job, DONE);
    }
}

static int take(struct job *job)
{
    job->taking.id = job->lease.job.id;
    return job_take(job->tools->database, &job->taking, on_taken, job);
}

/* ---- telling progress ---- */

static void write_topic(const struct job *job, char topic[static TOPIC_BYTES])
{
    const char *common = job_kind_topic(job->taking.row.kind);

    if (common)
        snprintf(topic, TOPIC_BYTES, "%s", common);
    else
        snprintf(topic, TOPIC_BYTES, "job:%s", job->lease.job.id);
}

static int send_progress(struct job *job, const char *name,
                         const struct json *data, redis_done_fn *done,
                         void *owner)
{
    char topic[TOPIC_BYTES];
    char *text = json_print(data);
    int result;

    write_topic(job, topic);
    result = queue_progress(
        job->tools->queue, job->lease.job.id, job->taking.row.attempt,
        &(struct queue_event){name, topic, text}, done, owner);
    free(text);
    return result;
}

/* A later attempt has begun: this one is not needed any more.  A queue that is
 * away is no reason to stop. */
static void on_announced(void *owner, int error,
                         const struct redis_reply *reply)
{
    struct job *job = owner;

    if (error == 0 && redis_reply_integer(reply) < 0)
        job->is_abandoned = true;
    job_wake(job, DONE);
}

static int announce(struct job *job)
{
    struct json *data = json_object();
    int result;

    json_add_text(data, "kind", job_kind_name(job->taking.row.kind));
    json_add_number(data, "attempt", (double)job->taking.row.attempt);
    result = send_progress(job, "job.started", data, on_announced, job);
    json_destroy(data);
    return result == PENDING ? PENDING : DONE;
}

static void on_progress(void *owner, int error, const struct redis_reply *reply)
{
    (void)owner;
    (void)reply;
    if (error)
        log_debug("queue: progress was not told: %s", error_name(error));
}

void job_progress(struct job *job, const char *name, const struct json *data)
{
    if (!job->is_abandoned &&
        send_progress(job, name, data, on_progress, NULL) != PENDING)
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

bool job_is_backfill(const struct job *job)
{
    return job->taking.row.priority == PRIORITY_BACKFILL;
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
    job->verdict = *verdict;
    job->has_verdict = true;
    if (!job->is_starting)
        job_wake(job, DONE);
}

/* ---- committing ---- */

/* {"code","detail"} and, of several faces, their boxes. */
static void write_error(struct job *job, enum problem problem,
                        const char *detail)
{
    struct json *error = problem_json(problem, detail);

    if (job->verdict.boxes)
        json_add(error, "faces", job->verdict.boxes);
    job->verdict.boxes = NULL;
    free(job->error);
    job->error = json_print_and_destroy(error);
}

static void write_result(struct job *job)
{
    struct json *result = job->verdict.result;
    int64_t elapsed_ms =
        job->taking.row.age_ms + clock_steady_ms() - job->started_ms;

    if (!result)
        return;
    if (job->craft->has_elapsed)
        json_add_number(result, "elapsed_ms", (double)elapsed_ms);
    job->result = json_print_and_destroy(result);
    job->verdict.result = NULL;
}

static void on_postponed(void *owner, int error)
{
    struct job *job = owner;

    if (error)
        job_wake(job, error);
    else if (job->postponing.has_won)
        delay(job, job->postponing.wait_ms);
    else
        end(job); /* overtaken: not a word */
}

/* How long a job waits after what happened to it. */
static int64_t wait_of(const struct job *job)
{
    switch (job->verdict.error) {
    case E_BUSY:
        return job->verdict.wait_ms;
    case E_THROTTLED:
        return THROTTLED_MS / 2 + (int64_t)random_below(THROTTLED_MS / 2);
    case E_CONFLICT:
        return 0;
    default:
        return random_backoff_ms((unsigned)job->taking.row.failures,
                                 BACKOFF_BASE_MS, BACKOFF_CAP_MS);
    }
}

static int postpone(struct job *job)
{
    int error = job->verdict.error;

    job->postponing = (struct job_postpone){
        .id = job->lease.job.id,
        .attempt = job->taking.row.attempt,
        .wait_ms = wait_of(job),
        .is_failure =
            error != E_BUSY && error != E_THROTTLED && error != E_CONFLICT,
        .progress = job->verdict.progress};
    return job_postpone(job->tools->database, &job->postponing, on_postponed,
                        job);
}

/* Somebody whom the result speaks of was erased meanwhile.  What an enrolment
 * made is taken back; a search is made again, without them. */
static void on_person_gone(struct job *job)
{
    if (job->craft->take_back) {
        job->craft->take_back(job->work);
        return;
    }
    free(job->result);
    job->result = NULL;
    job->verdict = (struct verdict){.error = E_CONFLICT};
    job_wake(job, commit(job));
}

void job_taken_back(struct job *job, int error)
{
    job->verdict = error ? (struct verdict){.error = error}
                         : (struct verdict){.problem = PROBLEM_PERSON_GONE};
    free(job->result);
    job->result = NULL;
    job_wake(job, commit(job));
}

static void on_committed(void *owner, int error)
{
    struct job *job = owner;

    if (error)
        job_wake(job, error);
    else if (job->committing.is_person_gone)
        on_person_gone(job);
    else if (job->committing.has_won)
        job_wake(job, DONE);
    else
        end(job); /* overtaken: not a word */
}

static int end_row(struct job *job, enum job_status status)
{
    const struct verdict *verdict = &job->verdict;

    job->committing = (struct job_commit){
        .id = job->lease.job.id,
        .collection = job->taking.row.collection,
        .attempt = job->taking.row.attempt,
        .status = status,
        .result = job->result,
        .error = job->error,
        .face = verdict->face,
        .sightings = verdict->sightings,
        .sighting_count = verdict->sighting_count,
        .erasure = verdict->erasure,
    };
    job->taking.row.status = status;
    if (status != JOB_DONE)
        log_info("job=%s %s: %s", job->lease.job.id, job_status_name(status),
                 job->error);
    return job_commit(job->tools->database, &job->committing, on_committed,
                      job);
}

static bool is_out_of_attempts(const struct job *job)
{
    int error = job->verdict.error;

    return error != E_BUSY && error != E_THROTTLED && error != E_CONFLICT &&
           job->taking.row.failures + 1 >= job->tools->settings->attempts;
}

static int commit(struct job *job)
{
    const struct verdict *verdict = &job->verdict;

    if (verdict->problem == PROBLEM_CRASHED_WORKER) {
        write_error(job, verdict->problem, NULL);
        return end_row(job, JOB_DEAD);
    }
    if (verdict->problem != PROBLEM_NONE) {
        write_error(job, verdict->problem, verdict->detail);
        return end_row(job, JOB_FAILED);
    }
    if (verdict->error && !is_out_of_attempts(job))
        return postpone(job);
    if (verdict->error) {
        write_error(job,
                    verdict->error == E_DENIED
                        ? PROBLEM_RECOGNITION_REFUSED
                        : PROBLEM_RECOGNITION_UNAVAILABLE,
                    error_sentence(verdict->error));
        return end_row(job, JOB_DEAD);
    }
    write_result(job);
    return end_row(job, JOB_DONE);
}

/* ---- telling the end ---- */

/* What `job.failed` tells. */
static char *failure_data(const struct job *job)
{
    struct json *data = json_object();

    json_add_text(data, "kind", job_kind_name(job->taking.row.kind));
    json_add_text(data, "status", job_status_name(job->taking.row.status));
    json_add_raw(data, "error", job->error);
    return json_print_and_destroy(data);
}

static void on_told(void *owner, int error, const struct redis_reply *reply)
{
    struct job *job = owner;

    (void)reply;
    job->is_told = error == 0;
    job_wake(job, error);
}

static int tell(struct job *job)
{
    const struct job_row *row = &job->taking.row;
    bool is_done = row->status == JOB_DONE;
    char topic[TOPIC_BYTES], name[EVENT_BYTES];
    char *failure = is_done ? NULL : failure_data(job);
    int result;

    write_topic(job, topic);
    snprintf(name, sizeof name, "%s:%lld",
             is_done ? job_kind_done_event(row->kind) : "job.failed",
             (long long)row->attempt);
    result = queue_finish(
        job->tools->queue, &job->lease,
        &(struct queue_event){name, topic, is_done ? job->result : failure},
        on_told, job);
    free(failure);
    return result;
}
