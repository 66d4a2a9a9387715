#pragma once

#include "call.h"
#include "listener.h"

/* GET /v1/events: the events of some topics as Server-Sent Events.  Takes the
 * call over. */
void event_stream_open(struct call *call, struct listeners *listeners);
