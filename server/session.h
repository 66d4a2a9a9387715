#pragma once

#include "json.h"
#include "listener.h"
#include "random.h"
#include "services.h"
#include "websocket.h"

/*
 * A live client on a WebSocket: what it says, and what it hears beside events
 * (see proto/live.md).  For sessions.c, which keeps all of them.
 */
struct session;

/* What every session borrows. */
struct session_tools {
    struct services *services;
    struct listeners *listeners;
    /* The client is gone, and the session is not to be used any more. */
    void (*on_gone)(void *owner);
};

/* `has_token` if its request brought what is demanded. */
struct session *session_open(const struct session_tools *tools,
                             struct websocket *websocket, bool has_token,
                             void *owner) MUST_CHECK;

/* By which its live-lane results find it. */
const char *session_name(const struct session *session);

/* There are too many: this one is closed. */
void session_turn_away(struct session *session);

/* Tells the result of a frame of the live lane. */
void session_take_result(struct session *session, const struct json *result);

/* Says goodbye now, and closes it after the delay. */
void session_say_goodbye(struct session *session, int64_t delay_ms);
