/*
 * reduction.c - a picture made smaller, by the mean of what each pixel covers
 *
 * The rows that a row of the small picture covers are added up first, each with
 * its share, and then the columns of the sum.  So most of the work is on bytes
 * that lie side by side, which compilers turn into vectors by themselves, and
 * the sums are the same with vectors of any length.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "basics.h"
#include "reduction.h"
#include "xalloc.h"

enum { CHANNELS = 3 };

/* What the pixels of one side of the small picture cover.  Each has as many
 * shares as the one that touches most; those that it does not need are 0. */
struct cover {
    size_t count; /* of shares of a pixel */
    size_t *first;
    float *shares;
};

int reduction_length(int length, double step)
{
    return (int)fmax(1, rint(length / step));
}

static void cover_init(struct cover *cover, int length, double step)
{
    size_t pixels = (size_t)reduction_length(length, step);

    cover->count = (size_t)ceil(step) + 1;
    cover->first = xcalloc(pixels, sizeof *cover->first);
    cover->shares = xcalloc(pixels * cover->count, sizeof *cover->shares);
    for (size_t i = 0; i < pixels; i++) {
        double from = (double)i * step, to = fmin(from + step, length);

        cover->first[i] = (size_t)from;
        for (size_t k = 0; k < cover->count; k++) {
            double pixel = (double)(cover->first[i] + k);
            double part = fmin(to, pixel + 1) - fmax(from, pixel);

            cover->shares[i * cover->count + k] =
                (float)(fmax(part, 0) / (to - from));
        }
    }
}

static void cover_finish(struct cover *cover)
{
    free(cover->first);
    free(cover->shares);
}

static void add_row(float *restrict sums, const unsigned char *restrict row,
                    size_t count, float share)
{
    for (size_t i = 0; i < count; i++)
        sums[i] += share * (float)row[i];
}

static void sum_rows(const struct cover *down, const struct bitmap *picture,
                     size_t y, float *sums)
{
    const size_t row_bytes = (size_t)picture->width * CHANNELS;
    const unsigned char *row = picture->bytes + down->first[y] * row_bytes;
    const float *shares = down->shares + y * down->count;

    memset(sums, 0, row_bytes * sizeof *sums);
    for (size_t k = 0; k < down->count; k++, row += row_bytes)
        if (shares[k] > 0)
            add_row(sums, row, row_bytes, shares[k]);
}

static void sum_columns(const struct cover *across, size_t width,
                        const float *sums, unsigned char *to)
{
    const float *shares = across->shares;

    for (size_t x = 0; x < width; x++, shares += across->count) {
        const float *from = sums + across->first[x] * CHANNELS;
        float blue = 0.5F, green = 0.5F, red = 0.5F; /* to round by */

        for (size_t k = 0; k < across->count; k++, from += CHANNELS) {
            blue += shares[k] * from[0];
            green += shares[k] * from[1];
            red += shares[k] * from[2];
        }
        *to++ = (unsigned char)blue;
        *to++ = (unsigned char)green;
        *to++ = (unsigned char)red;
    }
}

void reduction_run(const struct bitmap *picture, double step,
                   unsigned char *small)
{
    const size_t width = (size_t)reduction_length(picture->width, step);
    const size_t height = (size_t)reduction_length(picture->height, step);
    struct cover across, down;
    float *sums;

    assert(step >= 1);
    cover_init(&across, picture->width, step);
    cover_init(&down, picture->height, step);
    /* Shares of 0 may lie behind the end of a row. */
    sums = xcalloc(((size_t)picture->width + across.count) * CHANNELS,
                   sizeof *sums);
    for (size_t y = 0; y < height; y++) {
        sum_rows(&down, picture, y, sums);
        sum_columns(&across, width, sums, small + y * width * CHANNELS);
    }
    free(sums);
    cover_finish(&across);
    cover_finish(&down);
}
