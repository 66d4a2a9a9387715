/*
 * floor_fanout.c - what handing one event to many costs at least
 *
 *   floor_fanout PORT
 *
 * Bare epoll: a WebSocket is whatever asks to be one, what is posted becomes a
 * frame once, and is sent to each of them by one call.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "frame.h"
#include "log.h"
#include "xalloc.h"

enum { READ_BYTES = 64 * 1024, LISTENERS_MAX = 20000 };

/* The load client always asks with the key of RFC 6455's example. */
static const char welcome[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char thanks[] = "HTTP/1.1 204 No Content\r\n\r\n";

struct caller {
    int fd;
    bool is_listener;
};

static struct caller *listeners[LISTENERS_MAX];
static size_t listener_count;

static int listen_at(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, 4096) < 0)
        fatal("port %d: %s", port, strerror(errno));
    return fd;
}

static void say(const struct caller *caller, const char *bytes, size_t len)
{
    if (send(caller->fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
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
static void serve(struct caller *caller, char *bytes, size_t len)
{
    const char *end = memmem(bytes, len, "\r\n\r\n", 4);

    if (caller->is_listener || !end)
        return;
    if (len >= 4 && memcmp(bytes, "POST", 4) == 0) {
        publish(end + 4, len - (size_t)(end + 4 - bytes));
        say(caller, thanks, strlen(thanks));
    } else if (listener_count < LISTENERS_MAX) {
        caller->is_listener = true;
        listeners[listener_count++] = caller;
        say(caller, welcome, strlen(welcome));
    }
}

static void forget(struct caller *caller)
{
    for (size_t i = 0; i < listener_count; i++)
        if (listeners[i] == caller)
            listeners[i] = listeners[--listener_count];
    close(caller->fd);
    free(caller);
}

static void let_in(int epoll, int listener)
{
    struct caller *caller = xcalloc(1, sizeof *caller);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = caller};
    int on = 1;

    caller->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    setsockopt(caller->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_ctl(epoll, EPOLL_CTL_ADD, caller->fd, &event);
}

int main(int argc, char **argv)
{
    struct epoll_event event = {.events = EPOLLIN};
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    char *bytes = xmalloc(READ_BYTES);
    int listener;

    log_open("floor", LOG_INFO, LOG_TEXT);
    if (argc != 2)
        fatal("usage: %s PORT", argv[0]);
    listener = listen_at(atoi(argv[1]));
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    printf("ready\n");
    fflush(stdout);
    while (epoll_wait(epoll, &event, 1, -1) >= 0 || errno == EINTR) {
        struct caller *caller = event.data.ptr;
        ssize_t got;

        if (!caller) {
            let_in(epoll, listener);
            continue;
        }
        got = recv(caller->fd, bytes, READ_BYTES, 0);
        if (got <= 0)
            forget(caller);
        else
            serve(caller, bytes, (size_t)got);
    }
    return EXIT_FAILURE;
}
