#pragma once

#include "face.h"

/*
 * The 68 places of a face that a network sees, in the order of iBUG's scheme:
 * the jaw, the brows, the nose, the eyes, the lips, each from the viewer's left
 * on an upright face.
 */
enum { LANDMARKS_SEEN = 68 };

/* Rekognition's name of each that is told besides the five points. */
const char *landmarks_name(size_t i);

/* Picks those out of the 68. */
void landmarks_pick(const struct point seen[static LANDMARKS_SEEN],
                    struct point named[static FACE_LANDMARKS]);

/*
 * How far the 68 are from the detector's five points, where both have the same
 * place: the mean distance, in distances of the eyes.
 */
double landmarks_apart(const struct point seen[static LANDMARKS_SEEN],
                       const struct point points[static FACE_POINTS]);

/* How far the lips are apart: the height of the gap over its width. */
double landmarks_mouth(const struct point seen[static LANDMARKS_SEEN]);

/* How far the eyes are open: their height over their width, the mean of both.
 */
double landmarks_eyes(const struct point seen[static LANDMARKS_SEEN]);
