/*
 * floor_fanout.c - what handing one event to many costs at least
 *
 *   floor_fanout PORT
 *
 * Bare epoll: a WebSocket is whatever asks to be one, what is posted becomes a
 * frame once, and is sent to each of them by one call.
 */
#include <string.h>
#include <sys/socket.h>

#include "floor_loop.h"
#include "frame.h"
#include "log.h"

enum { READ_BYTES = 64 * 1024, LISTENERS_MAX = 20000 };

/* The load client always asks with the key of RFC 6455's example. */
static const char welcome[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char thanks[] = "HTTP/1.1 204 No Content\r\n\r\n";

struct caller {
    struct floor_caller at;
    bool is_listener;
};

static struct caller *listeners[LISTENERS_MAX];
static size_t listener_count;

static void say(const struct caller *caller, const char *bytes, size_t len)
{
    if (send(caller->at.fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
        fatal("a client is too slow for the floor");
}

static void publish(const char *text, size_t len)
{
    struct frame *frame = frame_text(text, len);

    for (size_t i = 0; i < listener_count; i++)
        say(listeners[i], frame->bytes, frame->len);
    frame_unref(frame);
}

/* A request is taken to come whole. */
static bool serve(void *owner, const char *bytes, size_t len)
{
    struct caller *caller = owner;
    const char *end = memmem(bytes, len, "\r\n\r\n", 4);

    if (caller->is_listener || !end)
        return true;
    if (len >= 4 && memcmp(bytes, "POST", 4) == 0) {
        publish(end + 4, len - (size_t)(end + 4 - bytes));
        say(caller, thanks, strlen(thanks));
    } else if (listener_count < LISTENERS_MAX) {
        caller->is_listener = true;
        listeners[listener_count++] = caller;
        say(caller, welcome, strlen(welcome));
    }
    return true;
}

static void forget(void *caller)
{
    for (size_t i = 0; i < listener_count; i++)
        if (listeners[i] == caller)
            listeners[i] = listeners[--listener_count];
}

int main(int argc, char **argv)
{
    static const struct floor floor = {.name = "floor",
                                       .caller_bytes = sizeof(struct caller),
                                       .read_bytes = READ_BYTES,
                                       .serve = serve,
                                       .forget = forget};

    return floor_run(&floor, argc, argv);
}
