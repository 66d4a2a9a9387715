#pragma once

#include <stddef.h>

#include "networks.h"

/*
 * A face in a picture.  Ratios are of the upright picture, its top left corner
 * is 0, 0; a face at the edge may reach past 0 or 1.  Left and right are the
 * viewer's, on an upright face.
 */
enum {
    FACE_EYE_LEFT,
    FACE_EYE_RIGHT,
    FACE_NOSE,
    FACE_MOUTH_LEFT,
    FACE_MOUTH_RIGHT,
    FACE_POINTS
};

struct point {
    double x, y;
};

struct box {
    double left, top, width, height;
};

/* How the head is held, in degrees: see pose.h. */
struct pose {
    double roll, yaw, pitch;
};

/* How well the face can be seen, each 0 to 100: see quality.h. */
struct quality {
    double brightness, sharpness;
};

struct face {
    struct box box;
    struct point points[FACE_POINTS];
    double confidence; /* that it is a face, 0 to 100 */
    struct pose pose;
    struct quality quality;
    /* Of length 1; all zero where no vector was asked for. */
    float vector[NETWORKS_VECTOR_MAX];
};
