/*
 * proxy.c - a door between two parts
 *
 * One thread and poll: a pair of sockets for each connection, and a flow for
 * each way, with one piece of bytes on its way through (proxy_pairs.c).  A lock
 * lies around everything but the waiting, so a story may change the fault at
 * any time; a byte in the thread's pipe ends the waiting then.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "proxy_parts.h"
#include "xalloc.h"

enum {
    BACKLOG = 512,
    DELAY_STEP_MS = 2, /* while something is delayed */
};

/* ---- the thread ---- */

/* A stalled flow asks for nothing, lest poll came back at once for ever. */
static void ask(const struct proxy *proxy, const struct pair *pair, int way,
                struct pollfd *fds)
{
    const struct flow *flow = &pair->flows[way];
    struct pollfd *from = &fds[way], *to = &fds[!way];

    if (flow_wants_in(flow))
        from->events |= POLLIN;
    if (flow_wants_out(proxy, pair, way))
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
        proxy_give_up("the pipe is broken");
    if (fds[1].revents)
        proxy_accept(proxy);
    proxy_move_on(proxy);
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
        proxy_give_up("the pipe is full");
}

/* ---- what the story says ---- */

static void listen_at(struct proxy *proxy, const char *path)
{
    union address address;
    socklen_t len = proxy_address(&address, path, 0);

    proxy->listener = proxy_socket(path);
    if (path)
        unlink(path);
    if (bind(proxy->listener, &address.any, len) < 0 ||
        listen(proxy->listener, BACKLOG) < 0)
        proxy_give_up("it cannot listen");
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
        proxy_give_up("no pipe");
    listen_at(proxy, path);
    uv_mutex_init(&proxy->lock);
    if (uv_thread_create(&proxy->thread, run, proxy) != 0)
        proxy_give_up("no thread");
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
    proxy_sweep(proxy);
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
        pair_cut(pair);
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
