#pragma once

#include "job_row.h"
#include "json.h"
#include "queue.h"
#include "stages.h"

/*
 * What clients are told of a job, under its topic: progress while it is worked
 * on, and how it ended.  Both report as the queue's calls do.
 */

/* `name` with what tells it apart: "search.face:2".  The reply is -1 if a later
 * attempt has begun. */
int job_news_progress(struct queue *queue, const struct job_row *row,
                      const char *name, const struct json *data,
                      redis_done_fn *done, void *owner) MUST_CHECK;

/* Tells the row's end, which its status names, and ends the lease. */
struct job_news_end {
    const struct job_row *row;
    const char *result; /* JSON: the data of a job that is done */
    const char *error;  /* JSON: in the data of any other */
    const struct stages *stages;
};
int job_news_end(struct queue *queue, const struct lease *lease,
                 const struct job_news_end *end, redis_done_fn *done,
                 void *owner) MUST_CHECK;

/* Tells the end of a job whose row is gone, unless an end was told.  Rows go
 * only with the person whom they were to enrol. */
int job_news_gone(struct queue *queue, const struct lease *lease,
                  redis_done_fn *done, void *owner) MUST_CHECK;
