#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sketch.h"

/*
 * The first look of a search: which sketches can be those of vectors that are
 * alike enough.
 */
struct scan {
    const int8_t *numbers; /* a sketch_query's */
    size_t pieces;
    float unit;
    float reach;
    float least;
};

enum { SCAN_ROWS_MAX = 1024 };

/*
 * Writes the rows, in rising order, for which
 *
 *   sum * unit + error * reach >= least
 *
 * and returns how many they are.  `groups` are those of the first `rows` rows,
 * at most SCAN_ROWS_MAX; `errors` may be read up to the end of the last group.
 * All variants give the same.
 */
typedef size_t scan_fn(const struct scan *scan, const uint8_t *groups,
                       const float *errors, size_t rows,
                       uint16_t hits[static SCAN_ROWS_MAX]);

/* As in dot.h. */
scan_fn *scan_fastest(void);
scan_fn *scan_variant(size_t number, const char **name);
