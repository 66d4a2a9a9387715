/*
 * window.c - the newest entries of the event log
 *
 * A ring whose size is a power of two and doubles when it is full; serials run
 * on through clearing, so whoever held an old one finds nothing there.  Entries
 * of all parts stand in it as they came; each knows the one before it of its
 * own part, so that a place in a part is found without a look at the others.
 */
#include <stdlib.h>
#include <string.h>

#include "window.h"
#include "xalloc.h"

enum { FIRST_SLOTS = 256 };

/* What is there of a part. */
struct extent {
    struct offset floor; /* everything after it */
    uint64_t newest;     /* serial of the last entry; 0: none */
};

struct window {
    struct log_entry **slots; /* NULL in one: it was forgotten */
    size_t slot_count;
    uint64_t first; /* serial of the oldest entry */
    uint64_t next;  /* serial of the one to come */
    size_t bytes;
    size_t bytes_max;
    struct extent extents[PARTS_MAX];
};

static struct log_entry **slot(const struct window *window, uint64_t serial)
{
    return &window->slots[serial & (window->slot_count - 1)];
}

void log_entry_free(struct log_entry *entry)
{
    frame_unref(entry->frame);
    free(entry->topic);
    free(entry->name);
    free(entry->job);
    free(entry->data);
    free(entry->stages);
    free(entry);
}

struct window *window_create(size_t bytes_max)
{
    struct window *window = xcalloc(1, sizeof *window);

    window->slot_count = FIRST_SLOTS;
    window->slots = xcalloc(window->slot_count, sizeof *window->slots);
    window->first = window->next = 1;
    window->bytes_max = bytes_max;
    return window;
}

static void forget(struct window *window, uint64_t serial)
{
    struct log_entry **place = slot(window, serial);

    window->bytes -= (*place)->bytes;
    log_entry_free(*place);
    *place = NULL;
}

/* Past those that were forgotten, too. */
static void drop_oldest(struct window *window)
{
    const struct log_entry *entry = *slot(window, window->first);

    if (entry) {
        window->extents[entry->offset.part].floor = entry->offset;
        forget(window, window->first);
    }
    window->first++;
}

void window_clear(struct window *window, const struct offset *floor)
{
    struct extent *extent = &window->extents[floor->part];
    uint64_t serial = extent->newest;

    while (serial >= window->first) {
        uint64_t before = (*slot(window, serial))->before;

        forget(window, serial);
        serial = before;
    }
    *extent = (struct extent){.floor = *floor};
    while (window->first < window->next && !*slot(window, window->first))
        window->first++;
}

void window_destroy(struct window *window)
{
    if (!window)
        return;
    while (window->first < window->next)
        drop_oldest(window);
    free(window->slots);
    free(window);
}

static void grow(struct window *window)
{
    struct log_entry **old = window->slots;
    size_t old_count = window->slot_count;

    window->slot_count *= 2;
    window->slots = xcalloc(window->slot_count, sizeof *window->slots);
    for (uint64_t s = window->first; s < window->next; s++)
        *slot(window, s) = old[s & (old_count - 1)];
    free(old);
}

void window_add(struct window *window, struct log_entry *entry)
{
    struct extent *extent = &window->extents[entry->offset.part];

    if (window->next - window->first == window->slot_count)
        grow(window);
    entry->serial = window->next++;
    entry->before = extent->newest;
    extent->newest = entry->serial;
    *slot(window, entry->serial) = entry;
    window->bytes += entry->bytes;
    while (window->bytes > window->bytes_max &&
           window->next - window->first > 1)
        drop_oldest(window);
}

/* Offsets of a part rise with its serials.  Whoever looks for a place is handed
 * what lies behind it, which costs more than walking over it. */
bool window_find(const struct window *window, const struct offset *after,
                 uint64_t *serial)
{
    const struct extent *extent = &window->extents[after->part];
    uint64_t at = extent->newest;

    if (!offset_is_same_log(after, &extent->floor) ||
        offset_is_after(&extent->floor, after))
        return false;
    *serial = window->next;
    while (at >= window->first &&
           offset_is_after(&(*slot(window, at))->offset, after)) {
        *serial = at;
        at = (*slot(window, at))->before;
    }
    return true;
}

uint64_t window_first(const struct window *window)
{
    return window->first;
}

uint64_t window_next(const struct window *window)
{
    return window->next;
}

const struct log_entry *window_at(const struct window *window, uint64_t serial)
{
    if (serial < window->first || serial >= window->next)
        return NULL;
    return *slot(window, serial);
}
