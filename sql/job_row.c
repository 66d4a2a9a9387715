/*
 * job_row.c - a row of `jobs`
 */
#include <stdlib.h>

#include "job_row.h"
#include "row_time.h"
#include "text.h"
#include "xalloc.h"

void job_row_finish(struct job_row *row)
{
    free(row->collection);
    free(row->account);
    free(row->person);
    free(row->images);
    free(row->options);
    free(row->progress);
    free(row->result);
    free(row->error);
    free(row->created);
    free(row->started);
    free(row->finished);
    free(row->stages);
    *row = (struct job_row){0};
}

/* Words that this program does not know become the first: the schema's version
 * says that there are none. */
static void read_words(struct job_row *job, const struct row *row)
{
    if (!job_kind_find(row_text(row, 3), &job->kind))
        job->kind = JOB_ENROLL;
    if (!job_status_find(row_text(row, 5), &job->status))
        job->status = JOB_QUEUED;
    job->priority =
        row_integer(row, 4) ? PRIORITY_BACKFILL : PRIORITY_INTERACTIVE;
}

int job_row_read(void *owner, const struct row *row)
{
    struct job_row *job = owner;

    text_copy(job->id, sizeof job->id, row_text(row, 0));
    job->collection = xstrdup(row_text(row, 1));
    job->account = xstrdup(row_text(row, 2));
    read_words(job, row);
    job->attempt = row_integer(row, 6);
    job->failures = row_integer(row, 7);
    job->crashes = row_integer(row, 8);
    job->person = xstrdup(row_text(row, 9));
    job->images = xstrdup(row_text(row, 10));
    job->options = xstrdup(row_text(row, 11));
    job->progress = xstrdup(row_text(row, 12));
    job->result = xstrdup(row_text(row, 13));
    job->error = xstrdup(row_text(row, 14));
    job->created = row_time(row, 15);
    job->started = row_time(row, 16);
    job->finished = row_time(row, 17);
    job->age_ms = row_integer(row, 18);
    job->is_told = row_integer(row, 19) != 0;
    job->stages = xstrdup(row_text(row, 20));
    /* Rows of before there were traces have none. */
    (void)trace_read(&job->trace, row_text(row, 21), row_text(row, 22));
    return 0;
}

void job_rows_finish(struct job_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        job_row_finish(&rows->rows[i]);
    free(rows->rows);
    *rows = (struct job_rows){0};
}

int job_rows_read(void *owner, const struct row *row)
{
    struct job_rows *rows = owner;

    rows->rows = xrealloc(rows->rows, (rows->count + 1) * sizeof *rows->rows);
    rows->rows[rows->count] = (struct job_row){0};
    return job_row_read(&rows->rows[rows->count++], row);
}
