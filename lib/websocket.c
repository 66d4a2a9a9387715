/*
 * websocket.c - WebSockets: the one door to libwebsockets
 *
 * libwebsockets 4.1.6 gets each connection with a handshake that we have
 * checked and written anew, so it never reads a stranger's head: with request
 * bodies and pipelined requests it loses data (see docs/decisions.md).
 *
 * Writing is eager, because asking it for a callback costs four epoll_ctl under
 * libuv.  Frames are made by us and go out raw: in the WebSocket role
 * LWS_WRITE_HTTP writes bytes as they stand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libwebsockets.h>

#include "buffer.h"
#include "errors.h"
#include "log.h"
#include "websocket.h"
#include "xalloc.h"

enum {
    SERVICE_BYTES = 64 * 1024, /* a read or write of this size at a time */
    SPARE_DESCRIPTORS = 100,
    CLOSE_S = 5,            /* for a peer to take its closing */
    SETTLE_TURNS = 16,      /* of the loop, until its handles are closed */
    CLOSE_TOO_LARGE = 1009, /* RFC 6455, 7.4.1 */
    KEEP_BYTES = 64 * 1024, /* of a message's memory, for the next one */
    REASON_BYTES_MAX = 123, /* RFC 6455, 5.5 */
};

struct websocket_server {
    struct lws_context *context;
    struct lws_vhost *vhost;
    void *loops[1]; /* libwebsockets keeps the array's address */
    struct lws_protocols protocols[2];
    void (*on_left)(void *owner, void *guest);
    void *owner;
    struct websocket *opening; /* in websocket_open, until it has met its wsi */
    struct websocket *first;   /* of those that have a wsi */
    uv_loop_t *loop;
    bool is_destroyed;   /* and freed when the last of them has left */
    int turns;           /* until libwebsockets has closed its handles */
    uv_timer_t farewell; /* to do so outside of their callbacks */
};

struct websocket {
    struct wire wire;
    struct websocket_server *server;
    struct websocket *next;  /* of the same server */
    struct websocket **link; /* what points to this one */
    void *guest;
    struct lws *wsi;                       /* NULL: none yet, or gone */
    const struct websocket_events *events; /* NULL: not served yet */
    void *owner;
    struct buffer message; /* what has come of it */
    size_t text_bytes;
    size_t binary_bytes;
    bool is_established;
    bool in_callback; /* libwebsockets is calling us */
    bool is_ending;   /* it ends when that call returns */
};

/* ---- ending ---- */

/* Asking to write wakes libwebsockets, which looks at its time limits only when
 * something happens. */
static void end_now(struct websocket *websocket)
{
    websocket->is_ending = true;
    if (websocket->in_callback)
        return;
    lws_set_timeout(websocket->wsi, PENDING_TIMEOUT_USER_REASON_BASE,
                    LWS_TO_KILL_ASYNC);
    lws_callback_on_writable(websocket->wsi);
}

/* libwebsockets says a reason of ours only where it has just read something, so
 * the closing frame is ours as all others are. */
static void write_closing(struct websocket *websocket, uint16_t code,
                          const char *reason)
{
    size_t len = strnlen(reason, REASON_BYTES_MAX);
    unsigned char frame[4 + REASON_BYTES_MAX] = {0x88, (unsigned char)(2 + len),
                                                 (unsigned char)(code >> 8),
                                                 (unsigned char)code};

    memcpy(frame + 4, reason, len);
    if (lws_write(websocket->wsi, frame, 4 + len, LWS_WRITE_HTTP) < 0)
        log_debug("websocket: the peer was gone before goodbye");
}

void websocket_close(struct websocket *websocket, uint16_t code,
                     const char *reason)
{
    if (websocket->is_ending)
        return;
    write_closing(websocket, code, reason);
    websocket->is_ending = true;
    if (!websocket->in_callback) {
        lws_set_timeout(websocket->wsi, PENDING_TIMEOUT_USER_REASON_BASE,
                        CLOSE_S);
        lws_callback_on_writable(websocket->wsi);
    }
}

/* ---- the wire ---- */

static struct websocket *websocket_of(struct wire *wire)
{
    return container_of(wire, struct websocket, wire);
}

static int websocket_write(struct wire *wire, const void *bytes, size_t len)
{
    struct websocket *websocket = websocket_of(wire);

    if (websocket->is_ending)
        return E_CONNECTION;
    /* Writes nothing into the buffer it is given, in spite of its type. */
    if (lws_write(websocket->wsi, (unsigned char *)bytes, len, LWS_WRITE_HTTP) <
        0) {
        end_now(websocket);
        return E_CONNECTION;
    }
    return 0;
}

static bool websocket_is_choked(const struct wire *wire)
{
    const struct websocket *websocket =
        container_of(wire, const struct websocket, wire);

    return lws_partial_buffered(websocket->wsi) != 0;
}

static void websocket_want_writable(struct wire *wire)
{
    lws_callback_on_writable(websocket_of(wire)->wsi);
}

static void websocket_hang_up(struct wire *wire)
{
    end_now(websocket_of(wire));
}

static const struct wire_kind kind = {websocket_write, websocket_is_choked,
                                      websocket_want_writable,
                                      websocket_hang_up};

struct wire *websocket_wire(struct websocket *websocket)
{
    return &websocket->wire;
}

/* A choked wire needs no ping: whether it lives shows when it is written to. */
void websocket_ping(struct websocket *websocket)
{
    static const char ping[] = {(char)0x89, 0};

    if (!websocket_is_choked(&websocket->wire) &&
        websocket_write(&websocket->wire, ping, sizeof ping) < 0)
        log_debug("websocket: a ping could not be written");
}

/* ---- what comes in ---- */

static void take_piece(struct websocket *websocket, const char *bytes,
                       size_t len)
{
    struct buffer *message = &websocket->message;
    bool is_binary = lws_frame_is_binary(websocket->wsi) != 0;
    bool is_last = lws_is_final_fragment(websocket->wsi) &&
                   lws_remaining_packet_payload(websocket->wsi) == 0;
    size_t limit = is_binary ? websocket->binary_bytes : websocket->text_bytes;

    if (message->len + len > limit) {
        websocket_close(websocket, CLOSE_TOO_LARGE, "message too large");
        return;
    }
    /* Most messages come in one piece and need no copy. */
    if (is_last && message->len == 0) {
        websocket->events->on_message(websocket->owner, bytes, len, is_binary);
        return;
    }
    buffer_add(message, bytes, len);
    if (!is_last)
        return;
    websocket->events->on_message(websocket->owner, message->bytes,
                                  message->len, is_binary);
    if (message->capacity > KEEP_BYTES)
        buffer_finish(message);
    else
        buffer_clear(message);
}

/* libwebsockets tells of a new connection inside the call that adopts it. */
static void meet(struct lws *wsi)
{
    struct websocket_server *server = lws_context_user(lws_get_context(wsi));
    struct websocket *websocket = server->opening;

    if (websocket && !websocket->wsi) {
        websocket->wsi = wsi;
        websocket->next = server->first;
        websocket->link = &server->first;
        if (websocket->next)
            websocket->next->link = &websocket->next;
        server->first = websocket;
        lws_set_opaque_user_data(wsi, websocket);
    }
}

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct websocket_server, farewell));
}

static void on_settled(uv_timer_t *timer)
{
    struct websocket_server *server =
        container_of(timer, struct websocket_server, farewell);

    if (--server->turns > 0)
        return;
    lws_context_destroy(server->context);
    uv_close((uv_handle_t *)timer, on_closed);
}

/* On a loop that is not its own, libwebsockets 4.1.6 closes its handles when it
 * is told to end, and frees its memory when it is told again after that. */
static void on_farewell(uv_timer_t *timer)
{
    struct websocket_server *server =
        container_of(timer, struct websocket_server, farewell);

    if (!server->context) {
        uv_close((uv_handle_t *)timer, on_closed);
        return;
    }
    lws_context_destroy(server->context);
    server->turns = SETTLE_TURNS;
    uv_timer_start(timer, on_settled, 1, 1);
}

static void part(struct websocket *websocket)
{
    struct websocket_server *server = websocket->server;

    lws_set_opaque_user_data(websocket->wsi, NULL);
    if (websocket->events)
        websocket->events->on_gone(websocket->owner);
    server->on_left(server->owner, websocket->guest);
    if (server->opening == websocket)
        server->opening = NULL;
    *websocket->link = websocket->next;
    if (websocket->next)
        websocket->next->link = websocket->link;
    buffer_finish(&websocket->message);
    free(websocket);
    if (!server->first && server->is_destroyed)
        uv_timer_start(&server->farewell, on_farewell, 0, 0);
}

static void tell(struct websocket *websocket, enum lws_callback_reasons reason,
                 const char *bytes, size_t len)
{
    switch ((int)reason) {
    case LWS_CALLBACK_ESTABLISHED:
        websocket->is_established = true;
        break;
    case LWS_CALLBACK_RECEIVE:
        take_piece(websocket, bytes, len);
        break;
    case LWS_CALLBACK_RECEIVE_PONG:
        websocket->events->on_pong(websocket->owner);
        break;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        websocket->events->on_writable(websocket->owner);
        break;
    }
}

static int on_callback(struct lws *wsi, enum lws_callback_reasons reason,
                       void *user, void *bytes, size_t len)
{
    struct websocket *websocket;

    (void)user;
    if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED)
        meet(wsi);
    if (reason == LWS_CALLBACK_HTTP)
        return -1; /* nobody comes here but for a websocket */
    if (reason == LWS_CALLBACK_PROTOCOL_INIT ||
        reason == LWS_CALLBACK_PROTOCOL_DESTROY ||
        !(websocket = lws_get_opaque_user_data(wsi)))
        return 0;
    if (reason == LWS_CALLBACK_WSI_DESTROY) {
        part(websocket);
        return 0;
    }
    if (!websocket->is_ending) {
        websocket->in_callback = true;
        tell(websocket, reason, bytes, len);
        websocket->in_callback = false;
    }
    return websocket->is_ending ? -1 : 0;
}

/* ---- the server ---- */

static void on_lws_log(int level, const char *line)
{
    (void)level;
    log_debug("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

struct websocket_server *
websocket_server_create(uv_loop_t *loop, const char *subprotocol,
                        size_t connections_max,
                        void (*on_left)(void *owner, void *guest), void *owner)
{
    struct websocket_server *server = xcalloc(1, sizeof *server);
    struct lws_context_creation_info info = {0};

    server->on_left = on_left;
    server->owner = owner;
    server->loop = loop;
    server->loops[0] = loop;
    server->protocols[0] =
        (struct lws_protocols){.name = subprotocol,
                               .callback = on_callback,
                               .rx_buffer_size = SERVICE_BYTES};
    lws_set_log_level(LLL_ERR | LLL_WARN, on_lws_log);
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.protocols = server->protocols;
    info.user = server;
    info.foreign_loops = server->loops;
    info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_VALIDATE_UTF8 |
                   LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.pt_serv_buf_size = SERVICE_BYTES;
    info.fd_limit_per_thread = (unsigned)connections_max + SPARE_DESCRIPTORS;
    server->context = lws_create_context(&info);
    if (server->context)
        server->vhost = lws_create_vhost(server->context, &info);
    if (!server->vhost) {
        log_error("libwebsockets cannot be started (is the package "
                  "libwebsockets-evlib-uv installed?)");
        websocket_server_destroy(server);
        return NULL;
    }
    return server;
}

/* libwebsockets 4.1.6 on a foreign loop forgets its own memory where a context
 * ends before its sockets, so they go first. */
void websocket_server_destroy(struct websocket_server *server)
{
    if (!server)
        return;
    server->is_destroyed = true;
    uv_timer_init(server->loop, &server->farewell);
    for (struct websocket *each = server->first; each; each = each->next)
        end_now(each);
    if (!server->first)
        on_farewell(&server->farewell);
}

bool websocket_is_asked(const struct websocket_server *server,
                        const struct request *request)
{
    enum { KEY_LEN = 24 }; /* 16 bytes in base64 */
    const char *key = request_header(request, "sec-websocket-key");
    const char *version = request_header(request, "sec-websocket-version");

    return strcmp(request->method, "GET") == 0 && request->body_bytes == 0 &&
           request_lists(request, "upgrade", "websocket") && key &&
           strlen(key) == KEY_LEN && version && strcmp(version, "13") == 0 &&
           request_lists(request, "sec-websocket-protocol",
                         server->protocols[0].name);
}

/* The handshake as libwebsockets gets it. */
static void write_handshake(struct buffer *head,
                            const struct websocket_server *server,
                            const struct request *request)
{
    buffer_printf(head,
                  "GET / HTTP/1.1\r\nHost: localhost\r\n"
                  "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n"
                  "Sec-WebSocket-Protocol: %s\r\n\r\n",
                  request_header(request, "sec-websocket-key"),
                  server->protocols[0].name);
}

struct websocket *websocket_open(struct websocket_server *server, int fd,
                                 const struct request *request, void *guest)
{
    struct websocket *websocket = xcalloc(1, sizeof *websocket);
    struct buffer head = {0};

    websocket->wire.kind = &kind;
    websocket->server = server;
    websocket->guest = guest;
    write_handshake(&head, server, request);
    server->opening = websocket;
    lws_adopt_socket_vhost_readbuf(server->vhost, fd, head.bytes, head.len);
    buffer_finish(&head);
    if (!server->opening)
        return NULL; /* it ended again, and part() has freed it */
    server->opening = NULL;
    if (websocket->is_established)
        return websocket;
    if (websocket->wsi) {
        end_now(websocket);
    } else {
        server->on_left(server->owner, guest);
        free(websocket);
    }
    return NULL;
}

void websocket_serve(struct websocket *websocket,
                     const struct websocket_events *events, void *owner,
                     size_t text_bytes, size_t binary_bytes)
{
    websocket->events = events;
    websocket->owner = owner;
    websocket->text_bytes = text_bytes;
    websocket->binary_bytes = binary_bytes;
}
