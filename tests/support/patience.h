#pragma once

#include <stdint.h>

#include "basics.h"

/*
 * Waiting for a fact, with an end:
 *
 *     struct patience patience = patience_of(5000);
 *     while (!it_is_so() && patience_lasts(&patience))
 *         ;
 */
struct patience {
    int64_t end_ms;
};

struct patience patience_of(int limit_ms);

/* Rests a few milliseconds and returns true, or false when the time is over. */
bool patience_lasts(const struct patience *patience);
