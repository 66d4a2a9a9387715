#pragma once

#include <stdint.h>

#include "ledger.h"
#include "links.h"
#include "stack.h"
#include "watcher.h"

/*
 * What every story of faults needs: a stack with doors on its links, a client
 * that uploads, one that watches, and the reckoning in the end.  The seed of
 * whatever is left to chance is printed, and taken from FACEWIRE_SEED.
 */
struct scene {
    struct stack stack;
    struct links links;
    struct ledger ledger;
    struct watcher watcher;
    int port;          /* where clients go: the door to the server */
    size_t accepted;   /* uploads */
    size_t refused;    /* with 503 */
    size_t unanswered; /* the connection ended without an answer */
    size_t repeated;   /* answered as the first time */
    size_t replayed;   /* dead for too many crashes, sent on their way again */
    int64_t slowest_ms;
    char *photo;
    size_t photo_bytes;
};

/* Whether the run may take long; FACEWIRE_FAULTS=long says so. */
bool scene_is_long(void);

/* Starts all of it, and the watcher; `photo` is one of the shared ones. */
void scene_start(struct scene *scene, const char *photo);
void scene_stop(struct scene *scene);

/* A number from 0 to `below` - 1, from the seed. */
size_t scene_chance(size_t below);

/* Uploads once: accepted, refused with 503 and Retry-After, or unanswered;
 * anything else ends the test.  Returns the status, 0 for no answer. */
int scene_upload(struct scene *scene);

/* The same with an Idempotency-Key that has this number. */
int scene_upload_keyed(struct scene *scene, unsigned key);

/* So many at the same time, each once; at most 64. */
void scene_upload_together(struct scene *scene, size_t count);

/* Again and again, until it is accepted. */
void scene_upload_surely(struct scene *scene, unsigned key);

/* Waits until the watcher has seen every accepted search complete, or has been
 * told of a gap and found it done.  A job that was under way in worker after
 * worker that was killed is dead, as it should be: it is replayed, as an
 * operator would. */
void scene_settle(struct scene *scene, int limit_ms);

/*
 * The reckoning, on a stack that is whole again: every accepted search is done
 * in the database, completed once, with each face told once; nothing waits,
 * runs or is dead; no temporary file is left but those of `killed_writers`.
 * Searches that were made and not accepted are as many as `doubtful` at most.
 */
void scene_reckon(struct scene *scene, size_t doubtful, size_t killed_writers);
