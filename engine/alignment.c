/*
 * alignment.c - bringing a face to where the embedder expects it
 *
 * In the plane, turning and sizing is multiplying by one complex number, so the
 * best one has a closed form: with both sets of points moved to their middles,
 * it is sum(to * conj(from)) / sum(|from|^2).
 */
#include "alignment.h"
#include "errors.h"

/* The places in a square of 112 that face recognition networks share. */
static const struct point places[FACE_POINTS] = {
    [FACE_EYE_LEFT] = {38.2946, 51.6963},
    [FACE_EYE_RIGHT] = {73.5318, 51.5014},
    [FACE_NOSE] = {56.0252, 71.7366},
    [FACE_MOUTH_LEFT] = {41.5493, 92.3655},
    [FACE_MOUTH_RIGHT] = {70.7299, 92.2041},
};

static struct point middle_of(const struct point points[static FACE_POINTS])
{
    struct point sum = {0, 0};

    for (int i = 0; i < FACE_POINTS; i++) {
        sum.x += points[i].x;
        sum.y += points[i].y;
    }
    return (struct point){sum.x / FACE_POINTS, sum.y / FACE_POINTS};
}

int alignment_find(const struct point points[static FACE_POINTS],
                   double matrix[static 6])
{
    struct point from = middle_of(points), to = middle_of(places);
    double real = 0, imaginary = 0, size = 0;

    for (int i = 0; i < FACE_POINTS; i++) {
        double x = points[i].x - from.x, y = points[i].y - from.y;
        double u = places[i].x - to.x, v = places[i].y - to.y;

        real += u * x + v * y;
        imaginary += v * x - u * y;
        size += x * x + y * y;
    }
    if (!(size > 1e-9))
        return E_INVALID;
    real /= size;
    imaginary /= size;

    matrix[0] = real;
    matrix[1] = -imaginary;
    matrix[2] = to.x - real * from.x + imaginary * from.y;
    matrix[3] = imaginary;
    matrix[4] = real;
    matrix[5] = to.y - imaginary * from.x - real * from.y;
    return 0;
}
