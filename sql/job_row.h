#pragma once

#include <stdint.h>

#include "database.h"
#include "names.h"
#include "trace.h"
#include "uuid.h"

/*
 * A row of `jobs`.  Texts are the row's own; those that are NULL in the table
 * are NULL here.  Times are RFC 3339.
 */
struct job_row {
    char id[UUID_BYTES];
    char *collection;
    char *account;
    enum job_kind kind;
    enum priority priority;
    enum job_status status;
    int64_t attempt;
    int64_t failures;
    int64_t crashes;
    char *person;
    char *images;   /* JSON */
    char *options;  /* JSON */
    char *progress; /* JSON */
    char *result;   /* JSON */
    char *error;    /* JSON */
    char *created;
    char *started;
    char *finished;
    int64_t age_ms; /* since it was created, on the database's clock */
    bool is_told;
    char *stages; /* see stages.h */
    struct trace trace;
};

void job_row_finish(struct job_row *row);

/* The columns that job_row_read wants, in order. */
#define JOB_COLUMNS                                                            \
    "id, collection, account, kind, priority, status, attempt, failures, "     \
    "crashes, person, images, options, progress, result, error, created, "     \
    "started, finished, "                                                      \
    "TIMESTAMPDIFF(MICROSECOND, created, UTC_TIMESTAMP(3)) DIV 1000, told, "   \
    "stages, traceparent, tracestate"

/* Fills a row that is all zero; a row_fn for one row, whose owner it is. */
int job_row_read(void *owner, const struct row *row);

/* A list of rows that grows as they are read. */
struct job_rows {
    struct job_row *rows;
    size_t count;
};
void job_rows_finish(struct job_rows *rows);
int job_rows_read(void *owner, const struct row *row);
