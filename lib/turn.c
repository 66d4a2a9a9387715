/*
 * turn.c - turns pictures upright, as EXIF says
 *
 * EXIF tells of the stored picture which edges of the upright one its first
 * row and its first column are.
 */
#include "turn.h"

/* By orientation, from 1. */
static const struct {
    bool swaps;      /* the first row is the left or the right edge */
    bool right_back; /* what is to the right goes left, or up */
    bool down_back;  /* what is below goes up, or left */
} ways[] = {
    [1] = {false, false, false}, [2] = {false, true, false},
    [3] = {false, true, true},   [4] = {false, false, true},
    [5] = {true, false, false},  [6] = {true, false, true},
    [7] = {true, true, true},    [8] = {true, true, false},
};

bool turn_swaps(int orientation)
{
    return ways[orientation].swaps;
}

struct turn turn_upright(int orientation, uint32_t width, uint32_t height)
{
    const ptrdiff_t pixel = 3, row = (ptrdiff_t)width * pixel;
    bool swaps = turn_swaps(orientation);
    ptrdiff_t columns = swaps ? height : width; /* as stored */
    ptrdiff_t rows = swaps ? width : height;
    struct turn turn = {0, swaps ? row : pixel, swaps ? pixel : row};

    if (ways[orientation].right_back) {
        turn.corner += (columns - 1) * turn.right;
        turn.right = -turn.right;
    }
    if (ways[orientation].down_back) {
        turn.corner += (rows - 1) * turn.down;
        turn.down = -turn.down;
    }
    return turn;
}
