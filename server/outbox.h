#pragma once

#include <stddef.h>

#include <uv.h>

#include "frame.h"
#include "wire.h"

/*
 * What waits for one live client.  A frame goes out at once if nothing waits
 * before it and none went out in this turn of the loop; the others of the turn
 * are joined into one write at its end.  What the client does not take waits
 * here, within bounds of bytes and count.
 */
struct outboxes;
struct outbox;

struct outbox_limits {
    size_t bytes;
    size_t frames;
};

/* All outboxes of a loop: they are flushed together. */
struct outboxes *outboxes_create(uv_loop_t *loop,
                                 const struct outbox_limits *limits) MUST_CHECK;

/* Every outbox must be gone. */
void outboxes_destroy(struct outboxes *outboxes);

struct outbox *outbox_create(struct outboxes *outboxes,
                             struct wire *wire) MUST_CHECK;
void outbox_destroy(struct outbox *outbox);

/* Adds a frame (a reference of its own is kept).  E_BUSY: past the bounds, and
 * it was not added.  A frame with a key replaces one of that key that waits;
 * `replaced` then says so (may be NULL). */
int outbox_add(struct outbox *outbox, struct frame *frame,
               bool *replaced) MUST_CHECK;

/* How many frames wait. */
size_t outbox_count(const struct outbox *outbox);

/* Writes what waits, as far as the wire takes it; also when the wire says that
 * it can be written to again. */
void outbox_flush(struct outbox *outbox);
