#pragma once

#include "basics.h"

/* The words of the conversations: kinds and states of jobs, priorities, lanes,
 * and the names of events.  Each enum has the word that goes over wires. */

enum job_kind {
    JOB_ENROLL,
    JOB_SEARCH,
    JOB_ANALYZE,
    JOB_COMPARE,
    JOB_ERASE,
    JOB_KINDS,
};

enum job_status {
    JOB_QUEUED,  /* also while it waits for a retry */
    JOB_RUNNING, /* a worker has it */
    JOB_DONE,
    JOB_FAILED, /* it can never work: its error says why */
    JOB_DEAD,   /* out of attempts; can be replayed */
    JOB_STATUSES,
};

enum priority { PRIORITY_INTERACTIVE, PRIORITY_BACKFILL, PRIORITIES };

const char *job_kind_name(enum job_kind kind);
const char *job_status_name(enum job_status status);
const char *priority_name(enum priority priority);

/* The value of a word; false if there is no such word. */
bool job_kind_find(const char *name, enum job_kind *kind);
bool job_status_find(const char *name, enum job_status *status);
bool priority_find(const char *name, enum priority *priority);

/* The event that a job of that kind ends with when it is done. */
const char *job_kind_done_event(enum job_kind kind);

/* Whether a job's events end with one of that name. */
bool event_is_last(const char *name);

/* The topic that events of such a job are published under; NULL: "job:<id>". */
const char *job_kind_topic(enum job_kind kind);

/* The longest name of a collection or an account. */
enum { NAME_BYTES_MAX = 64 };

/* Where everybody is until accounts exist. */
#define DEFAULT_ACCOUNT "local"
