#pragma once

/*
 * The neural networks, and the one door to OpenCV.  A set of networks is used
 * by one thread at a time; every thread that recognizes has a set of its own.
 *
 * networks.cpp and convolution_layer.cpp are the only C++ of ours: this header is
 * C, and no exception comes through it.
 */
#include <stddef.h>

#include "basics.h"
#include "bitmap.h"

#ifdef __cplusplus
extern "C" {
#endif

struct networks;

enum {
    NETWORKS_GRIDS = 3,        /* the detector looks with three cell sizes */
    NETWORKS_VECTOR_MAX = 256, /* numbers in the longest vector we work with */
    NETWORKS_CROP = 112,       /* side of the square the embedder looks at */
    NETWORKS_CROP_BYTES = NETWORKS_CROP * NETWORKS_CROP * 3,
    NETWORKS_PROBLEM_BYTES = 256, /* of a sentence */
};

/* Networks that measure more of a face.  A set has those that it was given. */
enum measure {
    MEASURE_LANDMARKS,  /* 68 places, each x and y, in ratios of the crop */
    MEASURE_EXPRESSION, /* how likely each of seven expressions is */
    MEASURE_AGE,        /* years, and how likely male and female are */
    MEASURE_COUNT
};
enum { NETWORKS_NUMBERS_MAX = 136 }; /* of one measure */

/* Model files in memory.  Borrowed for the call. */
struct networks_models {
    const void *detector;
    size_t detector_bytes;
    const void *embedder;
    size_t embedder_bytes;
};

/* Once per program, before the first set is made. */
void networks_library_init(void);

/* NULL if a model cannot be used; `problem`, of NETWORKS_PROBLEM_BYTES, says
 * why. */
struct networks *networks_create(const struct networks_models *models,
                                 char *problem) MUST_CHECK;
void networks_destroy(struct networks *networks);

/* How many numbers the embedder's vectors have: 128 or 256. */
size_t networks_vector_length(const struct networks *networks);

/* Why the last call failed, in OpenCV's words.  Borrowed until the next. */
const char *networks_problem(const struct networks *networks);

/* By how much a picture is turned, clockwise, before it is shown. */
enum turn { TURN_NONE, TURN_90, TURN_180, TURN_270, TURN_COUNT };

/* What the detector says of one grid of square cells, row by row. */
struct detector_grid {
    int stride; /* side of a cell in pixels */
    int columns;
    int rows;
    const float *faces;   /* 1 a cell: how likely a face is there */
    const float *objects; /* 1 a cell: how well the box fits one */
    const float *boxes;   /* 4 a cell: centre, logarithms of the size */
    const float *points;  /* 10 a cell: x and y of the five points */
};

/* What the detector saw, in pixels of what it was shown.  Borrowed until the
 * set's next call. */
struct detector_view {
    double scale; /* of what was shown to the picture, at most 1 */
    enum turn turn;
    int width; /* of what was shown, as it was turned */
    int height;
    struct detector_grid grids[NETWORKS_GRIDS];
};

/* Shrinks the picture until its longest side is `longest` (it is never
 * enlarged), turns it and shows it to the detector.  E_SYSTEM: see
 * networks_problem. */
int networks_detect(struct networks *networks, const struct bitmap *picture,
                    int longest, enum turn turn,
                    struct detector_view *view) MUST_CHECK;

/* Cuts a square of NETWORKS_CROP out of the picture.  `matrix` leads from the
 * picture to the square, two rows of three; what lies outside the picture is
 * black.  `crop` has NETWORKS_CROP_BYTES, as pixels have them. */
int networks_cut(struct networks *networks, const struct bitmap *picture,
                 const double *matrix, unsigned char *crop) MUST_CHECK;

/* The vector of an aligned face as the network gives it, not normalised;
 * `vector` has room for networks_vector_length. */
int networks_embed(struct networks *networks, const unsigned char *crop,
                   float *vector) MUST_CHECK;

/* Gives the set one more network.  E_INVALID: it is not what it should be, see
 * networks_problem. */
int networks_add(struct networks *networks, enum measure measure,
                 const void *bytes, size_t len) MUST_CHECK;
bool networks_has(const struct networks *networks, enum measure measure);

/* What such a network says of a crop, in room for NETWORKS_NUMBERS_MAX; the set
 * must have it. */
int networks_measure(struct networks *networks, enum measure measure,
                     const unsigned char *crop, float *numbers) MUST_CHECK;

#ifdef __cplusplus
}
#endif
