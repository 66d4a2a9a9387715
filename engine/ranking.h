#pragma once

#include <stddef.h>

#include "basics.h"
#include "packed_record.h"

/* The best places of a search while it goes on. */
struct place {
    double cosine;
    struct packed_record record; /* its id decides between equal ones */
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

/* What is less alike than this gets no place any more. */
double ranking_bar(const struct ranking *ranking);

/* Copies the record if it gets a place. */
void ranking_offer(struct ranking *ranking, double cosine,
                   const struct packed_record *record);

/* Takes the worst one out; there must be one, and its record is to be
 * finished. */
struct place ranking_take_worst(struct ranking *ranking);
