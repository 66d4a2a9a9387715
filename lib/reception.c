/*
 * reception.c - where connections come in
 *
 * The kernel wakes us when a connection's first bytes are there
 * (TCP_DEFER_ACCEPT), so a request can be read at once.
 *
 * The kernel gives a connection to one of the sockets at a port with its first
 * packet, and resets it if that socket is closed before it is accepted, whoever
 * else listens there.  So a reception closes in two steps: first it takes no
 * first packets, which their senders repeat after a second, to somebody else by
 * then; and when the connections that were begun before are in, it is closed.
 */
#include <errno.h>
#include <linux/filter.h>
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
    LINGER_MS = 250, /* while connections come to be; less than a second */
    FLAGS_BYTE = 13, /* of a TCP header */
    FLAG_SYN = 0x02,
    FLAG_ACK = 0x10,
};

struct reception {
    reception_fn *on_connection;
    void *owner;
    int fd;
    uv_poll_t poll;
    uv_timer_t linger;
    bool is_open;
    int open_handles; /* that keep this struct alive */
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
                                    .is_open = true,
                                    .open_handles = 2};
    uv_timer_init(loop, &reception->linger);
    uv_poll_init(loop, &reception->poll, fd);
    uv_poll_start(&reception->poll, UV_READABLE, on_poll);
    return reception;
}

/* ---- the end ---- */

/* False if the kernel will not. */
static bool refuse_first_packets(int fd)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, FLAGS_BYTE),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, FLAG_SYN | FLAG_ACK),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FLAG_SYN, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    const struct sock_fprog filter = {.len = COUNT(steps), .filter = steps};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
                      sizeof filter) == 0;
}

void reception_close_now(struct reception *reception)
{
    if (!reception->is_open)
        return;
    let_in(reception, BACKLOG);
    reception->is_open = false;
    uv_timer_stop(&reception->linger);
    uv_poll_stop(&reception->poll);
    close(reception->fd);
}

static void on_linger_over(uv_timer_t *timer)
{
    reception_close_now(container_of(timer, struct reception, linger));
}

/* Those who have connected and said nothing yet come in as well. */
void reception_close(struct reception *reception)
{
    int off = 0;

    if (!reception->is_open || uv_is_active((uv_handle_t *)&reception->linger))
        return;
    setsockopt(reception->fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &off, sizeof off);
    if (refuse_first_packets(reception->fd))
        uv_timer_start(&reception->linger, on_linger_over, LINGER_MS, 0);
    else
        reception_close_now(reception);
}

bool reception_is_open(const struct reception *reception)
{
    return reception->is_open;
}

static void let_go(struct reception *reception)
{
    if (--reception->open_handles == 0)
        free(reception);
}

static void on_poll_closed(uv_handle_t *handle)
{
    let_go(container_of(handle, struct reception, poll));
}

static void on_linger_closed(uv_handle_t *handle)
{
    let_go(container_of(handle, struct reception, linger));
}

void reception_destroy(struct reception *reception)
{
    if (!reception)
        return;
    reception_close_now(reception);
    uv_close((uv_handle_t *)&reception->poll, on_poll_closed);
    uv_close((uv_handle_t *)&reception->linger, on_linger_closed);
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
