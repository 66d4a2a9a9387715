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

/* What a model believes of a face: yes or no, and how sure that is. */
struct opinion {
    bool is_told; /* false: nothing measured it */
    bool value;
    double confidence; /* 50 to 100 */
};

/* As Rekognition calls them; it has CONFUSED and UNKNOWN as well. */
enum emotion {
    EMOTION_CALM,
    EMOTION_HAPPY,
    EMOTION_SAD,
    EMOTION_ANGRY,
    EMOTION_FEAR,
    EMOTION_DISGUSTED,
    EMOTION_SURPRISED,
    EMOTION_COUNT
};

enum { FACE_LANDMARKS = 25 }; /* beyond the five points: see landmarks.h */

/* What more was measured of a face: see attributes.h. */
struct attributes {
    bool has_landmarks;
    bool has_age;
    bool has_emotions;
    struct point landmarks[FACE_LANDMARKS];
    int age_low; /* years */
    int age_high;
    double emotions[EMOTION_COUNT]; /* confidences, 0 to 100 */
    struct opinion is_male;
    struct opinion smile;
    struct opinion eyes_open;
    struct opinion mouth_open;
    struct opinion eyeglasses;
};

struct face {
    struct box box;
    struct point points[FACE_POINTS];
    double confidence; /* that it is a face, 0 to 100 */
    struct pose pose;
    struct quality quality;
    struct attributes attributes;
    /* Of length 1; all zero where no vector was asked for. */
    float vector[NETWORKS_VECTOR_MAX];
};
