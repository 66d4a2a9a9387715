#pragma once

#include <stddef.h>

#include "processor.h"

/* A kernel of 3 x 3 that goes over one plane of floats by itself. */
enum { PLANE_KERNEL = 3, PLANE_WEIGHTS = PLANE_KERNEL * PLANE_KERNEL };

struct plane_convolution {
    float weights[PLANE_WEIGHTS];
    float bias;
    float least, most; /* results are kept within both */
    size_t stride;     /* 1 or 2 */
    size_t pad_top, pad_left;
    size_t in_height, in_width;
    size_t out_height, out_width; /* what lies outside of `in` is 0 */
};

/* How many floats of room it needs to work in: all zero at first.  The same
 * room does for other planes of this size. */
size_t plane_convolution_room(const struct plane_convolution *plane);

/* Sums are added up in the same order with every skill, and rounded alike. */
void plane_convolution_run(const struct plane_convolution *plane,
                           enum processor_skill skill, float *room,
                           const float *in, float *out);
