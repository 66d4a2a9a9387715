#pragma once

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "basics.h"
#include "request.h"
#include "wheel.h"
#include "wire.h"

/*
 * WebSockets (RFC 6455).  What we write goes out as it stands, so a frame is
 * made once and shared by everyone it is sent to (see frame.h), and several can
 * go out in one write.
 */
struct websocket_server;
struct websocket;

struct websocket_events {
    /* A whole message, borrowed for the call. */
    void (*on_message)(void *owner, const char *bytes, size_t len,
                       bool is_binary);
    void (*on_writable)(void *owner); /* after wire_want_writable */
    void (*on_pong)(void *owner);
    void (*on_gone)(void *owner); /* once; the websocket is no more */
};

/* `subprotocol` is the one that clients ask for; borrowed.  `on_left` is told
 * of each websocket's end, with the guest that came with it.  The wheel
 * outlives it. */
struct websocket_server *websocket_server_create(
    uv_loop_t *loop, struct wheel *wheel, const char *subprotocol,
    void (*on_left)(void *owner, void *guest), void *owner) MUST_CHECK;

/* Ends those that are open. */
void websocket_server_destroy(struct websocket_server *server);

/* Whether the request is a well-formed handshake that asks for the subprotocol.
 */
bool websocket_is_asked(const struct websocket_server *server,
                        const struct request *request);

/*
 * Takes over the socket of such a request and answers the handshake.
 * websocket_serve must follow before the loop turns.
 */
struct websocket *websocket_open(struct websocket_server *server, int fd,
                                 const struct request *request,
                                 void *guest) MUST_CHECK;

/*
 * Who serves it.  A message of more than `text_bytes` or `binary_bytes` closes
 * it with 1009; text that is not UTF-8 with 1007; broken frames with 1002.
 */
void websocket_serve(struct websocket *websocket,
                     const struct websocket_events *events, void *owner,
                     size_t text_bytes, size_t binary_bytes);

/* What frames are written to. */
struct wire *websocket_wire(struct websocket *websocket);

/* Writes a ping; its answer is told by on_pong. */
void websocket_ping(struct websocket *websocket);

/* Closes with a code and a reason (123 bytes at most); on_gone follows when the
 * peer has taken it, or soon. */
void websocket_close(struct websocket *websocket, uint16_t code,
                     const char *reason);
