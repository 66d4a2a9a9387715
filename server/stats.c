/*
 * stats.c - how much there is to do
 */
#include <string.h>

#include "counters.h"
#include "stats.h"

static void on_counted(void *owner, int error)
{
    struct stats *stats = owner;

    stats->services->calls--;
    stats->numbers[STATS_DEAD] = stats->dead.count;
    stats->done(stats->owner, error);
}

static void on_queue_read(void *owner, int error,
                          const struct redis_reply *reply)
{
    struct stats *stats = owner;

    for (size_t i = 0; !error && i < STATS_DEAD; i++)
        stats->numbers[i] = redis_reply_integer(redis_reply_at(reply, i));
    if (!error) {
        stats->dead.collection = stats->services->settings->collection;
        stats->dead.status = JOB_DEAD;
        error = jobs_count(stats->services->database, &stats->dead, on_counted,
                           stats);
    }
    if (error != PENDING)
        on_counted(stats, error);
}

int stats_read(struct stats *stats, struct services *services, done_fn *done,
               void *owner)
{
    int result;

    memset(stats, 0, sizeof *stats);
    stats->services = services;
    stats->done = done;
    stats->owner = owner;
    result = queue_stats(services->queue, on_queue_read, stats);
    if (result == PENDING)
        services->calls++;
    return result;
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
        {"jobs_waiting_interactive", "Interactive jobs that wait."},
        {"jobs_waiting_backfill", "Backfill jobs that wait."},
        {"live_frames_waiting", "Live frames that wait."},
        {"jobs_running", "Jobs that workers carry now."},
        {"jobs_delayed", "Jobs that wait for another attempt."},
        {"workers", "Workers that were heard of lately."},
        {"jobs_dead", "Jobs that are out of attempts."},
    };

    for (size_t i = 0; i < STATS_NUMBERS; i++)
        buffer_printf(out,
                      "# HELP facewire_%s %s\n# TYPE facewire_%s gauge\n"
                      "facewire_%s %lld\n",
                      gauges[i].name, gauges[i].sentence, gauges[i].name,
                      gauges[i].name, (long long)stats->numbers[i]);
}
