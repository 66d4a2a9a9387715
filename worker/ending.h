#pragma once

#include "done.h"
#include "job.h"

/*
 * How an attempt ends in the database: its verdict becomes a result, an error,
 * or another attempt later, and the fence says whether it counts.  Embedded in
 * the job.
 */
enum ending_state {
    ENDING_OVER,        /* the job is over: the row's status says how */
    ENDING_POSTPONED,   /* it is to be taken again in `wait_ms` */
    ENDING_OVERTAKEN,   /* another attempt has it: nothing was written */
    ENDING_PERSON_GONE, /* somebody it speaks of was erased: nothing was
                           written */
};

struct ending {
    const struct tools *tools;
    struct job_row *row; /* the job's; its status becomes what is committed */
    const struct stages *stages; /* the job's: kept with its row */
    struct verdict verdict;
    int64_t elapsed_ms; /* for the result; -1: it does not say */
    /* What came of it. */
    enum ending_state state;
    int64_t wait_ms;
    char *result; /* as it is committed */
    char *error;
    /* Under way. */
    char *stages_text;
    struct job_commit committing;
    struct job_postpone postponing;
    done_fn *done;
    void *owner;
};

/* Writes it.  PENDING, and the state says what came of it when `done` has no
 * error; or an error.  After an error it may be called again. */
int ending_write(struct ending *ending, done_fn *done, void *owner) MUST_CHECK;

/* Gives it another verdict, where nothing was written. */
void ending_revise(struct ending *ending, const struct verdict *verdict);

void ending_finish(struct ending *ending);
