/*
 * ending.c - how an attempt ends in the database
 *
 * The one place that decides between done, failed, dead and another attempt.
 * It may be asked again when the database was away, so what it makes of the
 * verdict is kept.
 */
#include <stdlib.h>

#include "ending.h"
#include "errors.h"
#include "log.h"
#include "retry.h"

/* ---- another attempt ---- */

static void on_postponed(void *owner, int error)
{
    struct ending *ending = owner;

    ending->state =
        ending->postponing.has_won ? ENDING_POSTPONED : ENDING_OVERTAKEN;
    if (error == 0 && ending->postponing.is_failure)
        log_info(
            "job=%s trace=%s failed %lld times, tried again in %lld ms: %s",
            ending->row->id, ending->row->trace.id,
            (long long)ending->row->failures + 1, (long long)ending->wait_ms,
            error_name(ending->verdict.error));
    ending->done(ending->owner, error);
}

static int postpone(struct ending *ending)
{
    const struct verdict *verdict = &ending->verdict;
    const struct job_row *row = ending->row;

    ending->wait_ms =
        retry_wait_ms(verdict->error, verdict->wait_ms, row->failures,
                      ending->tools->settings->retry_ms);
    ending->postponing =
        (struct job_postpone){.id = row->id,
                              .attempt = row->attempt,
                              .wait_ms = ending->wait_ms,
                              .is_failure = retry_is_failure(verdict->error),
                              .progress = verdict->progress};
    return job_postpone(ending->tools->database, &ending->postponing,
                        on_postponed, ending);
}

/* ---- the end ---- */

/* {"code","detail"} and, of several faces, their boxes. */
static void write_error(struct ending *ending, enum problem problem,
                        const char *detail)
{
    struct json *error;

    if (ending->error)
        return;
    error = problem_json(problem, detail);
    if (ending->verdict.boxes)
        json_add(error, "faces", ending->verdict.boxes);
    ending->verdict.boxes = NULL;
    ending->error = json_print_and_destroy(error);
}

static void write_result(struct ending *ending)
{
    struct json *result = ending->verdict.result;

    if (!result)
        return;
    if (ending->elapsed_ms >= 0)
        json_add_number(result, "elapsed_ms", (double)ending->elapsed_ms);
    ending->result = json_print_and_destroy(result);
    ending->verdict.result = NULL;
}

static void on_committed(void *owner, int error)
{
    struct ending *ending = owner;
    const struct job_commit *commit = &ending->committing;

    if (commit->is_person_gone) {
        ending->state = ENDING_PERSON_GONE;
    } else if (!commit->has_won) {
        ending->state = ENDING_OVERTAKEN;
    } else {
        ending->state = ENDING_OVER;
        if (error == 0)
            ending->row->status = commit->status;
    }
    ending->done(ending->owner, error);
}

static int commit(struct ending *ending, enum job_status status)
{
    const struct verdict *verdict = &ending->verdict;
    const struct job_row *row = ending->row;

    free(ending->stages_text);
    ending->stages_text = stages_write(ending->stages);
    ending->committing = (struct job_commit){
        .id = row->id,
        .collection = row->collection,
        .attempt = row->attempt,
        .status = status,
        .result = ending->result,
        .error = ending->error,
        .stages = ending->stages_text,
        .face = verdict->face,
        .sightings = verdict->sightings,
        .sighting_count = verdict->sighting_count,
        .erasure = verdict->erasure,
        .is_of_gone = verdict->problem == PROBLEM_PERSON_GONE,
    };
    if (status != JOB_DONE)
        log_info("job=%s trace=%s %s: %s", row->id, row->trace.id,
                 job_status_name(status), ending->error);
    return job_commit(ending->tools->database, &ending->committing,
                      on_committed, ending);
}

static bool is_out_of_attempts(const struct ending *ending)
{
    return retry_is_failure(ending->verdict.error) &&
           ending->row->failures + 1 >= ending->tools->settings->attempts;
}

int ending_write(struct ending *ending, done_fn *done, void *owner)
{
    const struct verdict *verdict = &ending->verdict;
    int error = verdict->error;

    ending->done = done;
    ending->owner = owner;
    if (verdict->problem != PROBLEM_NONE) {
        write_error(ending, verdict->problem, verdict->detail);
        return commit(ending, verdict->problem == PROBLEM_CRASHED_WORKER
                                  ? JOB_DEAD
                                  : JOB_FAILED);
    }
    if (error && !is_out_of_attempts(ending))
        return postpone(ending);
    if (error) {
        write_error(ending,
                    error == E_DENIED ? PROBLEM_RECOGNITION_REFUSED
                                      : PROBLEM_RECOGNITION_UNAVAILABLE,
                    error_sentence(error));
        return commit(ending, JOB_DEAD);
    }
    write_result(ending);
    return commit(ending, JOB_DONE);
}

void ending_revise(struct ending *ending, const struct verdict *verdict)
{
    ending_finish(ending);
    ending->verdict = *verdict;
}

void ending_finish(struct ending *ending)
{
    json_destroy(ending->verdict.boxes);
    json_destroy(ending->verdict.result);
    free(ending->result);
    free(ending->error);
    free(ending->stages_text);
    ending->verdict = (struct verdict){0};
    ending->result = NULL;
    ending->error = NULL;
    ending->stages_text = NULL;
}
