#pragma once

#include "call.h"

/*
 * How the parts are that a server works with.  However many ask, the parts are
 * asked by one at a time, and at most once a second while all is well.
 */
struct checkup;

struct checkup *checkup_create(struct services *services) MUST_CHECK;

/* Nothing may be under way. */
void checkup_destroy(struct checkup *checkup);

/* Answers the call with what is known: 200, or 503 if an upload could not be
 * taken in now and told of.  Takes the call over. */
void checkup_answer(struct checkup *checkup, struct call *call);
