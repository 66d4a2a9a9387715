#pragma once

#include "neighbour.h"

/* Requests with something wrong in them, one of each kind.  Each must get the
 * status, the code and a sentence that the contract gives it. */
void bad_requests_make(struct neighbour *neighbour);
