/*
 * stub_recognition.c - a recognition service that answers at once
 *
 *   stub_recognition PORT
 *
 * Every photo shows nobody.  It reads a request to its end, answers, and looks
 * at nothing: what it takes is what any service would take at least.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "log.h"
#include "xalloc.h"

enum { READ_BYTES = 1024 * 1024 };

static const char answer[] = "HTTP/1.1 200 OK\r\n"
                             "Content-Type: application/x-amz-json-1.1\r\n"
                             "Content-Length: 18\r\n\r\n"
                             "{\"FaceDetails\":[]}";

struct caller {
    int fd;
    struct buffer head; /* until it is whole */
    size_t left;        /* of the body */
};

static int listen_at(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, 64) < 0)
        fatal("port %d: %s", port, strerror(errno));
    return fd;
}

static void say(const struct caller *caller, const char *text)
{
    if (send(caller->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        log_info("an answer was not taken");
}

/* Takes bytes of the head, and returns how many belong to the body. */
static size_t take_head(struct caller *caller, const char *bytes, size_t len)
{
    const char *text, *end, *length;
    size_t body;

    buffer_add(&caller->head, bytes, len);
    text = buffer_text(&caller->head);
    end = strstr(text, "\r\n\r\n");
    if (!end)
        return 0;
    body = caller->head.len - (size_t)(end + 4 - text);
    length = strcasestr(text, "\r\ncontent-length:");
    caller->left = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    if (strcasestr(text, "\r\nexpect: 100-continue"))
        say(caller, "HTTP/1.1 100 Continue\r\n\r\n");
    return body;
}

/* False if the caller has gone. */
static bool serve(struct caller *caller, char *bytes)
{
    ssize_t got = recv(caller->fd, bytes, READ_BYTES, 0);
    size_t len = got > 0 ? (size_t)got : 0;
    bool had_head = caller->left > 0;

    if (got <= 0)
        return false;
    if (!had_head) {
        len = take_head(caller, bytes, len);
        if (!strstr(buffer_text(&caller->head), "\r\n\r\n"))
            return true;
    }
    caller->left -= len < caller->left ? len : caller->left;
    if (caller->left == 0) {
        say(caller, answer);
        buffer_clear(&caller->head);
    }
    return true;
}

static void welcome(int epoll, int listener)
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

    log_open("stub", LOG_INFO, LOG_TEXT);
    if (argc != 2)
        fatal("usage: %s PORT", argv[0]);
    listener = listen_at(atoi(argv[1]));
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    printf("ready\n");
    fflush(stdout);
    while (epoll_wait(epoll, &event, 1, -1) >= 0 || errno == EINTR) {
        struct caller *caller = event.data.ptr;

        if (!caller) {
            welcome(epoll, listener);
        } else if (!serve(caller, bytes)) {
            close(caller->fd);
            buffer_finish(&caller->head);
            free(caller);
        }
    }
    return EXIT_FAILURE;
}
