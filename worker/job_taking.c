/*
 * job_taking.c - how an attempt at a job begins
 *
 * Taking it raises its fence in the row, and says what is to be done.
 * Announcing it asks the queue whether a later attempt has begun, and brings
 * what the server has put down of its way there.
 */
#include <string.h>

#include "clock.h"
#include "errors.h"
#include "job_news.h"
#include "job_parts.h"
#include "log.h"
#include "xalloc.h"

enum {
    CRASHES_MAX = 3, /* more than that end the job: others may have been the
                        cause of some */
};

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
        job_end_with(job, job_news_gone(job_queue(job), &job->lease,
                                        job_on_lease_ended, job));
    } else if (taking->is_taken && taking->row.crashes > CRASHES_MAX) {
        job_set_problem(job, PROBLEM_CRASHED_WORKER);
        job_skip_work(job);
        job_wake(job, DONE);
    } else if (taking->is_taken) {
        job_wake(job, DONE);
    } else if (taking->wait_ms > 0) {
        job_delay(job, taking->wait_ms);
    } else {
        /* It is over, but perhaps nobody was told: all of it is told again, and
         * the gate lets it through once. */
        const struct craft *craft = job_craft(job);

        if (taking->row.status == JOB_DONE && craft->tell_again)
            craft->tell_again(job, taking->row.result);
        job->ending.result = xstrdup(taking->row.result);
        job->ending.error = xstrdup(taking->row.error);
        stages_read(&job->stages, taking->row.stages);
        job_skip_writing(job);
        job_wake(job, DONE);
    }
}

int job_be_taken(struct job *job)
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

int job_announce(struct job *job)
{
    struct json *data = json_object();
    int result;

    json_add_text(data, "kind", job_kind_name(job->taking.row.kind));
    json_add_number(data, "attempt", (double)job->taking.row.attempt);
    result = job_news_progress(job_queue(job), &job->taking.row, "job.started",
                               data, on_announced, job);
    json_destroy(data);
    return result == PENDING ? PENDING : DONE;
}
