#pragma once

#include <stddef.h>

#include "processor.h"

/* Pixels of a tile, outputs that are made together, and the pixels that a
 * tile's used part is a multiple of. */
enum { TILE = 64, TILE_GROUP = 8, TILE_VECTOR = 16 };

/*
 * Eight outputs of so many pixels, `stride` floats apart: `depth` rows of a
 * panel, TILE floats each, times eight weights for each row, and a bias for
 * each output.  They are kept within both of `clamp`.
 */
typedef void tile_multiply_fn(const float *weights, const float *bias,
                              const float *panel, size_t depth, size_t pixels,
                              const float clamp[static 2], float *out,
                              size_t stride);

/* For a processor that has the skill.  NULL: there are none of its kind. */
tile_multiply_fn *tile_multiply(enum processor_skill skill);
