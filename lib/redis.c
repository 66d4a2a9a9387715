/*
 * redis.c - the life of a Redis connection: with redis_link.c, redis_command.c
 * and redis_reply.c the door to hiredis
 *
 * A connection goes resolving, connecting, greeting, up; a loss from any of
 * them leads to waiting, and a timer back to resolving.  redis_move is the only
 * way between them.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "errors.h"
#include "log.h"
#include "random.h"
#include "redis_parts.h"
#include "text.h"
#include "xalloc.h"

enum {
    BACKOFF_BASE_MS = 50,
    BACKOFF_CAP_MS = 2000,
};

static const char *const state_names[] = {"resolving", "connecting", "greeting",
                                          "up",        "waiting",    "closed"};

static void on_timer(uv_timer_t *handle);

static void redis_move(struct redis *redis, enum redis_state state)
{
    assert(redis->state != CLOSED);
    log_debug("redis=%s %s -> %s", redis->name, state_names[redis->state],
              state_names[state]);
    redis->state = state;
}

void redis_watch_oldest(struct redis *redis)
{
    int64_t wait = 0;

    if (!redis->first && !redis->has_to_go) {
        uv_timer_stop(&redis->timer);
        return;
    }
    if (!redis->has_to_go)
        wait = redis_command_deadline_ms(redis) - clock_steady_ms();
    uv_timer_start(&redis->timer, on_timer, wait > 0 ? (uint64_t)wait : 0, 0);
}

/* Sets the next try, and where it goes.  A server that was up is tried once
 * more; whoever is sent on goes at once, the first time: two nodes that do not
 * agree yet would send us to and fro. */
static void set_next_try(struct redis *redis, bool was_up)
{
    int64_t wait =
        random_backoff_ms(redis->tries, BACKOFF_BASE_MS, BACKOFF_CAP_MS);

    if (redis->is_sent_on && redis->tries == 0)
        wait = 0;
    if (!redis->is_sent_on && (!was_up || redis->has_to_go))
        redis_places_next(&redis->places);
    redis->tries++;
    redis->is_sent_on = redis->has_to_go = false;
    uv_timer_start(&redis->timer, on_timer, (uint64_t)wait, 0);
}

void redis_lose(struct redis *redis, int error, const char *reason)
{
    bool was_up = redis->state == UP;
    struct redis_link *link = redis->link;

    assert(redis->state != WAITING && redis->state != CLOSED);
    if (redis->is_sent_on)
        log_info("redis=%s sent on: %s", redis->name, reason);
    else if (was_up || redis->tries == 0)
        log_warn("redis=%s lost: %s", redis->name, reason);
    redis_move(redis, WAITING);
    redis->link = NULL;
    redis->loss = error;
    if (link)
        redisAsyncFree(link->context);
    set_next_try(redis, was_up);
    if (was_up)
        redis->on_state(redis->owner, false);
}

static void on_disconnected(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;

    (void)status;
    /* Not when we let go of it ourselves. */
    if (redis->state == UP || redis->state == GREETING)
        redis_lose(redis, E_CONNECTION,
                   context->errstr[0] ? context->errstr : "closed by Redis");
}

void redis_rise(struct redis *redis)
{
    redis->tries = 0;
    redis_move(redis, UP);
    log_info("redis=%s up", redis->name);
    redis->on_state(redis->owner, true);
}

/* A connection whose peer vanished without a word is noticed by the kernel. */
static void set_socket_options(int fd)
{
    int on = 1, limit_ms = 10000;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof limit_ms);
}

static void on_connected(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;

    if (redis->state != CONNECTING)
        return;
    if (status != REDIS_OK) {
        /* hiredis frees the context behind this call by itself. */
        redis->link = NULL;
        redis_lose(redis, E_UNAVAILABLE, context->errstr);
        return;
    }
    redis_move(redis, GREETING);
    redis_greet(redis);
}

static void connect_to(struct redis *redis, const char *address)
{
    const struct redis_url *url = redis_places_here(&redis->places);
    redisAsyncContext *context = url->path
                                     ? redisAsyncConnectUnix(url->path)
                                     : redisAsyncConnect(address, url->port);

    redis_move(redis, CONNECTING);
    if (!context || context->err) {
        if (context)
            redisAsyncFree(context);
        redis_lose(redis, E_UNAVAILABLE, "the connection could not be begun");
        return;
    }
    redis->loss = 0;
    context->data = redis;
    redis_link_open(redis->loop, context, &redis->link);
    if (!url->path)
        set_socket_options(context->c.fd);
    uv_timer_start(&redis->timer, on_timer, REDIS_CONNECT_LIMIT_MS, 0);
    redisAsyncSetDisconnectCallback(context, on_disconnected);
    redisAsyncSetConnectCallback(context, on_connected);
}

static void let_go(struct redis *redis)
{
    if (--redis->open_handles > 0)
        return;
    redis_places_finish(&redis->places);
    buffer_finish(&redis->line);
    free(redis->name);
    free(redis->key);
    free(redis);
}

static void on_resolved(uv_getaddrinfo_t *lookup, int status,
                        struct addrinfo *found)
{
    struct redis *redis = container_of(lookup, struct redis, lookup);
    char address[64] = "";

    redis->is_looking_up = false;
    if (status == 0)
        uv_ip_name(found->ai_addr, address, sizeof address);
    uv_freeaddrinfo(found);
    if (redis->state == CLOSED)
        let_go(redis);
    else if (status < 0)
        redis_lose(redis, E_UNAVAILABLE, uv_strerror(status));
    else
        connect_to(redis, address);
}

/* hiredis would look the name up on the loop thread. */
static void resolve(struct redis *redis)
{
    const struct redis_url *url = redis_places_here(&redis->places);
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM};
    int status;

    redis_move(redis, RESOLVING);
    if (url->path) {
        connect_to(redis, NULL);
        return;
    }
    status = uv_getaddrinfo(redis->loop, &redis->lookup, on_resolved, url->host,
                            NULL, &hints);
    redis->is_looking_up = status == 0;
    if (status < 0)
        redis_lose(redis, E_UNAVAILABLE, uv_strerror(status));
}

static void on_timer(uv_timer_t *handle)
{
    struct redis *redis = container_of(handle, struct redis, timer);

    if (redis->state == WAITING)
        resolve(redis);
    else if (redis->state == CONNECTING)
        redis_lose(redis, E_TIMEOUT, "connecting took too long");
    else if (redis->has_to_go)
        redis_lose(redis, E_CONNECTION, redis->reason);
    else if (redis->first &&
             redis_command_deadline_ms(redis) > clock_steady_ms())
        redis_watch_oldest(redis);
    else if (redis->first)
        redis_lose(redis, E_TIMEOUT, "a command took too long");
}

static void on_flush(uv_prepare_t *handle)
{
    struct redis *redis = container_of(handle, struct redis, flush);

    if (redis->on_flush)
        redis->on_flush(redis->owner);
    if (redis->link)
        redis_link_flush(redis->link);
}

/* Reads where it may go; false, with a sentence in `problem`, if that is
 * nothing that we can use. */
static bool read_places(struct redis *redis, const char *url,
                        char problem[static 256])
{
    if (redis_places_read(url, &redis->places) < 0) {
        snprintf(problem, 256, "this is no URL of a Redis server");
        return false;
    }
    for (size_t i = 0; i < redis->places.count; i++) {
        if (!redis->places.urls[i].is_tls)
            continue;
        snprintf(problem, 256,
                 "rediss:// needs hiredis 1.0 or newer, and this program was "
                 "built with hiredis %d.%d.%d",
                 HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
        redis_places_finish(&redis->places);
        return false;
    }
    return true;
}

struct redis *redis_create(uv_loop_t *loop, const struct redis_options *options,
                           redis_state_fn *on_state, void *owner,
                           char problem[static 256])
{
    struct redis *redis = xcalloc(1, sizeof *redis);

    if (!read_places(redis, options->url, problem)) {
        free(redis);
        return NULL;
    }
    redis->loop = loop;
    redis->name = xstrdup(options->name);
    redis->key = options->key ? xstrdup(options->key) : NULL;
    redis->limit_ms = options->limit_ms;
    redis->pending_max = options->pending_max;
    redis->on_state = on_state;
    redis->on_flush = options->on_flush;
    redis->owner = owner;
    redis->last = &redis->first;
    redis->open_handles = 2;
    redis->state = WAITING;
    uv_timer_init(loop, &redis->timer);
    uv_prepare_init(loop, &redis->flush);
    uv_prepare_start(&redis->flush, on_flush);
    uv_unref((uv_handle_t *)&redis->flush);
    resolve(redis);
    return redis;
}

static void on_timer_closed(uv_handle_t *handle)
{
    let_go(container_of(handle, struct redis, timer));
}

static void on_flush_closed(uv_handle_t *handle)
{
    let_go(container_of(handle, struct redis, flush));
}

void redis_destroy(struct redis *redis)
{
    struct redis_link *link;

    if (!redis)
        return;
    link = redis->link;
    redis_move(redis, CLOSED);
    redis->link = NULL;
    redis->loss = E_CANCELLED;
    if (link)
        redisAsyncFree(link->context);
    if (redis->is_looking_up) {
        redis->open_handles++;
        uv_cancel((uv_req_t *)&redis->lookup);
    }
    uv_close((uv_handle_t *)&redis->timer, on_timer_closed);
    uv_close((uv_handle_t *)&redis->flush, on_flush_closed);
}

bool redis_is_up(const struct redis *redis)
{
    return redis->state == UP;
}

int redis_send(struct redis *redis, const struct redis_text *arguments,
               size_t count, int64_t limit_ms, redis_done_fn *done, void *owner)
{
    if (redis->state != UP || redis->has_to_go)
        return E_UNAVAILABLE;
    if (redis->pending >= redis->pending_max)
        return E_BUSY;
    return redis_command_send(redis, arguments, count, limit_ms, done, owner);
}
