/*
 * hub.c - who wants to hear of which events
 *
 * Topics stand in a hash table; each has a list of its subscriptions, and each
 * subscriber a list of its own.  A topic without subscriptions is forgotten.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub.h"
#include "text.h"
#include "xalloc.h"

enum { SLOTS = 4096, JOB_TOPIC_BYTES = sizeof "job:" + UUID_BYTES };

struct topic {
    struct hub *hub;
    struct topic *next; /* in its slot */
    struct subscription *first;
    size_t slot;
    char name[];
};

struct subscription {
    struct subscriber *subscriber;
    struct topic *topic;
    uint64_t from;          /* the first serial that is wanted */
    struct position *after; /* and what is known already; NULL: nothing */
    bool is_followed;       /* it ends with its job */
    struct subscription *next_of_topic, **place_of_topic;
    struct subscription *next_of_subscriber, **place_of_subscriber;
};

struct hub {
    struct topic *slots[SLOTS];
    struct subscription *upcoming; /* the next to be told, while we are telling:
                                      it moves on if that one leaves */
};

struct hub *hub_create(void)
{
    return xcalloc(1, sizeof(struct hub));
}

void hub_destroy(struct hub *hub)
{
    if (!hub)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        assert(!hub->slots[i]);
    free(hub);
}

/* FNV-1a.  Job topics are ids of ours, so nobody can choose them. */
static size_t slot_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return (size_t)(hash >> 32) % SLOTS;
}

static struct topic *find(const struct hub *hub, const char *name)
{
    struct topic *topic = hub->slots[slot_of(name)];

    while (topic && strcmp(topic->name, name) != 0)
        topic = topic->next;
    return topic;
}

static struct topic *find_or_make(struct hub *hub, const char *name)
{
    struct topic *topic = find(hub, name);
    size_t len = strlen(name);

    if (topic)
        return topic;
    topic = xcalloc(1, sizeof *topic + len + 1);
    topic->hub = hub;
    topic->slot = slot_of(name);
    memcpy(topic->name, name, len);
    topic->next = hub->slots[topic->slot];
    hub->slots[topic->slot] = topic;
    return topic;
}

static void forget(struct topic *topic)
{
    struct topic **place = &topic->hub->slots[topic->slot];

    while (*place != topic)
        place = &(*place)->next;
    *place = topic->next;
    free(topic);
}

static struct subscription *find_of(const struct subscriber *subscriber,
                                    const char *name)
{
    struct subscription *subscription = subscriber->first;

    while (subscription && strcmp(subscription->topic->name, name) != 0)
        subscription = subscription->next_of_subscriber;
    return subscription;
}

static struct subscription *add(struct hub *hub, struct subscriber *subscriber,
                                const char *name, uint64_t from)
{
    struct topic *topic = find_or_make(hub, name);
    struct subscription *subscription = xcalloc(1, sizeof *subscription);

    *subscription = (struct subscription){
        .subscriber = subscriber,
        .topic = topic,
        .from = from,
        .next_of_topic = topic->first,
        .place_of_topic = &topic->first,
        .next_of_subscriber = subscriber->first,
        .place_of_subscriber = &subscriber->first,
    };
    if (topic->first)
        topic->first->place_of_topic = &subscription->next_of_topic;
    topic->first = subscription;
    if (subscriber->first)
        subscriber->first->place_of_subscriber =
            &subscription->next_of_subscriber;
    subscriber->first = subscription;
    return subscription;
}

void hub_subscribe(struct hub *hub, struct subscriber *subscriber,
                   const char *name, uint64_t from, struct position *after)
{
    struct subscription *subscription = find_of(subscriber, name);

    if (!subscription || subscription->is_followed)
        subscriber->count++;
    if (!subscription)
        subscription = add(hub, subscriber, name, from);
    subscription->from = from;
    position_unref(subscription->after);
    subscription->after = position_ref(after);
    subscription->is_followed = false;
}

static void write_topic(const char *job, char name[static JOB_TOPIC_BYTES])
{
    snprintf(name, JOB_TOPIC_BYTES, "job:%.*s", UUID_BYTES - 1, job);
}

void hub_follow(struct hub *hub, struct subscriber *subscriber, const char *job,
                uint64_t from)
{
    char name[JOB_TOPIC_BYTES];

    write_topic(job, name);
    if (!find_of(subscriber, name))
        add(hub, subscriber, name, from)->is_followed = true;
}

static void end(struct subscription *subscription)
{
    struct topic *topic = subscription->topic;
    struct hub *hub = topic->hub;

    if (hub->upcoming == subscription)
        hub->upcoming = subscription->next_of_topic;
    *subscription->place_of_topic = subscription->next_of_topic;
    if (subscription->next_of_topic)
        subscription->next_of_topic->place_of_topic =
            subscription->place_of_topic;
    *subscription->place_of_subscriber = subscription->next_of_subscriber;
    if (subscription->next_of_subscriber)
        subscription->next_of_subscriber->place_of_subscriber =
            subscription->place_of_subscriber;
    subscription->subscriber->count -= !subscription->is_followed;
    if (!topic->first)
        forget(topic);
    position_unref(subscription->after);
    free(subscription);
}

void hub_unsubscribe(struct subscriber *subscriber, const char *name)
{
    struct subscription *subscription = find_of(subscriber, name);

    if (subscription)
        end(subscription);
}

void hub_end_following(struct subscriber *subscriber, const char *job)
{
    char name[JOB_TOPIC_BYTES];
    struct subscription *subscription;

    write_topic(job, name);
    subscription = find_of(subscriber, name);
    if (subscription && subscription->is_followed)
        end(subscription);
}

bool subscriber_has(const struct subscriber *subscriber, const char *name)
{
    return find_of(subscriber, name) != NULL;
}

void hub_leave(struct subscriber *subscriber)
{
    while (subscriber->first)
        end(subscriber->first); /* NOLINT(clang-analyzer-unix.Malloc) */
}

/* A subscriber may leave, or unsubscribe, while it is told. */
static void publish_to(struct hub *hub, const char *name,
                       const struct log_entry *entry)
{
    struct topic *topic = find(hub, name);
    struct subscription *subscription = topic ? topic->first : NULL;

    while (subscription) {
        struct subscriber *subscriber = subscription->subscriber;

        hub->upcoming = subscription->next_of_topic;
        if (subscriber->heard != entry->serial) {
            subscriber->heard = entry->serial;
            subscriber->on_entry(subscriber, entry);
        }
        subscription = hub->upcoming;
    }
    hub->upcoming = NULL;
}

void hub_publish(struct hub *hub, const struct log_entry *entry)
{
    char name[JOB_TOPIC_BYTES];

    publish_to(hub, entry->topic, entry);
    if (entry->job[0]) {
        write_topic(entry->job, name);
        publish_to(hub, name, entry);
    }
}

void hub_each(struct hub *hub, const char *name,
              void (*tell)(struct subscriber *subscriber, void *argument),
              void *argument)
{
    struct topic *topic = find(hub, name);
    struct subscription *subscription = topic ? topic->first : NULL;

    while (subscription) {
        hub->upcoming = subscription->next_of_topic;
        tell(subscription->subscriber, argument);
        subscription = hub->upcoming;
    }
    hub->upcoming = NULL;
}

bool hub_has(const struct hub *hub, const char *name)
{
    return find(hub, name) != NULL;
}

static bool is_of(const char *name, const struct log_entry *entry)
{
    return strcmp(name, entry->topic) == 0 ||
           (text_begins(name, "job:") &&
            strcmp(name + strlen("job:"), entry->job) == 0);
}

bool subscriber_wants(const struct subscriber *subscriber,
                      const struct log_entry *entry)
{
    for (struct subscription *s = subscriber->first; s;
         s = s->next_of_subscriber)
        if (is_of(s->topic->name, entry) && entry->serial >= s->from &&
            (!s->after || position_is_before(s->after, &entry->offset)))
            return true;
    return false;
}

void subscriber_advance(struct subscriber *subscriber, uint64_t serial)
{
    for (struct subscription *s = subscriber->first; s;
         s = s->next_of_subscriber)
        if (s->from < serial)
            s->from = serial;
}

void subscriber_arrive(struct subscriber *subscriber)
{
    for (struct subscription *s = subscriber->first; s;
         s = s->next_of_subscriber) {
        position_unref(s->after);
        s->after = NULL;
    }
}

size_t subscriber_topics(const struct subscriber *subscriber,
                         const char **topics, size_t most)
{
    size_t count = 0;

    for (struct subscription *s = subscriber->first; s && count < most;
         s = s->next_of_subscriber)
        topics[count++] = s->topic->name;
    return count;
}
