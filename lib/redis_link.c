/*
 * redis_link.c - hiredis on libuv
 *
 * hiredis' own adapter hangs for ever on a refused connection and pays an
 * epoll_ctl for each command.
 */
#include <stdlib.h>
#include <sys/ioctl.h>

#include "redis_link.h"
#include "xalloc.h"

enum { READS_MAX = 64 }; /* in one turn of the loop, each of 16 KB at most */

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct redis_link, poll));
}

/* An error is left to hiredis, which finds it once more and lets go of the
 * link; so may what a push leads to. */
static void read_pushes(struct redis_link *link)
{
    redisContext *context = &link->context->c;
    void *push = NULL;
    int status = redisBufferRead(context);

    while (status == REDIS_OK) {
        status = redisGetReplyFromReader(context, &push);
        if (status != REDIS_OK || !push)
            break;
        link->on_push(link->owner, push);
        freeReplyObject(push);
        if (uv_is_closing((uv_handle_t *)&link->poll))
            return;
    }
    if (status != REDIS_OK)
        redisAsyncHandleRead(link->context);
}

/* hiredis reads 16 KB each time it is asked to, which is a small part of a
 * picture: it is asked while there is more.  What the answers lead to may let
 * go of the link. */
static void read_all(struct redis_link *link)
{
    int fd = link->context->c.fd;
    int more = 1;

    for (int i = 0; i < READS_MAX && more > 0; i++) {
        if (link->on_push)
            read_pushes(link);
        else
            redisAsyncHandleRead(link->context);
        if (uv_is_closing((uv_handle_t *)&link->poll) ||
            ioctl(fd, FIONREAD, &more) < 0)
            more = 0;
    }
}

/* On an error of the socket libuv stops the poll and does not say which error
 * it was: asking hiredis to use the socket makes it look, and tell. */
static void on_poll(uv_poll_t *handle, int status, int events)
{
    struct redis_link *link = container_of(handle, struct redis_link, poll);
    bool is_connected = link->context->c.flags & REDIS_CONNECTED;

    if (status < 0)
        events = is_connected ? UV_READABLE : UV_WRITABLE;
    if (events & UV_WRITABLE)
        redisAsyncHandleWrite(link->context);
    /* The call above may have let go of the link. */
    if (!uv_is_closing((uv_handle_t *)handle) && (events & UV_READABLE))
        read_all(link);
}

static void arm(struct redis_link *link, int events)
{
    if (link->events == events || uv_is_closing((uv_handle_t *)&link->poll))
        return;
    link->events = events;
    uv_poll_start(&link->poll, events, on_poll);
}

static void on_add_read(void *data)
{
    struct redis_link *link = data;

    arm(link, link->events | UV_READABLE);
}

static void on_del_read(void *data)
{
    (void)data; /* it stays armed */
}

/* While it connects, and when the socket is full, the kernel must say when it
 * can be written to; else the flush of this turn does it. */
static void on_add_write(void *data)
{
    struct redis_link *link = data;

    if (link->is_flushing || !(link->context->c.flags & REDIS_CONNECTED))
        arm(link, link->events | UV_WRITABLE);
    else
        link->is_dirty = true;
}

static void on_del_write(void *data)
{
    struct redis_link *link = data;

    arm(link, link->events & ~UV_WRITABLE);
}

/* hiredis lets go of the socket; whatever comes next has another link. */
static void on_cleanup(void *data)
{
    struct redis_link *link = data;

    if (*link->place == link)
        *link->place = NULL;
    uv_close((uv_handle_t *)&link->poll, on_closed);
}

void redis_link_open(uv_loop_t *loop, redisAsyncContext *context,
                     struct redis_link **place)
{
    struct redis_link *link = xcalloc(1, sizeof *link);

    link->context = context;
    link->place = place;
    *place = link;
    uv_poll_init(loop, &link->poll, context->c.fd);
    context->ev.data = link;
    context->ev.addRead = on_add_read;
    context->ev.delRead = on_del_read;
    context->ev.addWrite = on_add_write;
    context->ev.delWrite = on_del_write;
    context->ev.cleanup = on_cleanup;
}

void redis_link_flush(struct redis_link *link)
{
    if (!link->is_dirty)
        return;
    link->is_dirty = false;
    link->is_flushing = true;
    redisAsyncHandleWrite(link->context);
    /* Even when hiredis let go of it just now: libuv frees it later. */
    link->is_flushing = false;
}
