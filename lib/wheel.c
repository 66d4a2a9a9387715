/*
 * wheel.c - many time limits on one timer
 *
 * An entry hangs in the slot of its tick, modulo the number of slots; entries
 * of later rounds stay when their slot comes by.  The timer runs only while an
 * entry is set, so an idle program sleeps.
 */
#include <stdlib.h>

#include "clock.h"
#include "wheel.h"
#include "xalloc.h"

enum { SLOTS = 64 };

struct wheel {
    uv_timer_t timer;
    int64_t tick_ms;
    int64_t tick; /* the last one that was served */
    size_t count; /* entries that are set */
    struct wheel_entry *slots[SLOTS];
};

static int64_t now_tick(const struct wheel *wheel)
{
    return clock_steady_ms() / wheel->tick_ms;
}

static void on_timer(uv_timer_t *timer);

struct wheel *wheel_create(uv_loop_t *loop, int64_t tick_ms)
{
    struct wheel *wheel = xcalloc(1, sizeof *wheel);

    wheel->tick_ms = tick_ms;
    uv_timer_init(loop, &wheel->timer);
    uv_unref((uv_handle_t *)&wheel->timer);
    return wheel;
}

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct wheel, timer));
}

void wheel_destroy(struct wheel *wheel)
{
    if (!wheel)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        while (wheel->slots[i])
            wheel_cancel(wheel->slots[i]);
    uv_close((uv_handle_t *)&wheel->timer, on_closed);
}

void wheel_cancel(struct wheel_entry *entry)
{
    struct wheel *wheel = entry->wheel;

    if (!entry->place)
        return;
    *entry->place = entry->next;
    if (entry->next)
        entry->next->place = entry->place;
    entry->place = NULL;
    entry->next = NULL;
    if (--wheel->count == 0)
        uv_timer_stop(&wheel->timer);
}

void wheel_set(struct wheel *wheel, struct wheel_entry *entry, int64_t delay_ms,
               void (*on_due)(struct wheel_entry *entry))
{
    struct wheel_entry **slot;

    wheel_cancel(entry);
    if (wheel->count++ == 0) {
        wheel->tick = now_tick(wheel);
        uv_timer_start(&wheel->timer, on_timer, (uint64_t)wheel->tick_ms,
                       (uint64_t)wheel->tick_ms);
    }
    entry->wheel = wheel;
    entry->on_due = on_due;
    entry->due_tick =
        now_tick(wheel) + 1 + (delay_ms + wheel->tick_ms - 1) / wheel->tick_ms;
    slot = &wheel->slots[entry->due_tick % SLOTS];
    entry->next = *slot;
    entry->place = slot;
    if (entry->next)
        entry->next->place = &entry->next;
    *slot = entry;
}

/* An entry of the slot that is due; NULL if none is.  Asked anew after each
 * callback, because that may set and cancel what it likes. */
static struct wheel_entry *due_in(const struct wheel *wheel, size_t slot)
{
    struct wheel_entry *entry = wheel->slots[slot];

    while (entry && entry->due_tick > wheel->tick)
        entry = entry->next;
    return entry;
}

static void on_timer(uv_timer_t *timer)
{
    struct wheel *wheel = container_of(timer, struct wheel, timer);
    int64_t now = now_tick(wheel);

    /* After a long pause one round serves every slot. */
    if (wheel->tick < now - SLOTS)
        wheel->tick = now - SLOTS;
    while (wheel->tick < now && wheel->count > 0) {
        size_t slot = (size_t)(++wheel->tick % SLOTS);
        struct wheel_entry *entry;

        while ((entry = due_in(wheel, slot)) != NULL) {
            wheel_cancel(entry);
            entry->on_due(entry);
        }
    }
}
