#pragma once

#include <stdint.h>

#include <uv.h>

#include "basics.h"

/*
 * A timing wheel: many time limits for the price of one timer.  Limits are kept
 * to a tick, so it serves pings, expiries and slow clients, not precision.
 */
struct wheel;

/* Embedded in the struct it serves; all zero is not set. */
struct wheel_entry {
    struct wheel_entry *next;
    struct wheel_entry *
        *place; /* the pointer that points here; NULL: not set */
    struct wheel *wheel;
    int64_t due_tick;
    void (*on_due)(struct wheel_entry *entry);
};

struct wheel *wheel_create(uv_loop_t *loop, int64_t tick_ms) MUST_CHECK;

/* Entries that are still set are forgotten. */
void wheel_destroy(struct wheel *wheel);

/* Calls `on_due` once after `delay_ms`, rounded up to a tick; an entry that was
 * set is set anew. */
void wheel_set(struct wheel *wheel, struct wheel_entry *entry, int64_t delay_ms,
               void (*on_due)(struct wheel_entry *entry));

/* Does nothing to an entry that is not set. */
void wheel_cancel(struct wheel_entry *entry);
