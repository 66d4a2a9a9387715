#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * What bytes are written to.  Writing is eager: what the kernel takes goes out
 * at once, and the rest is kept; the wire is then choked, and whoever writes
 * more before it says that it is writable only fills memory.
 */
struct wire;

struct wire_kind {
    int (*write)(struct wire *wire, const void *bytes, size_t len);
    bool (*is_choked)(const struct wire *wire);
    void (*want_writable)(struct wire *wire);
    void (*hang_up)(struct wire *wire);
};

/* Embedded first in the struct of every kind. */
struct wire {
    const struct wire_kind *kind;
};

/* 0, or E_CONNECTION if it has ended; its owner is told by its own events. */
static inline int wire_write(struct wire *wire, const void *bytes, size_t len)
{
    return wire->kind->write(wire, bytes, len);
}

static inline bool wire_is_choked(const struct wire *wire)
{
    return wire->kind->is_choked(wire);
}

/* Its owner is told once when everything kept has gone out. */
static inline void wire_want_writable(struct wire *wire)
{
    wire->kind->want_writable(wire);
}

/* Ends it behind what was written; its owner is told later. */
static inline void wire_hang_up(struct wire *wire)
{
    wire->kind->hang_up(wire);
}
