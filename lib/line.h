#pragma once

#include <stddef.h>

#include <uv.h>

#include "basics.h"
#include "wheel.h"
#include "wire.h"

/*
 * A connected socket on the loop: a wire that can be read from.
 */
struct line;

struct line_events {
    /* Bytes have come; borrowed for the call. */
    void (*on_bytes)(void *owner, const char *bytes, size_t len);
    /* The peer will send no more; it may still read. */
    void (*on_end)(void *owner);
    /* After wire_want_writable. */
    void (*on_writable)(void *owner);
    /* Once: it is no more, and nothing is told after it. */
    void (*on_gone)(void *owner);
};

/* Takes the socket over and begins to read.  The wheel outlives it. */
struct line *line_open(uv_loop_t *loop, struct wheel *wheel, int fd,
                       const struct line_events *events,
                       void *owner) MUST_CHECK;

struct wire *line_wire(struct line *line);

/* Reading stops, so that the kernel holds the peer back, and goes on. */
void line_pause(struct line *line, bool is_paused);

/*
 * Says goodbye: everything written goes out, then the socket is shut for
 * writing, and what the peer still sends is thrown away until it hangs up
 * (closing with unread bytes would destroy the answer on its way), for a few
 * seconds at most.
 */
void line_end(struct line *line);

/* Ends it now.  on_gone is called before it returns. */
void line_cut(struct line *line);

/* Gives the socket to the caller, who has read all that came so far; the line
 * is no more, and on_gone is not called.  Nothing may wait to be written. */
int line_give(struct line *line);
