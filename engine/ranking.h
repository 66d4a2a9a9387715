#pragma once

#include <stddef.h>

#include "basics.h"

/* The best places of a search while it goes on. */
struct place {
    double cosine;
    const char *id; /* decides between equal ones; borrowed */
    size_t row;
};

/* A heap with the worst on top: most of what is offered is compared with that
 * one and forgotten. */
struct ranking {
    struct place *places;
    size_t count;
    size_t most; /* how many are kept */
};

void ranking_init(struct ranking *ranking, size_t most);
void ranking_finish(struct ranking *ranking);

void ranking_offer(struct ranking *ranking, struct place place);

/* Takes the worst one out; there must be one. */
struct place ranking_take_worst(struct ranking *ranking);
