/*
 * floor_upload.c - what taking an upload costs at least
 *
 *   floor_upload PORT
 *
 * Bare epoll: a request is read to its end, nothing in it is looked at, and its
 * length is answered.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "xalloc.h"

enum { READ_BYTES = 512 * 1024 };

struct caller {
    int fd;
    size_t left; /* of the body */
    size_t body;
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

static void answer(const struct caller *caller)
{
    char text[96], body[24];
    int len = snprintf(body, sizeof body, "%zu", caller->body);

    len =
        snprintf(text, sizeof text,
                 "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len, body);
    if (send(caller->fd, text, (size_t)len, MSG_NOSIGNAL) < 0)
        log_info("an answer was not taken");
}

/* A head is taken to come whole.  False if the caller has gone. */
static bool serve(struct caller *caller, char *bytes)
{
    ssize_t got = recv(caller->fd, bytes, READ_BYTES, 0);
    size_t len = got > 0 ? (size_t)got : 0;

    if (got <= 0)
        return false;
    if (caller->left == 0) {
        const char *end = memmem(bytes, len, "\r\n\r\n", 4);
        const char *length = memmem(bytes, len, "Content-Length: ", 16);

        if (!end || !length)
            return false;
        caller->left = caller->body = strtoul(length + 16, NULL, 10);
        len -= (size_t)(end + 4 - bytes);
    }
    caller->left -= len < caller->left ? len : caller->left;
    if (caller->left == 0)
        answer(caller);
    return true;
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

        if (!caller) {
            caller = xcalloc(1, sizeof *caller);
            caller->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
            event = (struct epoll_event){.events = EPOLLIN, .data.ptr = caller};
            epoll_ctl(epoll, EPOLL_CTL_ADD, caller->fd, &event);
        } else if (!serve(caller, bytes)) {
            close(caller->fd);
            free(caller);
        }
    }
    return EXIT_FAILURE;
}
