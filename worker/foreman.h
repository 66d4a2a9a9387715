#pragma once

#include "tools.h"

/*
 * Hands out the work: takes jobs and live frames from the queue while there is
 * room, keeps their leases, takes over those of workers that fell silent, and
 * finds rows that the queue has lost.
 */
struct foreman;

struct foreman *foreman_create(const struct tools *tools,
                               void (*on_idle)(void *owner),
                               void *owner) MUST_CHECK;

/* Nothing may be under way. */
void foreman_destroy(struct foreman *foreman);

/* A part of the queue came up or was lost. */
void foreman_queue_changed(struct foreman *foreman, unsigned part, bool is_up);

/* There may be work in a part.  False if there is no room for it here. */
bool foreman_ring(struct foreman *foreman, unsigned part);

/* Takes no more; on_idle is called when nothing is under way. */
void foreman_stop(struct foreman *foreman);

/* Gives back what is under way, for it will not be finished here: each job
 * before its next step, unless that is to write its end. */
void foreman_hand_back(struct foreman *foreman);

/* Jobs and frames under way. */
size_t foreman_working(const struct foreman *foreman);
