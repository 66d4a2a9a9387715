#pragma once

#include "listener.h"
#include "services.h"
#include "websocket.h"

/* All live clients on WebSockets (see session.h). */
struct sessions;

/* All sessions of a server; what it is given outlives it. */
struct sessions *sessions_create(struct services *services,
                                 struct listeners *listeners) MUST_CHECK;

/* Every session must be gone. */
void sessions_destroy(struct sessions *sessions);

/* A WebSocket was opened from an address; `has_token` if its request brought
 * what is demanded. */
void sessions_open(struct sessions *sessions, struct websocket *websocket,
                   const char *address, bool has_token);

/* A live-lane result: JSON that names its session. */
void sessions_take_result(struct sessions *sessions, const char *data,
                          size_t len);

/* Says goodbye to everybody, spread over `window_ms`. */
void sessions_drain(struct sessions *sessions, int64_t window_ms);
size_t sessions_count(const struct sessions *sessions);
