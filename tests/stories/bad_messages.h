#pragma once

#include "neighbour.h"

/* What may be wrong on a live connection.  Each gets a refusal, and the
 * connection stays, or it is closed with the code that the contract gives it.
 */
void bad_messages_say(struct neighbour *neighbour);
