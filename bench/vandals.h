#pragma once

#include <stdint.h>

#include "basics.h"
#include "recognition_client.h"

/*
 * Clients of the engine that do what nobody should: garbage, bodies that break
 * off, wrong signatures, damaged photos, heads and bodies that trickle, more
 * than anybody reads the answers of.  Each is a thread with one connection
 * after the other, and knows what the engine is to say to it.
 */
struct vandals;

enum vandalism {
    VANDAL_GARBAGE,   /* bytes that are no HTTP: 400, or a closed connection */
    VANDAL_BREAKS,    /* a body that ends in the middle, with its connection */
    VANDAL_FORGES,    /* another secret: InvalidSignatureException */
    VANDAL_DAMAGES,   /* half of a photo: InvalidImageFormatException */
    VANDAL_CREEPS,    /* a body that trickles: 408 */
    VANDAL_HESITATES, /* a head that never ends: 408 */
    VANDAL_FLOODS,    /* requests without end, whose answers nobody reads */
    VANDALISMS,
};

const char *vandalism_name(enum vandalism what);

/* Starts `count` of them.  `photo` is one in base64; what is given outlives
 * them. */
struct vandals *vandals_start(const struct recognition_client *client,
                              const char *photo, size_t count) MUST_CHECK;

/* What they did and were told so far. */
struct vandals_tally {
    uint64_t done[VANDALISMS];
    uint64_t surprises[VANDALISMS]; /* another answer than is to be expected */
};
void vandals_look(struct vandals *vandals, struct vandals_tally *tally);

/* Stops them all, and frees. */
void vandals_stop(struct vandals *vandals);
