#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"
#include "json.h"

enum { LIVE_OFFSET_BYTES = 2048 };

/* A client of the live API. */
struct live {
    int fd; /* -1: not connected */
    struct buffer payload;
    char offset[LIVE_OFFSET_BYTES]; /* where it is: of the reply to its first
                                       subscribe, and of what it heard since */
};

/* Moves a place in the log on by an offset, as a client does: part by part. */
void live_move(char place[static LIVE_OFFSET_BYTES], const char *offset);

/* Connects; what cannot ends the test. */
void live_open(struct live *live, int port);

/* Cuts the connection off without a word; the offset stays. */
void live_cut(struct live *live);
void live_finish(struct live *live);

/* Subscribes to one topic behind the offset, if there is one (else from now
 * on), and waits for the reply.  Events that come before it are lost. */
void live_subscribe(struct live *live, const char *topic);

/* Says one line of JSON. */
void live_say(struct live *live, const char *json);

/* Whether there is something to be read within the time. */
bool live_has(const struct live *live, int limit_ms);

/* The next message, to be destroyed; NULL if there is none in time, or the
 * connection has ended (then `fd` is -1). */
struct json *live_next(struct live *live, int limit_ms) MUST_CHECK;

/* Reads one frame, which has begun to come: a message, to be destroyed, or NULL
 * if it was a ping, or the connection has ended (then `fd` is -1). */
struct json *live_take(struct live *live) MUST_CHECK;

/* The next event of that name about the job (NULL: any); others are passed
 * over.  Ends the test if there is none in time. */
struct json *live_await(struct live *live, const char *event, const char *job,
                        int limit_ms) MUST_CHECK;

bool live_is(const struct json *message, const char *member, const char *text);
