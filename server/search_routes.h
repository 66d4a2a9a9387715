#pragma once

#include "call.h"

/* The routes that start work on photos: POST /v1/searches, /v1/analyses and
 * /v1/comparisons.  Each takes the call over. */
void route_search(struct call *call);
void route_analyze(struct call *call);
void route_compare(struct call *call);
