#pragma once

#include "live.h"

/*
 * A client that does nothing wrong, beside one that does: it asks over a kept
 * connection and pings over a live one, and is answered whatever happens.
 */
struct neighbour {
    int port;
    int fd;
    struct live live;
};

void neighbour_open(struct neighbour *neighbour, int port);
void neighbour_finish(struct neighbour *neighbour);

/* Ends the test, with the name of what happened meanwhile, if it is not served
 * at once. */
void neighbour_is_served(struct neighbour *neighbour, const char *meanwhile);
