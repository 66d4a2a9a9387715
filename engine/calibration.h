#pragma once

#include <stdint.h>

#include "basics.h"
#include "buffer.h"

/*
 * How alike faces are: of one person, and of two.  From many pairs it says
 * where a threshold must lie so that strangers are taken for one person no more
 * often than so; see calibrate.h for the command.
 */
enum { CALIBRATION_BINS = 20001 }; /* of cosines, a ten-thousandth wide each */

/* The cosines of some pairs; all zero is none. */
struct cosines {
    uint64_t count;
    uint64_t bins[CALIBRATION_BINS];
};

struct calibration {
    struct cosines same;  /* pairs of one person */
    struct cosines other; /* pairs of two */
};

void cosines_add(struct cosines *cosines, double cosine);

/* How many are that cosine and more. */
uint64_t cosines_from(const struct cosines *cosines, double cosine);

/* The cosine that such a part of them stays below, 0 to 1; there must be
 * some. */
double cosines_quantile(const struct cosines *cosines, double part);

/* How a threshold was found. */
enum calibration_way {
    CALIBRATION_COUNTED,  /* in as many pairs as it takes */
    CALIBRATION_RECKONED, /* from how the most alike of few pairs thin out */
    CALIBRATION_UNKNOWN,  /* not at all: there are fewer still */
};

/* The least cosine at which at most one in `pairs` pairs of two people is taken
 * for one person; it is 10 or more. */
enum calibration_way calibration_find(const struct calibration *calibration,
                                      int pairs, double *cosine);

/* Adds a picture (SVG) of both distributions and of some thresholds. */
void calibration_draw(const struct calibration *calibration,
                      const double *thresholds, const char *const *names,
                      size_t count, struct buffer *svg);
