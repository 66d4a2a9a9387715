/*
 * landmarks.c - the places of a face, by number and by name
 *
 * A name stands for one of the 68 places or for the middle of a few.  A pupil
 * is the middle of its eye: where somebody looks is not measured.
 */
#include <math.h>

#include "landmarks.h"

/* From one place to another, both included. */
struct range {
    int first, last;
};

/* In Rekognition's order. */
static const struct {
    const char *name;
    struct range range;
} named_places[FACE_LANDMARKS] = {
    {"leftEyeBrowLeft", {17, 17}},   {"leftEyeBrowRight", {21, 21}},
    {"leftEyeBrowUp", {19, 19}},     {"rightEyeBrowLeft", {22, 22}},
    {"rightEyeBrowRight", {26, 26}}, {"rightEyeBrowUp", {24, 24}},
    {"leftEyeLeft", {36, 36}},       {"leftEyeRight", {39, 39}},
    {"leftEyeUp", {37, 38}},         {"leftEyeDown", {40, 41}},
    {"rightEyeLeft", {42, 42}},      {"rightEyeRight", {45, 45}},
    {"rightEyeUp", {43, 44}},        {"rightEyeDown", {46, 47}},
    {"noseLeft", {31, 31}},          {"noseRight", {35, 35}},
    {"mouthUp", {51, 51}},           {"mouthDown", {57, 57}},
    {"leftPupil", {36, 41}},         {"rightPupil", {42, 47}},
    {"upperJawlineLeft", {0, 0}},    {"midJawlineLeft", {4, 4}},
    {"chinBottom", {8, 8}},          {"midJawlineRight", {12, 12}},
    {"upperJawlineRight", {16, 16}},
};

/* Where the detector's five points lie among the 68. */
static const struct range point_places[FACE_POINTS] = {
    [FACE_EYE_LEFT] = {36, 41},    [FACE_EYE_RIGHT] = {42, 47},
    [FACE_NOSE] = {30, 30},        [FACE_MOUTH_LEFT] = {48, 48},
    [FACE_MOUTH_RIGHT] = {54, 54},
};

static struct point middle(const struct point *seen, struct range range)
{
    struct point sum = {0, 0};
    int count = range.last - range.first + 1;

    for (int i = range.first; i <= range.last; i++) {
        sum.x += seen[i].x;
        sum.y += seen[i].y;
    }
    return (struct point){sum.x / count, sum.y / count};
}

static double distance(struct point one, struct point other)
{
    return hypot(one.x - other.x, one.y - other.y);
}

const char *landmarks_name(size_t i)
{
    return named_places[i].name;
}

void landmarks_pick(const struct point seen[static LANDMARKS_SEEN],
                    struct point named[static FACE_LANDMARKS])
{
    for (size_t i = 0; i < FACE_LANDMARKS; i++)
        named[i] = middle(seen, named_places[i].range);
}

double landmarks_apart(const struct point seen[static LANDMARKS_SEEN],
                       const struct point points[static FACE_POINTS])
{
    double eyes = distance(points[FACE_EYE_LEFT], points[FACE_EYE_RIGHT]);
    double sum = 0;

    for (size_t i = 0; i < FACE_POINTS; i++)
        sum += distance(middle(seen, point_places[i]), points[i]);
    return sum / FACE_POINTS / fmax(eyes, 1e-9);
}

double landmarks_mouth(const struct point seen[static LANDMARKS_SEEN])
{
    double gap = distance(seen[61], seen[67]) + distance(seen[62], seen[66]) +
                 distance(seen[63], seen[65]);

    return gap / 3 / fmax(distance(seen[60], seen[64]), 1e-9);
}

/* Six places: the corner at the viewer's left, and on round the eye. */
static double openness(const struct point *eye)
{
    double height = distance(eye[1], eye[5]) + distance(eye[2], eye[4]);

    return height / 2 / fmax(distance(eye[0], eye[3]), 1e-9);
}

double landmarks_eyes(const struct point seen[static LANDMARKS_SEEN])
{
    return (openness(&seen[36]) + openness(&seen[42])) / 2;
}
