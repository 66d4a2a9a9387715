#pragma once

/* What proxy.c and proxy_pairs.c share, and nobody else. */
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <uv.h>

#include "proxy.h"

enum {
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

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_un un;
};

/* A path, or (NULL) a port of loopback; returns the address's length. */
socklen_t proxy_address(union address *address, const char *path, int port);
int proxy_socket(const char *path);
_Noreturn void proxy_give_up(const char *what);

/* Takes a connection, if one is there. */
void proxy_accept(struct proxy *proxy);

/* Moves every pair on as far as it goes, and ends those that are over. */
void proxy_move_on(struct proxy *proxy);

/* Resets a pair; it is gone with the next sweep. */
void pair_cut(struct pair *pair);
void proxy_sweep(struct proxy *proxy);

/* Whether a flow waits for bytes, and whether it has some that may go now. */
bool flow_wants_in(const struct flow *flow);
bool flow_wants_out(const struct proxy *proxy, const struct pair *pair,
                    int way);
