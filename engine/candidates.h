#pragma once

#include <stddef.h>

#include "face.h"
#include "networks.h"

/* What may be a face, in pixels of what the detector was shown. */
struct candidate {
    double score; /* 0 to 1 */
    struct box box;
    struct point points[FACE_POINTS];
};

/* More than the 100 faces that anybody is told of. */
enum { CANDIDATES_MAX = 256 };

/* The candidates of one view, the best first. */
struct candidates {
    size_t count;
    struct candidate list[CANDIDATES_MAX];
};

/* Reads the grids: keeps what scores at least `score_min`, only the best of
 * those that lie on one face, and only the best CANDIDATES_MAX in all. */
void candidates_read(struct candidates *candidates,
                     const struct detector_view *view, double score_min);
