/*
 * pose.c - how a head is held
 *
 * A simple head: eyes and mouth lie in a plane as high as the eyes are apart,
 * and the nose's tip stands half of that height before it.  Turning the head
 * moves the tip across by the sine and brings the eyes together by the cosine;
 * nodding moves the tip up by the sine and lowers the plane by the cosine.  The
 * angle is the one whose tangent is the ratio of both, so nothing needs to be
 * clamped, and no size needs to be known.
 */
#include <math.h>

#include "pose.h"

/* Measured on faces that look straight ahead; in heights of the plane. */
static const double nose_stands_out = 0.5;
static const double nose_from_eyes = 0.59; /* down, towards the mouth */
static const double eyes_apart = 1.0;

static const double degrees = 57.29577951308232;

static struct point minus(struct point one, struct point other)
{
    return (struct point){one.x - other.x, one.y - other.y};
}

static struct point middle(struct point one, struct point other)
{
    return (struct point){(one.x + other.x) / 2, (one.y + other.y) / 2};
}

static double dot(struct point one, struct point other)
{
    return one.x * other.x + one.y * other.y;
}

struct pose pose_estimate(const struct point points[static FACE_POINTS])
{
    struct point eyes = middle(points[FACE_EYE_LEFT], points[FACE_EYE_RIGHT]);
    struct point mouth =
        middle(points[FACE_MOUTH_LEFT], points[FACE_MOUTH_RIGHT]);
    struct point eye_line =
        minus(points[FACE_EYE_RIGHT], points[FACE_EYE_LEFT]);
    struct point mouth_line =
        minus(points[FACE_MOUTH_RIGHT], points[FACE_MOUTH_LEFT]);
    /* Both lines together say which way is across. */
    double roll = atan2(eye_line.y + mouth_line.y, eye_line.x + mouth_line.x);
    struct point across = {cos(roll), sin(roll)};
    struct point down = {-across.y, across.x};
    struct point face = minus(mouth, eyes);
    struct point nose = minus(points[FACE_NOSE], eyes);
    double height = fmax(dot(face, down), 1e-6);
    double along = dot(nose, down) / height;
    /* How far the tip lies beside the line from eyes to mouth. */
    double beside = (dot(nose, across) - along * dot(face, across)) / height;
    double apart = fmax(dot(eye_line, across), 0) / height;

    return (struct pose){
        .roll = roll * degrees,
        .yaw = atan2(beside / nose_stands_out, apart / eyes_apart) * degrees,
        .pitch = atan((nose_from_eyes - along) / nose_stands_out) * degrees,
    };
}
