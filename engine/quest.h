#pragma once

#include "block.h"
#include "gallery.h"
#include "ranking.h"

/* Offers what is looked for to the ranking, from a chain of blocks of which
 * each is held for a moment. */
void quest_run(const struct gallery_query *query, struct block *first,
               struct ranking *ranking);
