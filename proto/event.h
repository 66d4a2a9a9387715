#pragma once

#include "basics.h"
#include "buffer.h"

/*
 * One fact that happened: the envelope that is the same everywhere (WebSocket,
 * SSE, Redis).  All texts are borrowed.
 */
struct event {
    const char *offset; /* NULL: none, it is never replayed */
    const char *time;
    const char *topic;
    const char *name;       /* "search.face" */
    const char *job;        /* NULL: none */
    const char *expires_at; /* of the live lane; NULL: it stays true */
    const char *data;       /* one JSON object */
};

/* Adds the event as one line of JSON, as it goes to clients. */
void event_write(const struct event *event, bool is_replay, struct buffer *out);

/* Whether a topic is one that clients may subscribe to. */
bool topic_is_known(const char *topic);
