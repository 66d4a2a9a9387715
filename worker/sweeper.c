/*
 * sweeper.c - finds rows that the queue has lost
 *
 * A page of rows at a time, in the order of their ids.  After the last page it
 * rests; when the log's name has changed, Redis was emptied, and it begins anew
 * at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "intake.h"
#include "jobs.h"
#include "log.h"
#include "offset.h"
#include "sweeper.h"
#include "text.h"
#include "xalloc.h"

enum {
    PAGE = 500,
    AGE_MS = 3000,   /* of rows that are looked at: younger ones are on their
                        way */
    REST_TICKS = 20, /* between two walks along all rows */
    FORGET_TICKS = 600,
    TOPIC_BYTES = sizeof "job:" + UUID_BYTES,
};

struct sweeper {
    const struct tools *tools;
    char after[UUID_BYTES]; /* the last row that was looked at */
    char epoch[EPOCH_BYTES];
    int rest; /* ticks that are left of it */
    int ticks;
    bool is_reading;
    bool is_looking; /* at the log's name */
    size_t pending;  /* rows on their way to the queue */
    size_t added;    /* in this walk */
    bool is_hurried; /* pages follow each other without a tick */
    struct jobs_sweep page;
};

struct sweeper *sweeper_create(const struct tools *tools)
{
    struct sweeper *sweeper = xcalloc(1, sizeof *sweeper);

    sweeper->tools = tools;
    return sweeper;
}

void sweeper_destroy(struct sweeper *sweeper)
{
    if (!sweeper)
        return;
    job_rows_finish(&sweeper->page.rows);
    free(sweeper);
}

static void read_page(struct sweeper *sweeper);

/* ---- one page ---- */

static void end_page(struct sweeper *sweeper)
{
    size_t count = sweeper->page.rows.count;

    if (count)
        text_copy(sweeper->after, sizeof sweeper->after,
                  sweeper->page.rows.rows[count - 1].id);
    job_rows_finish(&sweeper->page.rows);
    sweeper->is_reading = false;
    if (count == PAGE) {
        if (sweeper->is_hurried)
            read_page(sweeper);
        return;
    }
    if (sweeper->added)
        log_info("sweeper: %zu jobs were missing in the queue", sweeper->added);
    sweeper->added = 0;
    sweeper->after[0] = '\0';
    sweeper->rest = sweeper->is_hurried ? 0 : REST_TICKS;
    sweeper->is_hurried = false;
}

static void on_added(void *owner, int error, const struct redis_reply *reply)
{
    struct sweeper *sweeper = owner;

    sweeper->added += error == 0 && redis_reply_integer(reply) == 1;
    if (--sweeper->pending == 0)
        end_page(sweeper);
}

static void add_row(struct sweeper *sweeper, const struct job_row *row)
{
    struct queued_job job = {.priority = row->priority};
    const char *common = job_kind_topic(row->kind);
    char topic[TOPIC_BYTES];
    char data[64];
    struct queue_event queued = {"job.queued", common ? common : topic, data};

    text_copy(job.id, sizeof job.id, row->id);
    text_copy(job.account, sizeof job.account, row->account);
    snprintf(topic, sizeof topic, "job:%s", row->id);
    snprintf(data, sizeof data, "{\"kind\":\"%s\"}", job_kind_name(row->kind));
    sweeper->pending++;
    if (queue_add(sweeper->tools->queue, &job, 0, &queued, on_added, sweeper) !=
        PENDING)
        sweeper->pending--;
}

static void on_page(void *owner, int error)
{
    struct sweeper *sweeper = owner;

    if (error) {
        job_rows_finish(&sweeper->page.rows);
        sweeper->is_reading = false;
        return;
    }
    sweeper->pending = 1;
    for (size_t i = 0; i < sweeper->page.rows.count; i++)
        add_row(sweeper, &sweeper->page.rows.rows[i]);
    if (--sweeper->pending == 0)
        end_page(sweeper);
}

static void read_page(struct sweeper *sweeper)
{
    sweeper->page.after = sweeper->after;
    sweeper->page.age_ms = AGE_MS;
    sweeper->page.limit = PAGE;
    sweeper->is_reading = jobs_sweep(sweeper->tools->database, &sweeper->page,
                                     on_page, sweeper) == PENDING;
}

/* ---- when to walk ---- */

void sweeper_look_everywhere(struct sweeper *sweeper)
{
    sweeper->after[0] = '\0';
    sweeper->rest = 0;
    sweeper->is_hurried = true;
}

static void on_log(void *owner, int error, const struct redis_reply *reply)
{
    struct sweeper *sweeper = owner;
    const char *epoch = redis_reply_text(redis_reply_at(reply, 0));

    sweeper->is_looking = false;
    if (error)
        return;
    if (sweeper->epoch[0] && strcmp(sweeper->epoch, epoch) != 0) {
        log_warn("sweeper: Redis was emptied; looking at every job");
        sweeper_look_everywhere(sweeper);
    }
    text_copy(sweeper->epoch, sizeof sweeper->epoch, epoch);
}

static void on_forgotten(void *owner, int error)
{
    (void)owner;
    if (error)
        log_debug("database: old replies were not forgotten");
}

void sweeper_tick(struct sweeper *sweeper)
{
    const struct tools *tools = sweeper->tools;

    if (!sweeper->is_looking)
        sweeper->is_looking =
            queue_log(tools->queue, on_log, sweeper) == PENDING;
    if (++sweeper->ticks % FORGET_TICKS == 0 &&
        database_run(tools->database, intake_forget_replies, NULL, on_forgotten,
                     NULL) != PENDING)
        log_debug("database: too busy to forget");
    if (sweeper->is_reading || (sweeper->rest > 0 && --sweeper->rest > 0))
        return;
    read_page(sweeper);
}
