#pragma once

#include "counters.h"
#include "event.h"
#include "hub.h"
#include "outbox.h"

/*
 * A live client, whatever it is connected by: its topics, its outbox, and its
 * way from where it left off to where everybody is.
 *
 * A client that resumes first catches up: it is handed what the window holds,
 * as fast as it takes it, and hears of new events when it has reached them.  So
 * it gets every event after its position once, those of a part in order, or is
 * told of a gap.
 */
struct listeners;
struct listener;

enum listener_form {
    LISTENER_WEBSOCKET, /* a text frame for each event */
    LISTENER_SSE,       /* an event of a Server-Sent Events stream */
};

struct listener_events {
    /* It was too slow: whoever owns it closes it.  Nothing more is written. */
    void (*on_slow)(void *owner);
};

/* All listeners of a server.  What it is given outlives it. */
struct listeners *
listeners_create(uv_loop_t *loop, struct event_log *log, struct hub *hub,
                 struct counters *counters,
                 const struct outbox_limits *limits) MUST_CHECK;

/* Every listener must be gone. */
void listeners_destroy(struct listeners *listeners);

/* Ends every stream of Server-Sent Events: their clients come back by
 * themselves, elsewhere. */
void listeners_end_streams(struct listeners *listeners);

/* Tells everybody that what lies between two offsets of a part cannot be had.
 */
void listeners_tell_gap(struct listeners *listeners, const struct offset *from,
                        const struct offset *to);

struct listener *listener_create(struct listeners *listeners, struct wire *wire,
                                 enum listener_form form,
                                 const struct listener_events *events,
                                 void *owner) MUST_CHECK;
void listener_destroy(struct listener *listener);

/* Adds topics.  With `after` it resumes there, or is told of a gap in some
 * parts or in all; the position is shared with it, and moves past what is lost.
 * Without, it begins now. */
void listener_subscribe(struct listener *listener, const char *const *topics,
                        size_t count, struct position *after);
void listener_unsubscribe(struct listener *listener, const char *topic);

/* Adds the topic of a job, until its last event was told. */
void listener_follow(struct listener *listener, const char *job);
void listener_stop_following(struct listener *listener, const char *job);

/* How many topics it would have with these; those that it follows are not
 * counted. */
size_t listener_topics_with(const struct listener *listener,
                            const char *const *topics, size_t count);

/* Says something else than an event: one line of JSON.  It is not taken over.
 */
void listener_say(struct listener *listener, const char *json);

/* An event that is not in the log; one that waits for the same `key` is
 * replaced (0: none is). */
void listener_tell(struct listener *listener, const struct event *event,
                   uint64_t key);

/* The wire can be written to again. */
void listener_on_writable(struct listener *listener);

/* From a subscriber of the hub, in hub_each. */
struct listener *listener_of(struct subscriber *subscriber);
