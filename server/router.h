#pragma once

#include "listener.h"
#include "pages.h"
#include "services.h"
#include "visitors.h"

/* Which route an address leads to, and whether the caller may take it. */
struct router;

struct router *router_create(struct services *services, struct pages *pages,
                             struct listeners *listeners) MUST_CHECK;
void router_destroy(struct router *router);

/* Answers a request, now or later. */
void router_take(struct router *router, struct exchange *exchange);

/* Whether the request may become a live connection; `has_token` says whether it
 * brought what is demanded.  False: it was answered. */
bool router_take_upgrade(struct router *router, struct exchange *exchange,
                         bool *has_token);
