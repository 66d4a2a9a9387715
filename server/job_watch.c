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
    struct job_watch *next;   /* of all that wait */
    struct job_watch **place; /* the pointer that points here */
    struct wheel_entry limit;
    job_watch_fn *done;
    void *owner;
};

void job_watch_destroy(struct job_watch *watch)
{
    if (!watch)
        return;
    *watch->place = watch->next;
    if (watch->next)
        watch->next->place = watch->place;
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

void job_watches_end(struct services *services)
{
    while (services->watches)
        end(services->watches, false); /* NOLINT(clang-analyzer-unix.Malloc) */
}

static void on_entry(struct subscriber *subscriber,
                     const struct log_entry *entry)
{
    if (event_is_last(entry->name))
        end(container_of(subscriber, struct job_watch, subscriber), true);
}

struct job_watch *job_watch_create(struct services *services, const char *job,
                                   int64_t limit_ms, job_watch_fn *done,
                                   void *owner)
{
    struct job_watch *watch = xcalloc(1, sizeof *watch);
    char topic[sizeof "job:" + UUID_BYTES];

    watch->next = services->watches;
    watch->place = &services->watches;
    if (watch->next)
        watch->next->place = &watch->next;
    services->watches = watch;
    watch->subscriber.on_entry = on_entry;
    watch->done = done;
    watch->owner = owner;
    snprintf(topic, sizeof topic, "job:%s", job);
    hub_subscribe(services->hub, &watch->subscriber, topic, 0, NULL);
    wheel_set(services->wheel, &watch->limit, limit_ms, on_limit);
    return watch;
}
