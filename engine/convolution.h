#pragma once

#include <stddef.h>

#include "basics.h"
#include "processor.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A convolution of planes of floats, for networks whose layers have few
 * channels and many pixels.  OpenCV 4.6 adds up each output by itself, over
 * channels that lie far apart; this one works on many outputs that lie side by
 * side.
 */
struct convolution;

struct convolution_shape {
    size_t inputs, outputs; /* channels */
    size_t kernel_height, kernel_width;
    size_t stride;
    size_t pad_top, pad_left, pad_bottom, pad_right; /* with zeros */
    /* Each output comes from the input of its number alone.  There are as many
     * of both, and convolution_can_go_by_plane. */
    bool by_plane;
};

/* Whether its kernel is one that planes can go through by themselves. */
bool convolution_can_go_by_plane(const struct convolution_shape *shape);

/* What of this processor it uses: AVX2 or AVX-512.  SKILL_NONE: it has neither,
 * and there are no convolutions of ours. */
enum processor_skill convolution_skill(void);

/* `weights` lie by output, input (by plane there is but one), row and column;
 * `bias` has one number for each output.  Both are borrowed for the call.  The
 * processor has the skill.
 */
struct convolution *convolution_create(const struct convolution_shape *shape,
                                       const float *weights, const float *bias,
                                       enum processor_skill skill) MUST_CHECK;
void convolution_destroy(struct convolution *convolution);

/* Outputs are kept within both from now on. */
void convolution_clamp(struct convolution *convolution, float least,
                       float most);

/* How many rows or columns come out where so many go in. */
size_t convolution_height(const struct convolution *convolution, size_t length);
size_t convolution_width(const struct convolution *convolution, size_t length);

/* `in` has planes of height * width, one behind the other; `out` gets planes of
 * convolution_height * convolution_width. */
void convolution_run(const struct convolution *convolution, const float *in,
                     size_t height, size_t width, float *out);

#ifdef __cplusplus
}
#endif
