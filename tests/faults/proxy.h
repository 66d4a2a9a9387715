#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * A door between two parts, with a doorman of bad intentions: it passes bytes
 * from whoever connects to where it leads, until a story tells it what shall go
 * wrong.  It works on a thread of its own, so the story may wait meanwhile.
 *
 * It counts bytes from the moment at which a fault is set, each connection and
 * each way for itself; so "cut after 10 bytes of an answer" can be said without
 * knowing what was spoken before.
 */
struct proxy;

enum proxy_kind {
    PROXY_PASS,   /* nothing goes wrong */
    PROXY_CUT,    /* the connection is reset, both ways */
    PROXY_STALL,  /* the bytes stay in the door until the fault is lifted */
    PROXY_DELAY,  /* each piece waits `delay_ms` before it goes on */
    PROXY_CLOSE,  /* one way ends, as if its sender had shut it down */
    PROXY_REFUSE, /* whoever connects is hung up on */
};

/* Which way the bytes go that it is about. */
enum proxy_way { PROXY_UP, PROXY_DOWN, PROXY_BOTH };

struct proxy_fault {
    enum proxy_kind kind;
    enum proxy_way way; /* up is from whoever connects */
    size_t bytes;       /* that still pass */
    size_t spared;      /* new connections that nothing happens to; those that
                           were open before are spared as well, if not 0 */
    bool is_for_old;    /* new connections are all spared */
    int delay_ms;
};

/* Where doors lead: a path, or a port of loopback where there is none. */
struct proxy_place {
    const char *path;
    int port;
};

/* Opens a door, at `path` or (NULL) at a free port of loopback.  What cannot be
 * opened ends the test. */
struct proxy *proxy_create(const char *path,
                           const struct proxy_place *to) MUST_CHECK;
void proxy_destroy(struct proxy *proxy);

int proxy_port(const struct proxy *proxy);

/* From now on; it takes the place of the fault before it. */
void proxy_set(struct proxy *proxy, const struct proxy_fault *fault);

/* Everything passes again, also what was held up. */
void proxy_heal(struct proxy *proxy);

/* Resets all connections at once; new ones come through. */
void proxy_cut_all(struct proxy *proxy);

/* How many bytes have gone that way (or both) since the last fault was set. */
size_t proxy_passed(struct proxy *proxy, enum proxy_way way);

/* How many connections the last fault has hit. */
size_t proxy_hits(struct proxy *proxy);
