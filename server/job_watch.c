/*
 * job_watch.c - waits for the end of a job
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub.h"
#include "job_watch.h"
#include "wheel.h"
#include "xalloc.h"

struct job_watch {
    struct subscriber subscriber;
    struct wheel_entry limit;
    job_watch_fn *done;
    void *owner;
};

void job_watch_destroy(struct job_watch *watch)
{
    if (!watch)
        return;
    hub_leave(&watch->subscriber);
    wheel_cancel(&watch->limit);
    free(watch);
}

static void end(struct job_watch *watch, bool is_over)
{
    job_watch_fn *done = watch->done;
    void *owner = watch->owner;

    job_watch_destroy(watch);
    done(owner, is_over);
}

static void on_limit(struct wheel_entry *entry)
{
    end(container_of(entry, struct job_watch, limit), false);
}

/* Every job ends in one of these. */
static bool is_end(const char *name)
{
    if (strcmp(name, "job.failed") == 0)
        return true;
    for (int kind = 0; kind < JOB_KINDS; kind++)
        if (strcmp(name, job_kind_done_event((enum job_kind)kind)) == 0)
            return true;
    return false;
}

static void on_entry(struct subscriber *subscriber,
                     const struct log_entry *entry)
{
    if (is_end(entry->name))
        end(container_of(subscriber, struct job_watch, subscriber), true);
}

struct job_watch *job_watch_create(struct services *services, const char *job,
                                   int64_t limit_ms, job_watch_fn *done,
                                   void *owner)
{
    struct job_watch *watch = xcalloc(1, sizeof *watch);
    char topic[sizeof "job:" + UUID_BYTES];

    watch->subscriber.on_entry = on_entry;
    watch->done = done;
    watch->owner = owner;
    snprintf(topic, sizeof topic, "job:%s", job);
    hub_subscribe(services->hub, &watch->subscriber, topic,
                  &(struct offset){0});
    wheel_set(services->wheel, &watch->limit, limit_ms, on_limit);
    return watch;
}
