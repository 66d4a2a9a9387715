#pragma once

#include "tools.h"

/*
 * Takes live frames: says in each part of the queue how many there is room for,
 * and works on those that servers then give.
 */
struct live_intake;

/* `on_rest` is called each time when less of it is under way. */
struct live_intake *live_intake_create(const struct tools *tools,
                                       void (*on_rest)(void *owner),
                                       void *owner) MUST_CHECK;

/* Nothing may be under way. */
void live_intake_destroy(struct live_intake *intake);

/* Called each second: says anew what there is room for. */
void live_intake_tick(struct live_intake *intake);

/* The part's queue was lost, and perhaps moved. */
void live_intake_lost(struct live_intake *intake, unsigned part);

/* Takes no more. */
void live_intake_stop(struct live_intake *intake);

/* Frames under way. */
size_t live_intake_working(const struct live_intake *intake);
