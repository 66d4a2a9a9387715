/*
 * eyeglasses.c - whether a frame lies across a face
 *
 * No network of ours knows eyeglasses.  A frame has a bar over the nose and one
 * before each temple, so both must be there: what counts is the root of their
 * product.  A fringe, a wrinkle or a brow makes edges in one place alone.
 */
#include <math.h>

#include "eyeglasses.h"

enum { SIDE = NETWORKS_CROP };

/* Parts of the square: the eyes lie in row 52, in columns 38 and 74. */
struct part {
    int left, right, top, bottom;
};
static const struct part face_part = {20, 92, 30, 102};
static const struct part bridge = {51, 61, 44, 58};
static const struct part temples[] = {{14, 26, 44, 58}, {86, 98, 44, 58}};

/* Keeps an evenly dark square from passing for one with a frame. */
static const double least_contrast = 4;

/* Rec. 601, as JPEG has it. */
static double luma_at(const unsigned char *crop, int x, int y)
{
    const unsigned char *pixel = crop + (ptrdiff_t)3 * (y * SIDE + x);

    return 0.114 * pixel[0] + 0.587 * pixel[1] + 0.299 * pixel[2];
}

static double luma_of_row(const unsigned char *crop, int x, int y)
{
    return (luma_at(crop, x - 1, y) + 2 * luma_at(crop, x, y) +
            luma_at(crop, x + 1, y)) /
           4;
}

/* The mean of the steps from row to row. */
static double edges(const unsigned char *crop, const struct part *part)
{
    double sum = 0;

    for (int y = part->top; y < part->bottom; y++)
        for (int x = part->left; x < part->right; x++)
            sum +=
                fabs(luma_of_row(crop, x, y + 1) - luma_of_row(crop, x, y - 1));
    return sum / ((part->right - part->left) * (part->bottom - part->top));
}

/* The spread of the luma. */
static double contrast(const unsigned char *crop, const struct part *part)
{
    double sum = 0, squares = 0;
    int count = 0;

    for (int y = part->top; y < part->bottom; y++) {
        for (int x = part->left; x < part->right; x++, count++) {
            double luma = luma_at(crop, x, y);

            sum += luma;
            squares += luma * luma;
        }
    }
    return sqrt(fmax(squares / count - sum / count * (sum / count), 0));
}

double eyeglasses_measure(const unsigned char *crop)
{
    double temple = fmax(edges(crop, &temples[0]), edges(crop, &temples[1]));

    return sqrt(edges(crop, &bridge) * temple) /
           (contrast(crop, &face_part) + least_contrast);
}
