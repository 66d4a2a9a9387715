/*
 * quality.c - how well a face can be seen
 */
#include <math.h>

#include "quality.h"

enum { SIDE = NETWORKS_CROP };

/* The ratio at which sharpness is 63. */
static const double sharp_ratio = 0.15;

/* Keeps the noise of an evenly dark square from passing for detail. */
static const double least_spread = 4;

/* A sum for the mean and the spread of what is added. */
struct spread {
    double sum, squares;
    int count;
};

static void add(struct spread *spread, double value)
{
    spread->sum += value;
    spread->squares += value * value;
    spread->count++;
}

static double mean(const struct spread *spread)
{
    return spread->sum / spread->count;
}

static double deviation(const struct spread *spread)
{
    double average = mean(spread);

    return sqrt(fmax(spread->squares / spread->count - average * average, 0));
}

/* Rec. 601, as JPEG has it. */
static double luma_of(const unsigned char *pixel)
{
    return 0.114 * pixel[0] + 0.587 * pixel[1] + 0.299 * pixel[2];
}

struct quality quality_measure(const unsigned char *crop)
{
    double luma[SIDE][SIDE];
    struct spread light = {0}, detail = {0};
    double ratio;

    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            luma[y][x] = luma_of(crop + (ptrdiff_t)3 * (y * SIDE + x));
            add(&light, luma[y][x]);
        }
    }
    for (int y = 1; y < SIDE - 1; y++)
        for (int x = 1; x < SIDE - 1; x++)
            add(&detail, 4 * luma[y][x] - luma[y - 1][x] - luma[y + 1][x] -
                             luma[y][x - 1] - luma[y][x + 1]);
    ratio = deviation(&detail) / (deviation(&light) + least_spread);
    return (struct quality){
        .brightness = mean(&light) * 100 / 255,
        .sharpness = 100 * (1 - exp(-ratio / sharp_ratio)),
    };
}
