#pragma once

/* What redis.c, redis_greeting.c and redis_command.c share, and nobody else. */
#include "buffer.h"
#include "redis.h"
#include "redis_link.h"
#include "redis_places.h"

enum { REDIS_CONNECT_LIMIT_MS = 3000, REDIS_REASON_BYTES = 128 };

enum redis_state {
    RESOLVING,  /* the host's name is looked up */
    CONNECTING, /* TCP is being set up */
    GREETING,   /* AUTH, SELECT, CLIENT SETNAME and PING are under way */
    UP,         /* ready for commands */
    WAITING,    /* until the next try */
    CLOSED,     /* destroyed; only handles are left to close */
};

struct redis {
    uv_loop_t *loop;
    struct redis_places places;
    char *key; /* NULL: none */
    char *name;
    int64_t limit_ms;
    size_t pending_max;
    redis_state_fn *on_state;
    void (*on_flush)(void *owner); /* NULL: nobody is told */
    void *owner;

    enum redis_state state;
    unsigned tries;          /* connections that failed in a row */
    int loss;                /* what commands under way end with */
    struct redis_link *link; /* NULL: no socket */
    size_t greetings;        /* answers still to come before it is up */
    bool has_to_go;          /* it is the wrong server, for this reason */
    char reason[REDIS_REASON_BYTES];
    bool is_sent_on;             /* the place to go to is known */
    struct buffer line;          /* a command as it is written */
    struct redis_command *first; /* of those under way */
    struct redis_command **last;
    size_t pending;

    uv_timer_t timer; /* of the next try, or of what is under way */
    uv_prepare_t flush;
    uv_getaddrinfo_t lookup;
    bool is_looking_up;
    int open_handles; /* that keep this struct alive once it is closed */
};

/* ---- redis.c ---- */

/* Gives the connection up.  Commands under way are told `error`; then, unless
 * it is being destroyed, the next try is set. */
void redis_lose(struct redis *redis, int error, const char *reason);

/* It is ready for commands. */
void redis_rise(struct redis *redis);

/* Sets the timer: to now where it has to go, else to the oldest command's
 * deadline; since commands mostly have the same limit, the oldest is mostly the
 * first to run out. */
void redis_watch_oldest(struct redis *redis);

/* ---- redis_greeting.c ---- */

/* Logs in, says who we are, and finds out whether this is the server for us.
 * Ends in redis_rise or redis_lose. */
void redis_greet(struct redis *redis);

/* ---- redis_command.c ---- */

/* Sends a command in whatever state the connection is; as redis_send. */
int redis_command_send(struct redis *redis, const struct redis_text *arguments,
                       size_t count, int64_t limit_ms, redis_done_fn *done,
                       void *owner) MUST_CHECK;

/* Until when the oldest command under way may take; there is one. */
int64_t redis_command_deadline_ms(const struct redis *redis);
