#pragma once

#include "buffer.h"
#include "services.h"

/*
 * The frames of this server's clients for which no worker is free yet: of each
 * session the newest, for as long as it is of use.  A frame is offered to the
 * queue by name; once a worker is named, it is given to that one.
 */
struct live_desk;

struct live_desk *live_desk_create(struct services *services) MUST_CHECK;

/* The queues have to be gone. */
void live_desk_destroy(struct live_desk *desk);

/* Offers a session's frame in place of the one that still lies here, as
 * queue_give_frame has it; the frame is taken over.  PENDING or an error. */
int live_desk_offer(struct live_desk *desk, const char *session,
                    struct buffer *frame) MUST_CHECK;

/* What the queue tells this server, if it calls for a frame; else false. */
bool live_desk_hear(struct live_desk *desk, const char *data, size_t len);

/* The session has ended. */
void live_desk_forget(struct live_desk *desk, const char *session);

/* How long a frame is of use. */
enum { LIVE_FRAME_MS = 1500 };
