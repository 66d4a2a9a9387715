#pragma once

#include <uv.h>

#include "basics.h"

/*
 * Whether the engine can do what it is for: a picture of noise goes the way of
 * every photo, through the queue, the decoder and the detector.  However many
 * ask, one picture is on its way, and one a second is enough.
 */
struct health;
struct engine;
struct exchange;

/* The engine is borrowed. */
struct health *health_create(uv_loop_t *loop, struct engine *engine) MUST_CHECK;

/* Nothing may be under way.  It is gone from the loop once the loop has turned.
 */
void health_destroy(struct health *health);

/* Answers with what is known or found out: 200 with the time it took, or 503
 * with a sentence. */
void health_answer(struct health *health, struct exchange *exchange);
