#pragma once

#include "crafts.h"
#include "ending.h"
#include "job_photos.h"

/*
 * What the files of a job share: the job itself, the steps that lie outside
 * job.c, and the ways in which an attempt ends.
 */
struct job_step;

struct job {
    const struct job_step *step;
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

/* ---- job.c ---- */

/* Walks on with what the current step came to. */
void job_wake(void *owner, int error);

/* The next step is to write the end, or to tell it. */
void job_skip_work(struct job *job);
void job_skip_writing(struct job *job);

const struct craft *job_craft(const struct job *job);
void job_set_problem(struct job *job, enum problem problem);

/* The part of the queue that has it. */
struct queue *job_queue(const struct job *job);

/* The attempt is over without another word.  The lease runs out, or somebody
 * else has it. */
void job_end(struct job *job);

/* The queue's `done` that ends the attempt with its lease. */
void job_on_lease_ended(void *owner, int error,
                        const struct redis_reply *reply);

/* End the attempt, and its lease in one of the queue's ways, whose result the
 * first takes; PENDING.  Where the queue is away the lease runs out, and a
 * sweep finds the row. */
int job_end_with(struct job *job, int result);
int job_delay(struct job *job, int64_t wait_ms);
int job_give_back(struct job *job);

/* ---- job_taking.c ---- */

int job_be_taken(struct job *job);
int job_announce(struct job *job);

/* ---- job_closing.c ---- */

int job_write_end(struct job *job);
int job_tell_end(struct job *job);
