#pragma once

#include <hiredis/async.h>
#include <uv.h>

#include "basics.h"

/*
 * The adapter between hiredis and libuv, for redis.c alone.  Reading is always
 * armed, so that a lost connection is noticed; what was written in a turn of
 * the loop is flushed once, by redis_link_flush, just before the loop waits.
 */
struct redis_link {
    uv_poll_t poll;
    redisAsyncContext *context;
    struct redis_link **place; /* the owner's pointer to it; set to NULL when
                                  hiredis lets go of the socket */
    int events;                /* what the poll is armed for */
    bool is_dirty;             /* something waits to be written */
    bool is_flushing;
    /* Set where Redis speaks unasked: gets all that comes, and hiredis, which
     * knows only answers, none of it. */
    void (*on_push)(void *owner, const redisReply *push);
    void *owner;
};

/* Ties the context to the loop and puts the link into `place`.  hiredis ends it
 * when it frees the context. */
void redis_link_open(uv_loop_t *loop, redisAsyncContext *context,
                     struct redis_link **place);

/* Writes what waits to be written. */
void redis_link_flush(struct redis_link *link);
