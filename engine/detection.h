#pragma once

#include <stddef.h>

#include "face.h"
#include "networks.h"

/* As many as Rekognition gives, the largest of them. */
enum { DETECTION_FACES_MAX = 100 };

/*
 * Finds the faces of a picture, whichever way up it is, the largest first, with
 * their boxes, points, confidences and poses.  `faces` is to be freed; NULL
 * where there are none.  E_SYSTEM: see networks_problem.
 */
int detection_run(struct networks *networks, const struct bitmap *picture,
                  struct face **faces, size_t *count) MUST_CHECK;
