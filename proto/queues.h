#pragma once

#include "queue.h"

/*
 * The queue in all its parts, each a queue of its own with its leases, its
 * events and its bell, and each on whichever node of a cluster has it.  A job
 * belongs to one part, for ever the same while their number is; so does
 * whatever else has a name.
 */
struct queues;

/* A part can be used, or was lost. */
typedef void queues_state_fn(void *owner, unsigned part, bool is_up);

/* Connects to all of them; `part` of the options does not matter.  NULL, with a
 * sentence in `problem`, if the URL is none. */
struct queues *queues_create(uv_loop_t *loop,
                             const struct queue_options *options,
                             queues_state_fn *on_state, void *owner,
                             char problem[static 256]) MUST_CHECK;
void queues_destroy(struct queues *queues);

unsigned queues_count(const struct queues *queues);
struct queue *queues_at(const struct queues *queues, unsigned part);

/* The part to which a job belongs, or a session, or an operation. */
unsigned queues_find(const struct queues *queues, const char *name);
struct queue *queues_of(const struct queues *queues, const char *name);

/* What stands once for all workers: the name of the part that has it. */
#define QUEUES_RECOGNITION "recognition"

/* On what terms the parts are kept: each that one of them has. */
struct redis_terms queues_terms(const struct queues *queues);

/* Whether every part can be used. */
bool queues_are_up(const struct queues *queues);
