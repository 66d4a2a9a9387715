#pragma once

#include "call.h"

/* The routes for those who look after a server.  Each takes the call over. */

/* Alive: the loop turns. */
void route_healthz(struct call *call);

/* Can do its job: each part is named. */
void route_readyz(struct call *call);

/* Prometheus. */
void route_metrics(struct call *call);

/* The contracts. */
void route_openapi(struct call *call);
void route_asyncapi(struct call *call);
