#pragma once

#include "listener.h"
#include "live_message.h"
#include "services.h"

/*
 * The searches of one live connection: each is announced by a message, then its
 * photo comes, and then it is admitted, or offered to the live lane.  The
 * client hears the replies by its listener.
 */
struct live_searches;

/* `session` is the name by which results of the live lane come back. */
struct live_searches *live_searches_create(struct services *services,
                                           struct listener *listener,
                                           const char *session) MUST_CHECK;

/* The client is gone, and its listener with it; what is being admitted is still
 * carried to its end. */
void live_searches_leave(struct live_searches *searches);

/* A search was announced; the message is taken over. */
void live_searches_announce(struct live_searches *searches,
                            struct live_message *message);

/* The binary frame that follows. */
void live_searches_take_photo(struct live_searches *searches, const char *bytes,
                              size_t len);
