#pragma once

#include <stddef.h>
#include <stdint.h>

#include "event_log.h"

/* The newest entries of the event log, in memory, within a bound of bytes. */
struct window;

struct window *window_create(size_t bytes_max) MUST_CHECK;
void window_destroy(struct window *window);

/* Forgets the entries of the offset's part: from now on everything of it after
 * `floor` is there. */
void window_clear(struct window *window, const struct offset *floor);

/* Takes the newest entry over and gives it its serial; the oldest ones go where
 * there is no more room. */
void window_add(struct window *window, struct log_entry *entry);
void log_entry_free(struct log_entry *entry);

/* The serial of the first entry of the offset's part that lies after it, that
 * of the next one to come if none does; false if some of what lies after it is
 * not there. */
bool window_find(const struct window *window, const struct offset *after,
                 uint64_t *serial);

/* The serials of the oldest entry, and of the next that will be added. */
uint64_t window_first(const struct window *window);
uint64_t window_next(const struct window *window);

/* NULL if there is none of that serial: it has left, or was forgotten. */
const struct log_entry *window_at(const struct window *window, uint64_t serial);
