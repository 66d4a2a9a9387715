#pragma once

#include <stddef.h>

#include <uv.h>

#include "basics.h"
#include "buffer.h"
#include "exchange.h"
#include "visitors.h"
#include "websocket.h"

/*
 * An HTTP/1.1 and WebSocket server on the loop.  TLS is ended in front of it.
 */
struct web;

struct web_options {
    uv_loop_t *loop;
    const char *host;
    int port;                /* 0: any free one; see web_port */
    bool is_alone;           /* no other process may listen at the port */
    const char *subprotocol; /* of WebSockets; NULL: none are taken */
    struct visitors_limits visitors;
    int64_t head_ms;       /* that a head may take */
    int64_t idle_ms;       /* between two requests of a connection */
    int64_t body_grace_ms; /* that a body may be slow */
    size_t body_least_s;   /* bytes a second that it must make after that */
    int64_t body_ms;       /* that a body may take at all; 0: any time */
};

struct web_events {
    /* A request: answer it, now or later. */
    void (*on_request)(void *owner, struct exchange *exchange);
    /* A client wants a websocket, and its handshake is well formed.  True: it
     * may have it, the exchange is gone, and `on_open` follows with its
     * address and request.  False: the exchange was answered. */
    bool (*on_upgrade)(void *owner, struct exchange *exchange);
    void (*on_open)(void *owner, struct websocket *websocket,
                    const char *address, const struct request *request);
    /* Fills the whole answer to a head that is refused: a verdict, or
     * REQUEST_UNFINISHED for one that took too long. */
    void (*on_refuse)(void *owner, enum request_verdict verdict,
                      struct buffer *answer);
};

/* NULL, with the reason in `problem`, if it cannot listen there. */
struct web *web_create(const struct web_options *options,
                       const struct web_events *events, void *owner,
                       char problem[static 256]) MUST_CHECK;

/* Takes no more connections but those that have begun, which may ask once, and
 * says goodbye to those that ask nothing now; others may finish what they are
 * at. */
void web_close(struct web *web);

/* Ends every connection that is left, and lets nobody in any more; the web
 * itself stays. */
void web_cut(struct web *web);

/* Ends every connection; everybody is told, if not at once then as the loop
 * turns. */
void web_destroy(struct web *web);

int web_port(const struct web *web);

/* Whether everybody has left a web that was closed. */
bool web_is_empty(const struct web *web);
size_t web_connections(const struct web *web);

/* How many connections were turned away so far, because there were too many. */
uint64_t web_turned_away(const struct web *web);
