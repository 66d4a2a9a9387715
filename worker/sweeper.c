/*
 * sweeper.c - finds rows that the queue has lost
 *
 * A page of rows at a time, in the order of their ids.  After the last page it
 * rests; when the log's name has changed, Redis was emptied, and it begins anew
 * at once, without regard to how young a row is.
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
    AGE_MS = 3000,  /* of rows that are looked at: younger ones are on their
                       way */
    REST_TICKS = 6, /* between two walks along all rows; long enough that one
                       in a hurry, which leaves to workers what they have, is
                       followed by one that finds what they lost */
    FORGET_TICKS = 600,
    TOPIC_BYTES = sizeof "job:" + UUID_BYTES,
};

/* What is known of a part of the queue. */
struct inspection {
    struct sweeper *sweeper;
    char epoch[EPOCH_BYTES];
    bool is_looking; /* at its log's name */
};

struct sweeper {
    const struct tools *tools;
    void (*on_rest)(void *owner);
    void *owner;
    char after[UUID_BYTES]; /* the last row that was looked at */
    int rest;               /* ticks that are left of it */
    int ticks;
    bool is_reading;
    bool is_forgetting; /* old replies */
    bool is_stopped;
    size_t pending;     /* rows on their way to the queue */
    size_t added;       /* in this walk */
    bool is_hurried;    /* pages follow each other without a tick */
    bool is_begun_anew; /* while a page was read */
    struct jobs_sweep page;
    unsigned parts;
    struct inspection inspections[];
};

struct sweeper *sweeper_create(const struct tools *tools,
                               void (*on_rest)(void *owner), void *owner)
{
    unsigned parts = queues_count(tools->queues);
    struct sweeper *sweeper =
        xcalloc(1, sizeof *sweeper + parts * sizeof sweeper->inspections[0]);

    sweeper->tools = tools;
    sweeper->on_rest = on_rest;
    sweeper->owner = owner;
    sweeper->parts = parts;
    for (unsigned i = 0; i < parts; i++)
        sweeper->inspections[i].sweeper = sweeper;
    return sweeper;
}

void sweeper_destroy(struct sweeper *sweeper)
{
    if (!sweeper)
        return;
    job_rows_finish(&sweeper->page.rows);
    free(sweeper);
}

bool sweeper_is_busy(const struct sweeper *sweeper)
{
    for (unsigned i = 0; i < sweeper->parts; i++)
        if (sweeper->inspections[i].is_looking)
            return true;
    return sweeper->is_reading || sweeper->is_forgetting;
}

void sweeper_stop(struct sweeper *sweeper)
{
    sweeper->is_stopped = true;
}

/* Something has ended: last thing, since it may end the sweeper. */
static void check_rest(struct sweeper *sweeper)
{
    if (!sweeper_is_busy(sweeper))
        sweeper->on_rest(sweeper->owner);
}

static void read_page(struct sweeper *sweeper);

/* ---- one page ---- */

/* Where the walk goes on; rows that came before a new beginning are none of its
 * business any more. */
static void end_page(struct sweeper *sweeper)
{
    size_t count = sweeper->page.rows.count;
    bool is_last = count < PAGE;

    if (count && !sweeper->is_begun_anew)
        text_copy(sweeper->after, sizeof sweeper->after,
                  sweeper->page.rows.rows[count - 1].id);
    job_rows_finish(&sweeper->page.rows);
    sweeper->is_reading = false;
    if (is_last && !sweeper->is_begun_anew) {
        if (sweeper->added)
            log_info(
                "sweeper: %zu jobs were added, which the queue did not know",
                sweeper->added);
        sweeper->added = 0;
        sweeper->after[0] = '\0';
        sweeper->rest = REST_TICKS;
        sweeper->is_hurried = false;
    }
    if (sweeper->is_hurried)
        read_page(sweeper);
    check_rest(sweeper);
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
    struct queue_event queued = {"job.queued", common ? common : topic, data,
                                 NULL};

    text_copy(job.id, sizeof job.id, row->id);
    text_copy(job.account, sizeof job.account, row->account);
    snprintf(topic, sizeof topic, "job:%s", row->id);
    snprintf(data, sizeof data, "{\"kind\":\"%s\"}", job_kind_name(row->kind));
    sweeper->pending++;
    if (queue_add(queues_of(sweeper->tools->queues, job.id), &job, &queued,
                  on_added, sweeper) != PENDING)
        sweeper->pending--;
}

static void on_page(void *owner, int error)
{
    struct sweeper *sweeper = owner;

    if (error) {
        job_rows_finish(&sweeper->page.rows);
        sweeper->is_reading = false;
        check_rest(sweeper);
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
    if (sweeper->is_stopped)
        return;
    sweeper->is_begun_anew = false;
    sweeper->page.after = sweeper->after;
    sweeper->page.age_ms = sweeper->is_hurried ? 0 : AGE_MS;
    sweeper->page.worked_age_ms = sweeper->tools->settings->lease_ms;
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
    sweeper->is_begun_anew = true;
}

static void on_log(void *owner, int error, const struct redis_reply *reply)
{
    struct inspection *inspection = owner;
    struct sweeper *sweeper = inspection->sweeper;
    const char *epoch = redis_reply_text(redis_reply_at(reply, 0));

    inspection->is_looking = false;
    if (error == 0) {
        if (inspection->epoch[0] && strcmp(inspection->epoch, epoch) != 0) {
            log_warn("sweeper: Redis was emptied; looking at every job");
            sweeper_look_everywhere(sweeper);
        }
        text_copy(inspection->epoch, sizeof inspection->epoch, epoch);
    }
    check_rest(sweeper);
}

static void look(struct inspection *inspection, struct queue *queue)
{
    if (!inspection->is_looking)
        inspection->is_looking =
            queue_log(queue, "0-0", on_log, inspection) == PENDING;
}

static void on_forgotten(void *owner, int error)
{
    struct sweeper *sweeper = owner;

    sweeper->is_forgetting = false;
    if (error)
        log_debug("database: old replies were not forgotten");
    check_rest(sweeper);
}

void sweeper_tick(struct sweeper *sweeper)
{
    const struct tools *tools = sweeper->tools;

    for (unsigned i = 0; i < sweeper->parts; i++)
        look(&sweeper->inspections[i], queues_at(tools->queues, i));
    if (++sweeper->ticks % FORGET_TICKS == 0 && !sweeper->is_forgetting)
        sweeper->is_forgetting =
            database_run(tools->database, intake_forget_replies, NULL,
                         on_forgotten, sweeper) == PENDING;
    if (sweeper->is_reading || (sweeper->rest > 0 && --sweeper->rest > 0))
        return;
    read_page(sweeper);
}
