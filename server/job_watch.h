#pragma once

#include "services.h"

/*
 * Waits for the end of a job, for those who asked to be answered with its
 * result: tells when an event has said how it ended, or when the time is over.
 */
struct job_watch;

/* `is_over` false: the time ran out.  Called once, later. */
typedef void job_watch_fn(void *owner, bool is_over);

/* Begins to watch; events from now on count. */
struct job_watch *job_watch_create(struct services *services, const char *job,
                                   int64_t limit_ms, job_watch_fn *done,
                                   void *owner) MUST_CHECK;

/* The server goes: for everybody who waits the time is over now. */
void job_watches_end(struct services *services);

/* Ends it without a word; NULL is fine.  After `done` it ends by itself. */
void job_watch_destroy(struct job_watch *watch);
