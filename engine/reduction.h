#pragma once

#include "bitmap.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many pixels a side of so many has in steps of `step`, one at least. */
int reduction_length(int length, double step);

/*
 * Makes a picture smaller: a pixel of the small one is the mean of the square
 * that it stands for, `step` pixels long and at least one, where pixels count
 * for as much of them as lies in it.  `small` has reduction_length of both
 * sides.
 */
void reduction_run(const struct bitmap *picture, double step,
                   unsigned char *small);

#ifdef __cplusplus
}
#endif
