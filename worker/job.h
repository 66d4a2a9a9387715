#pragma once

#include "asker.h"
#include "jobs.h"
#include "json.h"
#include "problem.h"
#include "tools.h"

/*
 * An attempt at a durable job, from its lease to its end.  What is special
 * about a kind of job is its craft; taking, retrying, committing and telling
 * are the same for all.
 */
struct job;

struct job_events {
    /* The attempt is over: the lease is ended, or somebody else's.  `is_told`
     * says that its last event is in the log. */
    void (*on_end)(void *owner, struct job *job, bool is_told);
};

/* Starts an attempt.  It ends by itself; until then the job can be asked for
 * its lease. */
struct job *job_start(const struct tools *tools, const struct lease *lease,
                      const struct job_events *events, void *owner);
struct lease *job_lease(struct job *job);

/* Whether it still holds that lease: not once its end was told. */
bool job_has_lease(const struct job *job);

/* The lease was lost: it writes and says nothing any more. */
void job_abandon(struct job *job);

/* The worker goes away: unless its work is done by then, the job is handed back
 * before its next step, and nothing counts as a failure. */
void job_hand_back(struct job *job);

/* ---- for crafts ---- */

/* How a craft's work ended.  What it points to belongs to the craft, but for
 * the result, and stays until the craft is destroyed. */
struct verdict {
    int error;       /* to be tried again; E_THROTTLED and E_BUSY do not count
                        as failures */
    int64_t wait_ms; /* with E_BUSY: when its turn comes */
    const char *progress; /* for the next attempt; NULL: none */
    enum problem problem; /* it can never work; PROBLEM_NONE: it can */
    const char *detail;   /* NULL: the problem's own sentence */
    struct json *boxes;   /* of several faces; the job's now; NULL: none */
    struct json *result;  /* of a job that is done; the job's now */
    const struct new_face *face;
    const struct new_sighting *sightings;
    size_t sighting_count;
    const struct erasure *erasure;
};

struct craft {
    /* Begins to work on a job; what it returns goes to the others. */
    void *(*start)(struct job *job);
    /* Tells the progress of which another attempt may have told nothing, though
     * it has left this result.  NULL: there is none. */
    void (*tell_again)(struct job *job, const char *result);
    /* What it made must be taken back: the person is gone.  Calls
     * job_taken_back, later or at once.  NULL: there is nothing. */
    void (*take_back)(void *work);
    void (*destroy)(void *work);
    bool has_elapsed; /* its result says how long it took */
};

const struct tools *job_tools(const struct job *job);
const struct job_row *job_row(const struct job *job);
struct photo *job_photo(const struct job *job, size_t index);
const char *job_photo_type(const struct job *job, size_t index);
const struct asker *job_asker(const struct job *job);

/* Tells progress; `name` with what tells it apart: "search.face:2".  `data` is
 * borrowed. */
void job_progress(struct job *job, const char *name, const struct json *data);

/* The work is over. */
void job_worked(struct job *job, const struct verdict *verdict);

/* What was made was taken back, or the error why not. */
void job_taken_back(struct job *job, int error);
