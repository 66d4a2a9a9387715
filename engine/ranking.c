/*
 * ranking.c - the best places of a search
 */
#include <math.h>
#include <stdlib.h>

#include "ranking.h"
#include "xalloc.h"

void ranking_init(struct ranking *ranking, size_t most)
{
    *ranking = (struct ranking){
        .places = xcalloc(most, sizeof *ranking->places), .most = most};
}

void ranking_finish(struct ranking *ranking)
{
    for (size_t i = 0; i < ranking->count; i++)
        packed_record_finish(&ranking->places[i].record);
    free(ranking->places);
    *ranking = (struct ranking){0};
}

static bool is_better(const struct place *one, const struct place *other)
{
    if (one->cosine != other->cosine)
        return one->cosine > other->cosine;
    return id_bits_compare(&one->record.id, &other->record.id) < 0;
}

/* Puts a place at the end and lets it rise above all that are better. */
static void rise(struct ranking *ranking, struct place place)
{
    struct place *places = ranking->places;
    size_t at = ranking->count++;

    for (; at > 0 && is_better(&places[(at - 1) / 2], &place);
         at = (at - 1) / 2)
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
            is_better(&places[child], &places[child + 1]))
            child++;
        if (is_better(&places[child], &place))
            break;
        places[at] = places[child];
        at = child;
    }
    places[at] = place;
}

double ranking_bar(const struct ranking *ranking)
{
    if (ranking->count < ranking->most)
        return -INFINITY;
    return ranking->count > 0 ? ranking->places[0].cosine : INFINITY;
}

void ranking_offer(struct ranking *ranking, double cosine,
                   const struct packed_record *record)
{
    struct place place = {cosine, *record};

    if (ranking->count < ranking->most) {
        place.record = packed_record_copy(record);
        rise(ranking, place);
    } else if (ranking->count > 0 && is_better(&place, &ranking->places[0])) {
        packed_record_finish(&ranking->places[0].record);
        place.record = packed_record_copy(record);
        sink(ranking, place);
    }
}

struct place ranking_take_worst(struct ranking *ranking)
{
    struct place worst = ranking->places[0];

    assert(ranking->count > 0);
    ranking->count--;
    sink(ranking, ranking->places[ranking->count]);
    return worst;
}
