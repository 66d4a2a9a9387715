/*
 * proxy_pairs.c - the connections that go through a door
 *
 * Everything here is done on the door's thread, inside its lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "proxy_parts.h"
#include "xalloc.h"

enum { PIECE_BYTES = 64 * 1024 };

_Noreturn void proxy_give_up(const char *what)
{
    fprintf(stderr, "proxy: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

/* ---- addresses ---- */

socklen_t proxy_address(union address *address, const char *path, int port)
{
    memset(address, 0, sizeof *address);
    if (path) {
        address->un.sun_family = AF_UNIX;
        snprintf(address->un.sun_path, sizeof address->un.sun_path, "%s", path);
        return sizeof address->un;
    }
    address->in.sin_family = AF_INET;
    address->in.sin_port = htons((uint16_t)port);
    address->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof address->in;
}

/* A socket that never blocks; connecting to loopback does not take long. */
int proxy_socket(const char *path)
{
    int fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        proxy_give_up("no socket");
    return fd;
}

static void be_quick(int fd)
{
    int on = 1;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* ---- pairs ---- */

/* A reset rather than an end, where the socket knows one. */
static void slam(int fd)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void pair_cut(struct pair *pair)
{
    slam(pair->flows[PROXY_UP].from);
    slam(pair->flows[PROXY_UP].to);
    pair->is_over = true;
}

static void pair_destroy(struct pair *pair)
{
    close(pair->flows[PROXY_UP].from);
    close(pair->flows[PROXY_UP].to);
    for (int way = 0; way < WAYS; way++)
        free(pair->flows[way].piece);
    free(pair);
}

void proxy_sweep(struct proxy *proxy)
{
    struct pair **place = &proxy->first;

    while (*place) {
        struct pair *pair = *place;

        if (!pair->is_over) {
            place = &pair->next;
            continue;
        }
        *place = pair->next;
        proxy->count--;
        pair_destroy(pair);
    }
}

void proxy_accept(struct proxy *proxy)
{
    union address address;
    socklen_t len = proxy_address(&address, proxy->to.path, proxy->to.port);
    int from = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
    struct pair *pair;
    int to;

    if (from < 0)
        return;
    proxy->accepted++;
    to = proxy_socket(proxy->to.path);
    if ((proxy->fault.kind == PROXY_REFUSE &&
         proxy->accepted > proxy->spared_to) ||
        connect(to, &address.any, len) < 0) {
        proxy->hits += proxy->fault.kind == PROXY_REFUSE;
        slam(from);
        close(from);
        close(to);
        return;
    }
    be_quick(from);
    be_quick(to);
    pair = xcalloc(1, sizeof *pair);
    pair->number = proxy->accepted;
    pair->flows[PROXY_UP] = (struct flow){.from = from, .to = to};
    pair->flows[PROXY_DOWN] = (struct flow){.from = to, .to = from};
    for (int way = 0; way < WAYS; way++)
        pair->flows[way].piece = xmalloc(PIECE_BYTES);
    pair->next = proxy->first;
    proxy->first = pair;
    proxy->count++;
}

/* ---- faults ---- */

static bool is_meant(const struct proxy *proxy, const struct pair *pair,
                     int way)
{
    const struct proxy_fault *fault = &proxy->fault;

    return fault->kind != PROXY_PASS && fault->kind != PROXY_REFUSE &&
           pair->number > proxy->spared_to &&
           (!proxy->spared_from || pair->number < proxy->spared_from) &&
           (fault->way == PROXY_BOTH || (int)fault->way == way);
}

/* How many bytes may still go that way; 0: the fault is due. */
static size_t allowance(const struct proxy *proxy, const struct pair *pair,
                        int way)
{
    const struct flow *flow = &pair->flows[way];

    if (!is_meant(proxy, pair, way) || proxy->fault.kind == PROXY_DELAY)
        return SIZE_MAX;
    return proxy->fault.bytes > flow->passed ? proxy->fault.bytes - flow->passed
                                             : 0;
}

static void hit(struct proxy *proxy, struct pair *pair, int way)
{
    struct flow *flow = &pair->flows[way];

    proxy->hits += !pair->is_hit;
    pair->is_hit = true;
    if (proxy->fault.kind == PROXY_CUT)
        pair_cut(pair);
    if (proxy->fault.kind == PROXY_CLOSE && !flow->is_shut) {
        flow->has_ended = flow->is_shut = true;
        flow->len = 0;
        shutdown(flow->to, SHUT_WR);
    }
}

/* ---- flows ---- */

bool flow_wants_in(const struct flow *flow)
{
    return flow->len == 0 && !flow->has_ended;
}

static bool is_due(const struct flow *flow)
{
    return flow->len > 0 && flow->due_ms <= clock_steady_ms();
}

bool flow_wants_out(const struct proxy *proxy, const struct pair *pair, int way)
{
    return is_due(&pair->flows[way]) && allowance(proxy, pair, way) > 0;
}

static void read_piece(struct proxy *proxy, struct pair *pair, int way)
{
    struct flow *flow = &pair->flows[way];
    ssize_t got = recv(flow->from, flow->piece, PIECE_BYTES, 0);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got < 0) {
        pair_cut(pair);
        return;
    }
    flow->has_ended = got == 0;
    flow->at = 0;
    flow->len = (size_t)got;
    flow->due_ms = 0;
    if (got && is_meant(proxy, pair, way) && proxy->fault.kind == PROXY_DELAY) {
        flow->due_ms = clock_steady_ms() + proxy->fault.delay_ms;
        proxy->hits += !pair->is_hit;
        pair->is_hit = true;
    }
}

static void write_piece(struct proxy *proxy, struct pair *pair, int way)
{
    struct flow *flow = &pair->flows[way];
    size_t most = allowance(proxy, pair, way);
    size_t len = flow->len < most ? flow->len : most;
    ssize_t sent = len ? send(flow->to, flow->piece + flow->at, len,
                              MSG_NOSIGNAL | MSG_DONTWAIT)
                       : 0;

    if (sent < 0 && errno != EAGAIN) {
        pair_cut(pair);
        return;
    }
    if (sent > 0) {
        flow->at += (size_t)sent;
        flow->len -= (size_t)sent;
        flow->passed += (size_t)sent;
        proxy->passed[way] += (size_t)sent;
    }
}

/* What the flow may do now, without waiting; an end is passed on as well. */
static void move_flow(struct proxy *proxy, struct pair *pair, int way)
{
    struct flow *flow = &pair->flows[way];

    if (!pair->is_over && flow_wants_in(flow))
        read_piece(proxy, pair, way);
    if (!pair->is_over && is_due(flow))
        write_piece(proxy, pair, way);
    if (!pair->is_over && allowance(proxy, pair, way) == 0 &&
        (flow->len > 0 || flow->has_ended))
        hit(proxy, pair, way);
    else if (!pair->is_over && flow->has_ended && flow->len == 0 &&
             !flow->is_shut) {
        flow->is_shut = true;
        shutdown(flow->to, SHUT_WR);
    }
}

void proxy_move_on(struct proxy *proxy)
{
    for (struct pair *pair = proxy->first; pair; pair = pair->next) {
        move_flow(proxy, pair, PROXY_UP);
        move_flow(proxy, pair, PROXY_DOWN);
        pair->is_over |=
            pair->flows[PROXY_UP].is_shut && pair->flows[PROXY_DOWN].is_shut;
    }
    proxy_sweep(proxy);
}
