#pragma once

#include "database.h"
#include "done.h"
#include "erasure.h"
#include "job_row.h"

/*
 * The rows of `jobs`: the truth about every durable job.  Each call is one
 * transaction on a thread of the pool and keeps done.h's contract; the struct
 * it is given stays until done and holds the answer then.
 */

/* Takes a job for an attempt: the fence is raised, so that no earlier attempt
 * can commit any more. */
struct job_take {
    const char *id;
    /* The answer. */
    bool is_missing; /* there is no such row */
    bool is_taken;   /* `row` is what to do; else it is over, or not due yet */
    int64_t wait_ms; /* until it is due; 0: it is */
    int64_t attempt; /* that was begun; the row's as well */
    struct job_row row;
};
int job_take(struct database *database, struct job_take *take, done_fn *done,
             void *owner) MUST_CHECK;

/* A face that a job has made. */
struct new_face {
    const char *id;
    const char *person;
    double left, top, width, height;
    double confidence;
    double quality;
};

/* Somebody whom a search has found. */
struct new_sighting {
    const char *person;
    double similarity;
};

/* Ends an attempt with all that comes of it, if it is still the one that
 * counts. */
struct job_commit {
    const char *id;
    const char *collection;
    int64_t attempt;
    enum job_status status;      /* JOB_DONE, JOB_FAILED or JOB_DEAD */
    const char *result;          /* JSON; NULL: none */
    const char *error;           /* JSON; NULL: none */
    const char *stages;          /* see stages.h; NULL: none */
    const struct new_face *face; /* NULL: none */
    const struct new_sighting *sightings;
    size_t sighting_count;
    const struct erasure *erasure; /* what goes; NULL: nothing */
    bool is_of_gone; /* it ends because its person was erased: the row goes,
                        too, if the erasure has left it */
    /* The answer. */
    bool has_won;        /* else another attempt has it: nothing was written */
    bool is_person_gone; /* somebody it speaks of was erased meanwhile, whoever
                            has won: nothing was written */
    bool is_other_gone;  /* it is one of those who were sighted */
};
int job_commit(struct database *database, struct job_commit *commit,
               done_fn *done, void *owner) MUST_CHECK;

/* Ends an attempt without an end of the job: it is to be taken again later. */
struct job_postpone {
    const char *id;
    int64_t attempt;
    int64_t wait_ms;
    bool is_failure;      /* the attempt counts as one that failed */
    const char *progress; /* JSON, for the next attempt; NULL: none */
    /* The answer. */
    bool has_won;
};
int job_postpone(struct database *database, struct job_postpone *postpone,
                 done_fn *done, void *owner) MUST_CHECK;

/* Remembers that the last events of these jobs are in the log. */
struct jobs_told {
    const char (*ids)[UUID_BYTES];
    size_t count;
};
int jobs_told(struct database *database, const struct jobs_told *told,
              done_fn *done, void *owner) MUST_CHECK;

/* Finds rows that may be missing in Redis: not over, or over and not told; in
 * the order of their ids.  Those that wait must be untouched for `age_ms`;
 * those that a worker has, or is about to tell, for `worked_age_ms`. */
struct jobs_sweep {
    const char *after; /* an id; "": from the first */
    int64_t age_ms;
    int64_t worked_age_ms;
    int64_t limit;
    /* The answer; wait_ms of each stands in `waits`. */
    struct job_rows rows;
};
int jobs_sweep(struct database *database, struct jobs_sweep *sweep,
               done_fn *done, void *owner) MUST_CHECK;

/* One job; E_NOT_FOUND. */
struct job_find {
    const char *collection;
    const char *id;
    bool has_doubt; /* somebody may be about to commit the row: waits for them,
                       or ends with an error */
    struct job_row row; /* the answer */
};
int job_find(struct database *database, struct job_find *find, done_fn *done,
             void *owner) MUST_CHECK;

/* A page of jobs, the newest first. */
struct jobs_list {
    const char *collection;
    const char *kind;   /* "": all */
    const char *status; /* "": all */
    const char *after;  /* an id; "": from the newest */
    int64_t limit;
    struct job_rows rows; /* the answer */
};
int jobs_list(struct database *database, struct jobs_list *list, done_fn *done,
              void *owner) MUST_CHECK;

/* How many jobs of a status there are. */
struct jobs_count {
    const char *collection;
    enum job_status status;
    int64_t count; /* the answer */
};
int jobs_count(struct database *database, struct jobs_count *count,
               done_fn *done, void *owner) MUST_CHECK;

/* Queues a dead or failed job again, with fresh attempts.  E_NOT_FOUND, or
 * E_REFUSED if it is neither. */
int job_replay(struct database *database, struct job_find *find, done_fn *done,
               void *owner) MUST_CHECK;
