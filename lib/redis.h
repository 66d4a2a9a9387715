#pragma once

#include <stddef.h>

#include <uv.h>

#include "basics.h"
#include "done.h"

/*
 * A Redis connection on the loop.  It connects by itself, and again with
 * backoff when it was lost; commands are pipelined and flushed once a turn of
 * the loop.  A command has a time limit: past it the connection is given up,
 * since answers come in order and the ones behind it can no longer be told
 * apart.
 *
 * A blocking command holds up what is sent behind it, so it has a connection of
 * its own.
 *
 * With a key it follows a cluster: it goes to the node that has the key's slot,
 * and goes on to another when that one says so, or is gone.
 */
struct redis;
struct redis_reply;

struct redis_options {
    /* redis://[user:password@]host[:port][/database] or unix:///path; user and
     * password are percent-encoded.  rediss:// (TLS) needs hiredis 1.0. Several
     * with commas between them are tried in turn. */
    const char *url;
    const char *key;    /* in whose slot its commands' keys are; NULL: it is
                           meant for one server */
    const char *name;   /* as CLIENT LIST shows it */
    int64_t limit_ms;   /* of a command that names none of its own */
    size_t pending_max; /* commands under way, at most */
    /* Told each turn, just before what was sent leaves: what it sends leaves
     * with that.  NULL: nobody. */
    void (*on_flush)(void *owner);
};

/* One argument of a command; bytes may hold anything. */
struct redis_text {
    const char *bytes;
    size_t len;
};

/*
 * `error` is 0 and `reply` the answer; or E_REFUSED, and `reply` holds Redis's
 * own words; or E_TIMEOUT, E_CONNECTION or E_CANCELLED, and `reply` is NULL (it
 * is not known whether the command was carried out).  A server that has to be
 * left, since it is none for us now, counts as a lost connection.  The reply is
 * borrowed for the call.
 */
typedef void redis_done_fn(void *owner, int error,
                           const struct redis_reply *reply);

/* Called on the loop when the connection is ready for commands, and when it was
 * lost.  Commands that were under way have been told before. */
typedef void redis_state_fn(void *owner, bool is_up);

/* Begins to connect.  NULL, with a sentence in `problem`, if the URL is none
 * that we can use. */
struct redis *redis_create(uv_loop_t *loop, const struct redis_options *options,
                           redis_state_fn *on_state, void *owner,
                           char problem[static 256]) MUST_CHECK;

/* What is under way ends with E_CANCELLED before it returns. */
void redis_destroy(struct redis *redis);

bool redis_is_up(const struct redis *redis);

/*
 * Sends a command.  PENDING; or E_UNAVAILABLE while there is no connection, or
 * E_BUSY past pending_max, and `done` is not called.  `limit_ms` 0: as the
 * options say.  `done` may be NULL where nobody wants to know.
 */
int redis_send(struct redis *redis, const struct redis_text *arguments,
               size_t count, int64_t limit_ms, redis_done_fn *done,
               void *owner) MUST_CHECK;

/* The argument for a string that ends in a zero byte. */
struct redis_text redis_text(const char *text);

/* Reading replies.  A NULL reply is an empty one. */
bool redis_reply_is_none(const struct redis_reply *reply);
bool redis_reply_is_list(const struct redis_reply *reply);
/* The bytes of a string, status or error; "" for other kinds. */
const char *redis_reply_text(const struct redis_reply *reply);
size_t redis_reply_len(const struct redis_reply *reply);
/* An integer, also one that came as text; 0 for other kinds. */
int64_t redis_reply_integer(const struct redis_reply *reply);
/* Elements of a list; NULL past its end. */
size_t redis_reply_count(const struct redis_reply *reply);
const struct redis_reply *redis_reply_at(const struct redis_reply *reply,
                                         size_t index);
