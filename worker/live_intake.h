#pragma once

#include "tools.h"

/*
 * Takes live frames from the parts of the queue, in turn, while there is room.
 */
struct live_intake;

/* `on_rest` is called each time when less of it is under way. */
struct live_intake *live_intake_create(const struct tools *tools,
                                       void (*on_rest)(void *owner),
                                       void *owner) MUST_CHECK;

/* Nothing may be under way. */
void live_intake_destroy(struct live_intake *intake);

/* There may be frames in a part. */
void live_intake_ring(struct live_intake *intake, unsigned part);

/* Takes no more. */
void live_intake_stop(struct live_intake *intake);

/* Whether it would take another one. */
bool live_intake_has_room(const struct live_intake *intake);

/* Frames under way; and whether nothing at all is. */
size_t live_intake_working(const struct live_intake *intake);
bool live_intake_is_busy(const struct live_intake *intake);
