#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"

/*
 * The way of a stored picture's pixels to their places in the upright one, in
 * bytes: where the first one goes, and how far from there its neighbour to the
 * right and the one below.
 */
struct turn {
    ptrdiff_t corner, right, down;
};

/* Whether what is stored lies on its side: width and height change places. */
bool turn_swaps(int orientation);

/* `orientation` is EXIF's, 1 to 8; the size is the upright picture's, in rows
 * of 3 bytes a pixel. */
struct turn turn_upright(int orientation, uint32_t width, uint32_t height);
