/*
 * websocket.c - WebSockets: a line, what comes on it, and how it ends
 *
 * What is written goes to the line as it stands.  It ends as RFC 6455 has it
 * (7.1): a closing frame, then the line's goodbye, which throws away what the
 * client still sends, so that the frame is not lost on its way.
 */
#include <stdlib.h>
#include <string.h>

#include "frame_reader.h"
#include "handshake.h"
#include "line.h"
#include "log.h"
#include "websocket.h"
#include "xalloc.h"

enum {
    FINAL_CLOSE = 0x88, /* first bytes of our frames */
    FINAL_PING = 0x89,
    FINAL_PONG = 0x8a,
    CODE_BYTES = 2,
};

struct websocket_server {
    uv_loop_t *loop;
    struct wheel *wheel;
    const char *subprotocol;
    void (*on_left)(void *owner, void *guest);
    void *owner;
    struct websocket *first;
};

struct websocket {
    struct websocket_server *server;
    struct websocket *next;
    struct websocket **place; /* the pointer that points here */
    void *guest;
    struct line *line;
    const struct websocket_events *events; /* NULL: not served yet */
    void *owner;
    struct frame_reader reader;
    bool is_leaving; /* the client has said goodbye, with this code */
    uint16_t leaving_code;
    bool is_closed; /* we have said it too, or the client is gone */
};

/* ---- what goes out ---- */

struct wire *websocket_wire(struct websocket *websocket)
{
    return line_wire(websocket->line);
}

/* Writes a control frame.  Its line may be gone already, which is told soon. */
static void write_control(struct websocket *websocket, unsigned char first,
                          const void *bytes, size_t len)
{
    char frame[2 + FRAME_CONTROL_BYTES_MAX] = {(char)first, (char)len};

    if (len)
        memcpy(frame + 2, bytes, len);
    if (wire_write(websocket_wire(websocket), frame, 2 + len) < 0)
        log_debug("websocket: the peer was gone before a control frame");
}

/* A choked wire needs no ping: whether it lives shows when it is written to. */
void websocket_ping(struct websocket *websocket)
{
    if (!wire_is_choked(websocket_wire(websocket)))
        write_control(websocket, FINAL_PING, NULL, 0);
}

/* ---- ending ---- */

static void end(struct websocket *websocket)
{
    websocket->is_closed = true;
    frame_reader_stop(&websocket->reader);
    line_end(websocket->line);
}

void websocket_close(struct websocket *websocket, uint16_t code,
                     const char *reason)
{
    char payload[FRAME_CONTROL_BYTES_MAX] = {(char)(code >> 8), (char)code};
    size_t len = strnlen(reason, sizeof payload - CODE_BYTES);

    if (websocket->is_closed)
        return;
    memcpy(payload + CODE_BYTES, reason, len);
    write_control(websocket, FINAL_CLOSE, payload, CODE_BYTES + len);
    end(websocket);
}

static void on_gone(void *owner)
{
    struct websocket *websocket = owner;
    struct websocket_server *server = websocket->server;

    *websocket->place = websocket->next;
    if (websocket->next)
        websocket->next->place = websocket->place;
    if (websocket->events)
        websocket->events->on_gone(websocket->owner);
    server->on_left(server->owner, websocket->guest);
    frame_reader_finish(&websocket->reader);
    free(websocket);
}

/* ---- what comes in ---- */

static void on_message(void *owner, const char *bytes, size_t len,
                       bool is_binary)
{
    struct websocket *websocket = owner;

    websocket->events->on_message(websocket->owner, bytes, len, is_binary);
}

/* A client that asks for more pongs than it takes gets none: it could else fill
 * our memory. */
static void on_ping(void *owner, const char *bytes, size_t len)
{
    struct websocket *websocket = owner;

    if (!wire_is_choked(websocket_wire(websocket)))
        write_control(websocket, FINAL_PONG, bytes, len);
}

static void on_pong(void *owner)
{
    struct websocket *websocket = owner;

    websocket->events->on_pong(websocket->owner);
}

/* What was asked before it is answered before it is. */
static void on_close(void *owner, uint16_t code)
{
    struct websocket *websocket = owner;

    websocket->is_leaving = true;
    websocket->leaving_code = code;
    wire_want_writable(websocket_wire(websocket));
}

/* A close is answered with the same code. */
static void take_leave(struct websocket *websocket)
{
    if (wire_is_choked(websocket_wire(websocket))) {
        wire_want_writable(websocket_wire(websocket));
    } else if (websocket->leaving_code != CLOSE_NO_CODE) {
        websocket_close(websocket, websocket->leaving_code, "");
    } else {
        write_control(websocket, FINAL_CLOSE, NULL, 0);
        end(websocket);
    }
}

static void on_bytes(void *owner, const char *bytes, size_t len)
{
    static const struct frame_events events = {on_message, on_ping, on_pong,
                                               on_close};
    struct websocket *websocket = owner;
    const char *problem;
    uint16_t code = frame_reader_read(&websocket->reader, &events, websocket,
                                      bytes, len, &problem);

    if (code)
        websocket_close(websocket, code, problem);
}

/* The client hung up without a word. */
static void on_end(void *owner)
{
    end(owner);
}

static void on_writable(void *owner)
{
    struct websocket *websocket = owner;

    websocket->events->on_writable(websocket->owner);
    if (websocket->is_leaving && !websocket->is_closed)
        take_leave(websocket);
}

/* ---- the server ---- */

struct websocket_server *
websocket_server_create(uv_loop_t *loop, struct wheel *wheel,
                        const char *subprotocol,
                        void (*on_left)(void *owner, void *guest), void *owner)
{
    struct websocket_server *server = xcalloc(1, sizeof *server);

    *server = (struct websocket_server){.loop = loop,
                                        .wheel = wheel,
                                        .subprotocol = subprotocol,
                                        .on_left = on_left,
                                        .owner = owner};
    return server;
}

void websocket_server_destroy(struct websocket_server *server)
{
    if (!server)
        return;
    while (server->first)
        line_cut(server->first->line);
    free(server);
}

bool websocket_is_asked(const struct websocket_server *server,
                        const struct request *request)
{
    return handshake_is_asked(request, server->subprotocol);
}

static void enter_list(struct websocket *websocket)
{
    struct websocket_server *server = websocket->server;

    websocket->place = &server->first;
    websocket->next = server->first;
    if (websocket->next)
        websocket->next->place = &websocket->next;
    server->first = websocket;
}

struct websocket *websocket_open(struct websocket_server *server, int fd,
                                 const struct request *request, void *guest)
{
    static const struct line_events events = {on_bytes, on_end, on_writable,
                                              on_gone};
    struct websocket *websocket = xcalloc(1, sizeof *websocket);
    struct buffer answer = {0};

    websocket->server = server;
    websocket->guest = guest;
    websocket->line =
        line_open(server->loop, server->wheel, fd, &events, websocket);
    enter_list(websocket);
    handshake_write(request, server->subprotocol, &answer);
    if (wire_write(websocket_wire(websocket), answer.bytes, answer.len) < 0)
        log_debug("websocket: the peer was gone before its handshake's answer");
    buffer_finish(&answer);
    return websocket;
}

void websocket_serve(struct websocket *websocket,
                     const struct websocket_events *events, void *owner,
                     size_t text_bytes, size_t binary_bytes)
{
    websocket->events = events;
    websocket->owner = owner;
    websocket->reader.text_bytes = text_bytes;
    websocket->reader.binary_bytes = binary_bytes;
}
