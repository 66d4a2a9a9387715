/*
 * job_closing.c - how an attempt at a job ends
 *
 * Its end is written, where the fence lets it, and then told.
 */
#include "clock.h"
#include "errors.h"
#include "job_news.h"
#include "job_parts.h"

/* Somebody whom the result speaks of was erased meanwhile.  What an enrolment
 * made of them is taken back; if they are only named, the job is done again,
 * without them. */
static void on_person_gone(struct job *job)
{
    if (job->craft->take_back && !job->ending.committing.is_other_gone) {
        job->craft->take_back(job->work);
        return;
    }
    ending_revise(&job->ending, &(struct verdict){.error = E_CONFLICT});
    job_wake(job, job_write_end(job));
}

void job_taken_back(struct job *job, int error)
{
    struct verdict gone = {.problem = PROBLEM_PERSON_GONE};
    struct verdict failed = {.error = error};

    ending_revise(&job->ending, error ? &failed : &gone);
    job_wake(job, job_write_end(job));
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
            job_give_back(job);
        else
            job_delay(job, job->ending.wait_ms);
        break;
    case ENDING_PERSON_GONE:
        on_person_gone(job);
        break;
    case ENDING_OVERTAKEN:
        job_end(job); /* not a word */
        break;
    }
}

/* An attempt that stopped before its work has no craft. */
int job_write_end(struct job *job)
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

/* What was left is taken back: that is the job's end, unless it has had one, as
 * one that died has. */
static bool is_recalled(const struct job *job)
{
    return job->craft == &recall_craft && job->taking.row.status == JOB_FAILED;
}

int job_tell_end(struct job *job)
{
    const struct job_news_end end = {.row = &job->taking.row,
                                     .result = job->ending.result,
                                     .error = job->ending.error,
                                     .stages = &job->stages};

    if (is_recalled(job))
        return job_news_gone(job_queue(job), &job->lease, on_told, job);
    return job_news_end(job_queue(job), &job->lease, &end, on_told, job);
}
