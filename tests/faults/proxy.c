/*
 * proxy.c - a door between two parts
 *
 * One thread and poll: a pair of sockets for each connection, and a flow for
 * each way, with one piece of bytes on its way through.  A lock lies around
 * everything but the waiting, so a story may change the fault at any time; a
 * byte in the thread's pipe ends the waiting then.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <uv.h>

#include "clock.h"
#include "proxy.h"
#include "xalloc.h"

enum {
    PIECE_BYTES = 64 * 1024,
    BACKLOG = 512,
    DELAY_STEP_MS = 2, /* while something is delayed */
    WAYS = 2,
};

/* One way through the door. */
struct flow {
    int from, to; /* sockets; of the pair */
    char *piece;
    size_t at, len; /* what is still to be passed on */
    int64_t due_ms; /* not before */
    size_t passed;  /* since the fault was set */
    bool has_ended; /* its sender has said all */
    bool is_shut;   /* and its receiver knows */
};

struct pair {
    struct pair *next;
    size_t number; /* connections are counted */
    bool is_hit;   /* by the fault that is set */
    bool is_over;
    struct flow flows[WAYS];
};

struct proxy {
    uv_thread_t thread;
    uv_mutex_t lock;
    int wake[2]; /* a pipe */
    int listener;
    char *path;
    int port;
    struct proxy_place to; /* its path is ours */
    struct pair *first;
    size_t count;
    size_t accepted;
    struct proxy_fault fault;
    size_t spared_to;   /* connections up to this number are */
    size_t spared_from; /* and from this one on, if not 0 */
    size_t hits;
    size_t passed[WAYS];
    bool is_ending;
};

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "proxy: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

/* ---- addresses ---- */

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_un un;
};

static socklen_t make_address(union address *address, const char *path,
                              int port)
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
static int open_socket(const char *path)
{
    int fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        give_up("no socket");
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

static void cut(struct pair *pair)
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

static void sweep(struct proxy *proxy)
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

static void accept_one(struct proxy *proxy)
{
    union address address;
    socklen_t len = make_address(&address, proxy->to.path, proxy->to.port);
    int from = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
    struct pair *pair;
    int to;

    if (from < 0)
        return;
    proxy->accepted++;
    to = open_socket(proxy->to.path);
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
        cut(pair);
    if (proxy->fault.kind == PROXY_CLOSE && !flow->is_shut) {
        flow->has_ended = flow->is_shut = true;
        flow->len = 0;
        shutdown(flow->to, SHUT_WR);
    }
}

/* ---- flows ---- */

static bool wants_in(const struct flow *flow)
{
    return flow->len == 0 && !flow->has_ended;
}

static bool wants_out(const struct flow *flow)
{
    return flow->len > 0 && flow->due_ms <= clock_steady_ms();
}

static void read_piece(struct proxy *proxy, struct pair *pair, int way)
{
    struct flow *flow = &pair->flows[way];
    ssize_t got = recv(flow->from, flow->piece, PIECE_BYTES, 0);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got < 0) {
        cut(pair);
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
        cut(pair);
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
static void move_on(struct proxy *proxy, struct pair *pair, int way)
{
    struct flow *flow = &pair->flows[way];

    if (!pair->is_over && wants_in(flow))
        read_piece(proxy, pair, way);
    if (!pair->is_over && wants_out(flow))
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

/* ---- the thread ---- */

/* A stalled flow asks for nothing, lest poll came back at once for ever. */
static void ask(const struct proxy *proxy, const struct pair *pair, int way,
                struct pollfd *fds)
{
    const struct flow *flow = &pair->flows[way];
    struct pollfd *from = &fds[way], *to = &fds[!way];

    if (wants_in(flow))
        from->events |= POLLIN;
    if (wants_out(flow) && allowance(proxy, pair, way) > 0)
        to->events |= POLLOUT;
}

/* The sockets to wait for, two a pair, behind the listener and the pipe. */
static struct pollfd *list_sockets(const struct proxy *proxy, size_t *count)
{
    struct pollfd *fds = xcalloc(2 + 2 * proxy->count, sizeof *fds);
    size_t at = 2;

    fds[0] = (struct pollfd){.fd = proxy->wake[0], .events = POLLIN};
    fds[1] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
    for (const struct pair *pair = proxy->first; pair; pair = pair->next) {
        struct pollfd *two = &fds[at];

        two[0].fd = pair->flows[PROXY_UP].from;
        two[1].fd = pair->flows[PROXY_UP].to;
        ask(proxy, pair, PROXY_UP, two);
        ask(proxy, pair, PROXY_DOWN, two);
        for (int i = 0; i < 2; i++)
            if (!two[i].events)
                two[i].fd = -1;
        at += 2;
    }
    *count = at;
    return fds;
}

static bool is_delaying(const struct proxy *proxy)
{
    for (const struct pair *pair = proxy->first; pair; pair = pair->next)
        for (int way = 0; way < WAYS; way++)
            if (pair->flows[way].len &&
                pair->flows[way].due_ms > clock_steady_ms())
                return true;
    return false;
}

static void turn(struct proxy *proxy, const struct pollfd *fds)
{
    char bytes[64];

    if (fds[0].revents && read(proxy->wake[0], bytes, sizeof bytes) < 0)
        give_up("the pipe is broken");
    if (fds[1].revents)
        accept_one(proxy);
    for (struct pair *pair = proxy->first; pair; pair = pair->next) {
        move_on(proxy, pair, PROXY_UP);
        move_on(proxy, pair, PROXY_DOWN);
        pair->is_over |=
            pair->flows[PROXY_UP].is_shut && pair->flows[PROXY_DOWN].is_shut;
    }
    sweep(proxy);
}

static void run(void *argument)
{
    struct proxy *proxy = argument;

    uv_mutex_lock(&proxy->lock);
    while (!proxy->is_ending) {
        size_t count;
        struct pollfd *fds = list_sockets(proxy, &count);
        int limit_ms = is_delaying(proxy) ? DELAY_STEP_MS : -1;

        uv_mutex_unlock(&proxy->lock);
        poll(fds, count, limit_ms);
        uv_mutex_lock(&proxy->lock);
        turn(proxy, fds);
        free(fds);
    }
    uv_mutex_unlock(&proxy->lock);
}

static void wake(struct proxy *proxy)
{
    if (write(proxy->wake[1], "", 1) < 0)
        give_up("the pipe is full");
}

/* ---- what the story says ---- */

static void listen_at(struct proxy *proxy, const char *path)
{
    union address address;
    socklen_t len = make_address(&address, path, 0);

    proxy->listener = open_socket(path);
    if (path)
        unlink(path);
    if (bind(proxy->listener, &address.any, len) < 0 ||
        listen(proxy->listener, BACKLOG) < 0)
        give_up("it cannot listen");
    getsockname(proxy->listener, &address.any, &len);
    proxy->port = path ? 0 : ntohs(address.in.sin_port);
    fcntl(proxy->listener, F_SETFL, O_NONBLOCK);
}

struct proxy *proxy_create(const char *path, const struct proxy_place *to)
{
    struct proxy *proxy = xcalloc(1, sizeof *proxy);

    proxy->path = xstrdup(path);
    proxy->to = (struct proxy_place){xstrdup(to->path), to->port};
    if (pipe2(proxy->wake, O_CLOEXEC) < 0)
        give_up("no pipe");
    listen_at(proxy, path);
    uv_mutex_init(&proxy->lock);
    if (uv_thread_create(&proxy->thread, run, proxy) != 0)
        give_up("no thread");
    return proxy;
}

void proxy_destroy(struct proxy *proxy)
{
    if (!proxy)
        return;
    uv_mutex_lock(&proxy->lock);
    proxy->is_ending = true;
    wake(proxy);
    uv_mutex_unlock(&proxy->lock);
    uv_thread_join(&proxy->thread);
    for (struct pair *pair = proxy->first; pair; pair = pair->next)
        pair->is_over = true;
    sweep(proxy);
    close(proxy->listener);
    close(proxy->wake[0]);
    close(proxy->wake[1]);
    if (proxy->path)
        unlink(proxy->path);
    uv_mutex_destroy(&proxy->lock);
    free(proxy->path);
    free((char *)proxy->to.path);
    free(proxy);
}

int proxy_port(const struct proxy *proxy)
{
    return proxy->port;
}

void proxy_set(struct proxy *proxy, const struct proxy_fault *fault)
{
    uv_mutex_lock(&proxy->lock);
    proxy->fault = *fault;
    proxy->spared_to = fault->spared ? proxy->accepted + fault->spared : 0;
    proxy->spared_from = fault->is_for_old ? proxy->accepted + 1 : 0;
    proxy->hits = 0;
    for (int way = 0; way < WAYS; way++)
        proxy->passed[way] = 0;
    for (struct pair *pair = proxy->first; pair; pair = pair->next) {
        pair->is_hit = false;
        for (int way = 0; way < WAYS; way++)
            pair->flows[way].passed = 0;
    }
    wake(proxy);
    uv_mutex_unlock(&proxy->lock);
}

void proxy_heal(struct proxy *proxy)
{
    proxy_set(proxy, &(struct proxy_fault){.kind = PROXY_PASS});
}

void proxy_cut_all(struct proxy *proxy)
{
    uv_mutex_lock(&proxy->lock);
    for (struct pair *pair = proxy->first; pair; pair = pair->next)
        cut(pair);
    wake(proxy);
    uv_mutex_unlock(&proxy->lock);
}

size_t proxy_passed(struct proxy *proxy, enum proxy_way way)
{
    size_t passed = 0;

    uv_mutex_lock(&proxy->lock);
    for (int i = 0; i < WAYS; i++)
        if (way == PROXY_BOTH || (int)way == i)
            passed += proxy->passed[i];
    uv_mutex_unlock(&proxy->lock);
    return passed;
}

size_t proxy_hits(struct proxy *proxy)
{
    size_t hits;

    uv_mutex_lock(&proxy->lock);
    hits = proxy->hits;
    uv_mutex_unlock(&proxy->lock);
    return hits;
}
