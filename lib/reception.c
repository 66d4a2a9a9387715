/*
 * reception.c - where connections come in
 *
 * The kernel wakes us when a connection's first bytes are there
 * (TCP_DEFER_ACCEPT), so a request can be read at once.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "reception.h"
#include "xalloc.h"

enum {
    BACKLOG = 4096,
    ACCEPTS_A_TURN = 64, /* so that new connections do not starve old ones */
    DEFER_S = 5,
};

struct reception {
    reception_fn *on_connection;
    void *owner;
    int fd;
    uv_poll_t poll;
    bool is_open;
};

static void welcome(struct reception *reception, int fd,
                    const struct sockaddr_storage *peer)
{
    char address[INET6_ADDRSTRLEN];
    int on = 1;

    if (uv_ip_name((const struct sockaddr *)peer, address, sizeof address) < 0)
        snprintf(address, sizeof address, "unknown");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    reception->on_connection(reception->owner, fd, address);
}

/* Lets in those who wait, so many at most. */
static void let_in(struct reception *reception, int most)
{
    struct sockaddr_storage peer;

    for (int i = 0; i < most && reception->is_open; i++) {
        socklen_t len = sizeof peer;
        int fd = accept4(reception->fd, (struct sockaddr *)&peer, &len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            welcome(reception, fd, &peer);
            continue;
        }
        if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
            log_warn("reception: accepting failed: %s", strerror(errno));
        return;
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status; /* accepting tells */
    (void)events;
    let_in(container_of(poll, struct reception, poll), ACCEPTS_A_TURN);
}

/* The address as the kernel wants it; 0 if `host` is none. */
static socklen_t make_address(const char *host, int port,
                              struct sockaddr_storage *address)
{
    if (uv_ip4_addr(host, port, (struct sockaddr_in *)address) == 0)
        return sizeof(struct sockaddr_in);
    if (uv_ip6_addr(host, port, (struct sockaddr_in6 *)address) == 0)
        return sizeof(struct sockaddr_in6);
    return 0;
}

static int listen_at(const char *host, int port, bool is_alone,
                     char problem[static 256])
{
    struct sockaddr_storage address = {0};
    socklen_t len = make_address(host, port, &address);
    int on = 1, off = 0, defer = DEFER_S;
    int fd;

    if (len == 0) {
        snprintf(problem, 256, "%.100s is no address to listen at", host);
        return -1;
    }
    fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!is_alone)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (address.ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &defer, sizeof defer);
    if (bind(fd, (struct sockaddr *)&address, len) < 0 ||
        listen(fd, BACKLOG) < 0) {
        snprintf(problem, 256, "cannot listen at %.100s port %d: %s", host,
                 port, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

struct reception *reception_create(uv_loop_t *loop, const char *host, int port,
                                   bool is_alone, reception_fn *on_connection,
                                   void *owner, char problem[static 256])
{
    struct reception *reception;
    int fd = listen_at(host, port, is_alone, problem);

    if (fd < 0)
        return NULL;
    reception = xcalloc(1, sizeof *reception);
    *reception = (struct reception){.on_connection = on_connection,
                                    .owner = owner,
                                    .fd = fd,
                                    .is_open = true};
    uv_poll_init(loop, &reception->poll, fd);
    uv_poll_start(&reception->poll, UV_READABLE, on_poll);
    return reception;
}

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct reception, poll));
}

void reception_close(struct reception *reception)
{
    if (!reception->is_open)
        return;
    let_in(reception, BACKLOG);
    reception->is_open = false;
    uv_poll_stop(&reception->poll);
    close(reception->fd);
}

void reception_destroy(struct reception *reception)
{
    if (!reception)
        return;
    reception_close(reception);
    uv_close((uv_handle_t *)&reception->poll, on_closed);
}

int reception_port(const struct reception *reception)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {0}};
    socklen_t len = sizeof address;

    if (getsockname(reception->fd, &address.any, &len) < 0)
        return -1;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
                                                   : address.v4.sin_port);
}
