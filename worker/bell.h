#pragma once

#include <uv.h>

#include "basics.h"

/*
 * Waits at the bell of one part of the queue, on a Redis connection of its own:
 * tells when there may be work.  It also tells when the connection has come
 * back, since work may have come meanwhile.
 */
struct bell;

/* Whether there is room for what it may be; if not, it rings for others. */
typedef bool bell_fn(void *owner, unsigned part);

struct bell *bell_create(uv_loop_t *loop, const char *redis_url, unsigned part,
                         bell_fn *on_ring, void *owner,
                         char problem[static 256]) MUST_CHECK;
void bell_destroy(struct bell *bell);

/* While it is held nobody is told, and what rings is left for other workers. */
void bell_hold(struct bell *bell, bool is_held);
