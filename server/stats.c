/*
 * stats.c - how much there is to do
 */
#include <string.h>

#include "counters.h"
#include "errors.h"
#include "figures.h"
#include "stats.h"

static void on_counted(void *owner, int error)
{
    struct stats *stats = owner;

    stats->services->calls--;
    stats->numbers[STATS_DEAD] = stats->dead.count;
    stats->done(stats->owner, error);
}

static void count_dead(struct stats *stats)
{
    struct services *services = stats->services;
    int result = stats->error;

    stats->dead.collection = services->settings->collection;
    stats->dead.status = JOB_DEAD;
    if (!result)
        result =
            jobs_count(services->database, &stats->dead, on_counted, stats);
    if (result != PENDING)
        on_counted(stats, result);
}

/* Jobs of the parts are added up; a worker works in all parts. */
static void on_part_read(void *owner, int error,
                         const struct redis_reply *reply)
{
    struct stats *stats = owner;

    if (error)
        stats->error = error;
    for (size_t i = 0; i < STATS_DEAD; i++) {
        int64_t number = redis_reply_integer(redis_reply_at(reply, i));
        int64_t *sum = &stats->numbers[i];

        if (i != STATS_WORKERS)
            *sum += number;
        else if (number > *sum)
            *sum = number;
    }
    if (--stats->pending == 0)
        count_dead(stats);
}

int stats_read(struct stats *stats, struct services *services, done_fn *done,
               void *owner)
{
    unsigned parts = queues_count(services->queues);

    memset(stats, 0, sizeof *stats);
    stats->services = services;
    stats->done = done;
    stats->owner = owner;
    if (!queues_are_up(services->queues))
        return E_UNAVAILABLE;
    services->calls++;
    stats->pending = parts;
    for (unsigned part = 0; part < parts; part++) {
        int result =
            queue_stats(queues_at(services->queues, part), on_part_read, stats);

        if (result != PENDING)
            on_part_read(stats, result, NULL);
    }
    return PENDING;
}

struct json *stats_json(const struct stats *stats)
{
    struct json *document = json_object();
    struct json *queued = json_add(document, "queued", json_object());
    const int64_t *numbers = stats->numbers;

    json_add_number(queued, "interactive", (double)numbers[STATS_INTERACTIVE]);
    json_add_number(queued, "backfill", (double)numbers[STATS_BACKFILL]);
    json_add_number(queued, "live", (double)numbers[STATS_LIVE]);
    json_add_number(document, "running", (double)numbers[STATS_RUNNING]);
    json_add_number(document, "delayed", (double)numbers[STATS_DELAYED]);
    json_add_number(document, "workers", (double)numbers[STATS_WORKERS]);
    json_add_number(document, "dead", (double)numbers[STATS_DEAD]);
    json_add_number(document, "listeners",
                    (double)stats->services->counters->listeners);
    return document;
}

void stats_write(const struct stats *stats, struct buffer *out)
{
    static const struct {
        const char *name;
        const char *sentence;
    } gauges[STATS_NUMBERS] = {
        {"facewire_jobs_waiting_interactive", "Interactive jobs that wait."},
        {"facewire_jobs_waiting_backfill", "Backfill jobs that wait."},
        {"facewire_live_frames_waiting", "Live frames that wait."},
        {"facewire_jobs_running", "Jobs that workers carry now."},
        {"facewire_jobs_delayed", "Jobs that wait for another attempt."},
        {"facewire_workers", "Workers that were heard of lately."},
        {"facewire_jobs_dead", "Jobs that are out of attempts."},
    };

    for (size_t i = 0; i < STATS_NUMBERS; i++)
        figures_add_family(out, FIGURE_GAUGE, gauges[i].name,
                           gauges[i].sentence, stats->numbers[i]);
}
