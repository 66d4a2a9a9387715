/*
 * floor_loop.c - the loop of the programs that do as little as can be done
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

#include "floor_loop.h"
#include "log.h"
#include "xalloc.h"

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

static void let_in(const struct floor *floor, int epoll, int listener)
{
    struct floor_caller *caller = xcalloc(1, floor->caller_bytes);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = caller};
    int on = 1;

    caller->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    setsockopt(caller->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_ctl(epoll, EPOLL_CTL_ADD, caller->fd, &event);
}

static void hear(const struct floor *floor, struct floor_caller *caller,
                 char *bytes)
{
    ssize_t got = recv(caller->fd, bytes, floor->read_bytes, 0);

    if (got > 0 && floor->serve(caller, bytes, (size_t)got))
        return;
    if (floor->forget)
        floor->forget(caller);
    close(caller->fd);
    free(caller);
}

int floor_run(const struct floor *floor, int argc, char **argv)
{
    struct epoll_event event = {.events = EPOLLIN};
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    char *bytes = xmalloc(floor->read_bytes);
    int listener;

    log_open(floor->name, LOG_INFO, LOG_TEXT);
    if (argc != 2)
        fatal("usage: %s PORT", argv[0]);
    listener = listen_at(atoi(argv[1]));
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    printf("ready\n");
    fflush(stdout);
    while (epoll_wait(epoll, &event, 1, -1) >= 0 || errno == EINTR) {
        if (event.data.ptr)
            hear(floor, event.data.ptr, bytes);
        else
            let_in(floor, epoll, listener);
    }
    return EXIT_FAILURE;
}
