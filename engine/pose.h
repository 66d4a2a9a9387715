#pragma once

#include "face.h"

/*
 * How the head is held, from the five points (in pixels of the picture), in
 * degrees:
 *
 *   roll   turned clockwise in the picture's plane, -180 to 180
 *   yaw    turned to the viewer's right, -90 to 90
 *   pitch  raised, -90 to 90
 *
 * Five points are few: expect an error of about 5 degrees in roll, and of 10
 * to 15 in yaw and pitch, where noses differ between people as well.
 */
struct pose pose_estimate(const struct point points[static FACE_POINTS]);
