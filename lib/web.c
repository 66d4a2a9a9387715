/*
 * web.c - an HTTP/1.1 and WebSocket server on the loop
 *
 * A connection comes in at the reception, is counted by the visitors, and is a
 * caller from then on, whose requests are exchanges, until it becomes a
 * websocket or leaves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "caller.h"
#include "log.h"
#include "reception.h"
#include "web.h"
#include "wheel.h"
#include "xalloc.h"

enum { TICK_MS = 250 };

struct web {
    const struct web_events *events;
    void *owner;
    struct visitors *visitors;
    struct wheel *wheel;
    struct caller_limits caller_limits;
    struct exchange_limits exchange_limits;
    struct caller_list callers;
    struct websocket_server *websockets; /* NULL: none are taken */
    struct reception *reception;
    uint64_t turned_away; /* connections that were too many */
    bool is_destroyed;    /* and freed when the last visitor has left */
};

static void let_go(struct web *web)
{
    if (!web->is_destroyed || visitors_count(web->visitors))
        return;
    visitors_destroy(web->visitors);
    wheel_destroy(web->wheel);
    free(web);
}

static void on_left(void *owner, void *guest)
{
    struct web *web = owner;

    visitor_leave(guest);
    let_go(web);
}

static void upgrade(struct web *web, struct exchange *exchange)
{
    struct visitor *visitor = exchange_visitor(exchange);
    struct request request;
    char *address;
    int fd;

    if (!web->events->on_upgrade(web->owner, exchange))
        return;
    address = xstrdup(exchange_address(exchange));
    fd = caller_give(exchange_abandon(exchange, &request));
    if (fd >= 0)
        web->events->on_open(
            web->owner, websocket_open(web->websockets, fd, &request, visitor),
            address, &request);
    request_finish(&request);
    free(address);
}

static void on_request(void *owner, struct caller *caller,
                       const struct request *request)
{
    struct web *web = owner;
    struct exchange *exchange =
        exchange_begin(caller, request, &web->exchange_limits);

    /* A wish for another protocol may be passed over (RFC 9110, 7.8). */
    if (request->wants_upgrade && web->websockets &&
        websocket_is_asked(web->websockets, request))
        upgrade(web, exchange);
    else
        web->events->on_request(web->owner, exchange);
}

static void on_refuse(void *owner, enum request_verdict verdict,
                      struct buffer *answer)
{
    struct web *web = owner;

    web->events->on_refuse(web->owner, verdict, answer);
}

static void on_connection(void *owner, int fd, const char *address)
{
    static const struct caller_events events = {on_request, on_refuse, on_left};
    struct web *web = owner;
    struct visitor *visitor = visitors_enter(web->visitors, address);

    if (visitor) {
        caller_welcome(&web->callers, fd, address, visitor, &web->caller_limits,
                       &events, web);
    } else {
        log_info("address=%s turned away: too many connections", address);
        web->turned_away++;
        close(fd);
    }
}

struct web *web_create(const struct web_options *options,
                       const struct web_events *events, void *owner,
                       char problem[static 256])
{
    struct web *web = xcalloc(1, sizeof *web);

    web->events = events;
    web->owner = owner;
    web->visitors = visitors_create(&options->visitors);
    web->wheel = wheel_create(options->loop, TICK_MS);
    web->caller_limits = (struct caller_limits){.loop = options->loop,
                                                .wheel = web->wheel,
                                                .head_ms = options->head_ms,
                                                .idle_ms = options->idle_ms};
    web->exchange_limits =
        (struct exchange_limits){.wheel = web->wheel,
                                 .body_grace_ms = options->body_grace_ms,
                                 .body_least_s = options->body_least_s,
                                 .body_ms = options->body_ms};
    web->reception =
        reception_create(options->loop, options->host, options->port,
                         options->is_alone, on_connection, web, problem);
    if (!web->reception)
        goto fail;
    if (options->subprotocol)
        web->websockets = websocket_server_create(
            options->loop, web->wheel, options->subprotocol, on_left, web);
    return web;

fail:
    web_destroy(web);
    return NULL;
}

void web_close(struct web *web)
{
    web->caller_limits.is_leaving = true;
    reception_close(web->reception);
    caller_take_leave_of_all(&web->callers);
}

void web_cut(struct web *web)
{
    reception_close_now(web->reception);
    caller_dismiss_all(&web->callers);
    if (web->websockets)
        websocket_server_destroy(web->websockets);
    web->websockets = NULL;
}

void web_destroy(struct web *web)
{
    if (!web)
        return;
    reception_destroy(web->reception);
    caller_dismiss_all(&web->callers);
    websocket_server_destroy(web->websockets);
    web->is_destroyed = true;
    let_go(web);
}

int web_port(const struct web *web)
{
    return reception_port(web->reception);
}

bool web_is_empty(const struct web *web)
{
    return !reception_is_open(web->reception) && web_connections(web) == 0;
}

size_t web_connections(const struct web *web)
{
    return visitors_count(web->visitors);
}

uint64_t web_turned_away(const struct web *web)
{
    return web->turned_away;
}
