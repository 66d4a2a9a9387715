/*
 * window.c - the newest entries of the event log
 *
 * A ring whose size is a power of two and doubles when it is full; serials run
 * on through clearing, so whoever held an old one finds nothing there.
 */
#include <stdlib.h>
#include <string.h>

#include "window.h"
#include "xalloc.h"

enum { FIRST_SLOTS = 256 };

struct window {
    struct log_entry **slots;
    size_t slot_count;
    uint64_t first; /* serial of the oldest entry */
    uint64_t next;  /* serial of the one to come */
    size_t bytes;
    size_t bytes_max;
    struct offset floor; /* everything after it is here */
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

static void drop_oldest(struct window *window)
{
    struct log_entry *entry = *slot(window, window->first++);

    window->floor = entry->offset;
    window->bytes -= entry->bytes;
    log_entry_free(entry);
}

void window_clear(struct window *window, const struct offset *floor)
{
    while (window->first < window->next)
        drop_oldest(window);
    window->floor = *floor;
}

void window_destroy(struct window *window)
{
    if (!window)
        return;
    window_clear(window, &(struct offset){0});
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
    if (window->next - window->first == window->slot_count)
        grow(window);
    entry->serial = window->next++;
    *slot(window, entry->serial) = entry;
    window->bytes += entry->bytes;
    while (window->bytes > window->bytes_max &&
           window->next - window->first > 1)
        drop_oldest(window);
}

/* Offsets rise with serials, so it is a search by halves. */
bool window_find(const struct window *window, const struct offset *after,
                 uint64_t *serial)
{
    uint64_t low = window->first, high = window->next;

    if (!offset_is_same_log(after, &window->floor) ||
        offset_is_after(&window->floor, after))
        return false;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (offset_is_after(&(*slot(window, middle))->offset, after))
            high = middle;
        else
            low = middle + 1;
    }
    *serial = low;
    return true;
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
