#pragma once

#include "event_log.h"

/*
 * Who wants to hear of which events.  A subscriber is embedded in whatever it
 * serves; it has any number of topics, and an event that belongs to several of
 * them comes to it once.
 */
struct hub;
struct subscription;

struct subscriber {
    void (*on_entry)(struct subscriber *subscriber,
                     const struct log_entry *entry);
    /* The hub's. */
    struct subscription *first;
    size_t count;   /* of its topics, but for those that it follows */
    uint64_t heard; /* serial of the last event it was told of */
};

struct hub *hub_create(void) MUST_CHECK;

/* Everybody must have left. */
void hub_destroy(struct hub *hub);

/* Adds a topic, of which entries from the serial `from` on are of interest, and
 * of those only what lies after a position (NULL: all of them), which is
 * shared. A second time only that changes. */
void hub_subscribe(struct hub *hub, struct subscriber *subscriber,
                   const char *topic, uint64_t from, struct position *after);
void hub_unsubscribe(struct subscriber *subscriber, const char *topic);

/* Adds a job's topic until hub_end_following, which does nothing where the
 * topic was subscribed to as well. */
void hub_follow(struct hub *hub, struct subscriber *subscriber, const char *job,
                uint64_t from);
void hub_end_following(struct subscriber *subscriber, const char *job);

/* Drops all its topics. */
void hub_leave(struct subscriber *subscriber);

/* Tells everybody who wants to hear of a new event. */
void hub_publish(struct hub *hub, const struct log_entry *entry);

/* Calls `tell` for each subscriber of a topic. */
void hub_each(struct hub *hub, const char *topic,
              void (*tell)(struct subscriber *subscriber, void *argument),
              void *argument);
bool hub_has(const struct hub *hub, const char *topic);

bool subscriber_has(const struct subscriber *subscriber, const char *topic);

/* Whether the subscriber wants an event, in view of its topics and where each
 * begins. */
bool subscriber_wants(const struct subscriber *subscriber,
                      const struct log_entry *entry);

/* Its topics begin with a serial at the earliest. */
void subscriber_advance(struct subscriber *subscriber, uint64_t serial);

/* It has caught up: the positions from which its topics began matter no more.
 */
void subscriber_arrive(struct subscriber *subscriber);

/* Its topics, for those who must name them; valid until they change. */
size_t subscriber_topics(const struct subscriber *subscriber,
                         const char **topics, size_t most);
