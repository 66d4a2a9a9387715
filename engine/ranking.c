/*
 * ranking.c - the best places of a search
 */
#include <stdlib.h>
#include <string.h>

#include "ranking.h"
#include "xalloc.h"

void ranking_init(struct ranking *ranking, size_t most)
{
    *ranking = (struct ranking){
        .places = xcalloc(most, sizeof *ranking->places), .most = most};
}

void ranking_finish(struct ranking *ranking)
{
    free(ranking->places);
    *ranking = (struct ranking){0};
}

static bool is_better(struct place one, struct place other)
{
    if (one.cosine != other.cosine)
        return one.cosine > other.cosine;
    return strcmp(one.id, other.id) < 0;
}

/* Puts a place at the end and lets it rise above all that are better. */
static void rise(struct ranking *ranking, struct place place)
{
    struct place *places = ranking->places;
    size_t at = ranking->count++;

    for (; at > 0 && is_better(places[(at - 1) / 2], place); at = (at - 1) / 2)
        places[at] = places[(at - 1) / 2];
    places[at] = place;
}

/* Puts a place on top and lets it sink below all that are worse. */
static void sink(struct ranking *ranking, struct place place)
{
    struct place *places = ranking->places;
    size_t at = 0, child;

    while ((child = 2 * at + 1) < ranking->count) {
        if (child + 1 < ranking->count &&
            is_better(places[child], places[child + 1]))
            child++;
        if (is_better(places[child], place))
            break;
        places[at] = places[child];
        at = child;
    }
    places[at] = place;
}

void ranking_offer(struct ranking *ranking, struct place place)
{
    if (ranking->count < ranking->most)
        rise(ranking, place);
    else if (ranking->count > 0 && is_better(place, ranking->places[0]))
        sink(ranking, place);
}

struct place ranking_take_worst(struct ranking *ranking)
{
    struct place worst = ranking->places[0];

    assert(ranking->count > 0);
    ranking->count--;
    sink(ranking, ranking->places[ranking->count]);
    return worst;
}
