#pragma once

#include "tools.h"

/*
 * Goes along the rows of jobs that are not over, or whose end was not told, and
 * adds to the queue what it does not know.  Adding what is known does nothing,
 * so it may come by as often as it likes.
 */
struct sweeper;

/* `on_rest` is called each time when nothing of it is under way any more. */
struct sweeper *sweeper_create(const struct tools *tools,
                               void (*on_rest)(void *owner),
                               void *owner) MUST_CHECK;

/* Nothing may be under way. */
void sweeper_destroy(struct sweeper *sweeper);
bool sweeper_is_busy(const struct sweeper *sweeper);

/* Begins nothing new. */
void sweeper_stop(struct sweeper *sweeper);

/* Called each second. */
void sweeper_tick(struct sweeper *sweeper);

/* The queue may have forgotten everything: begin from the first row, and do not
 * rest before the last. */
void sweeper_look_everywhere(struct sweeper *sweeper);
