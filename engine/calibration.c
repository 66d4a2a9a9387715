/*
 * calibration.c - how alike faces are, and where to put a threshold
 *
 * Pairs are counted in bins, so any number of them takes the same memory.  One
 * pair in 10,000 can only be counted where there are many times as many.  With
 * fewer, the most alike twentieth of them is taken to thin out by the same
 * factor from step to step, and to go on so.  (A bell curve through all of them
 * would promise too much: families are more alike than strangers.)
 */
#include <math.h>

#include "calibration.h"

enum { BINS_A_COSINE = 10000, BIN_OF_ZERO = 10000 };

/* With fewer pairs than so many times 1,000 (or 10,000), one more or less moves
 * the threshold too much. */
enum { COUNTED_FROM = 10 };

/* The part that the tail is reckoned from, and how many pairs it must have. */
static const double tail_part = 0.05;
enum { TAIL_PAIRS = 10 };

static int bin_of(double cosine)
{
    int bin = (int)lround(cosine * BINS_A_COSINE) + BIN_OF_ZERO;

    return bin < 0 ? 0 : bin >= CALIBRATION_BINS ? CALIBRATION_BINS - 1 : bin;
}

static double cosine_of(int bin)
{
    return (double)(bin - BIN_OF_ZERO) / BINS_A_COSINE;
}

void cosines_add(struct cosines *cosines, double cosine)
{
    cosines->bins[bin_of(cosine)]++;
    cosines->count++;
}

uint64_t cosines_from(const struct cosines *cosines, double cosine)
{
    uint64_t count = 0;

    for (int i = bin_of(cosine); i < CALIBRATION_BINS; i++)
        count += cosines->bins[i];
    return count;
}

double cosines_quantile(const struct cosines *cosines, double part)
{
    uint64_t wanted = (uint64_t)(part * (double)(cosines->count - 1));
    uint64_t count = 0;
    int i = 0;

    while (count + cosines->bins[i] <= wanted)
        count += cosines->bins[i++];
    return cosine_of(i);
}

/* The mean of how far the tail's pairs lie beyond its beginning says how
 * quickly it thins out. */
static double reckon(const struct cosines *cosines, int pairs)
{
    double begin = cosines_quantile(cosines, 1 - tail_part), sum = 0;
    uint64_t count = 0;

    for (int i = bin_of(begin) + 1; i < CALIBRATION_BINS; i++) {
        sum += (double)cosines->bins[i] * (cosine_of(i) - begin);
        count += cosines->bins[i];
    }
    if (count == 0)
        return begin;
    return fmin(begin + sum / (double)count *
                            log((double)count / (double)cosines->count * pairs),
                1);
}

static double find_counted(const struct cosines *cosines, uint64_t allowed)
{
    uint64_t taken = 0;
    int bin = CALIBRATION_BINS - 1;

    while (taken + cosines->bins[bin] <= allowed)
        taken += cosines->bins[bin--];
    return cosine_of(bin + 1);
}

enum calibration_way calibration_find(const struct calibration *calibration,
                                      int pairs, double *cosine)
{
    const struct cosines *other = &calibration->other;

    if (other->count >= (uint64_t)pairs * COUNTED_FROM) {
        *cosine = find_counted(other, other->count / (uint64_t)pairs);
        return CALIBRATION_COUNTED;
    }
    if ((double)other->count * tail_part >= TAIL_PAIRS) {
        *cosine = reckon(other, pairs);
        return CALIBRATION_RECKONED;
    }
    return CALIBRATION_UNKNOWN;
}

/* ---- the picture ---- */

enum {
    WIDTH = 800,
    HEIGHT = 400,
    LEFT = 50,
    RIGHT = 780,
    TOP = 40,
    BOTTOM = 350,
    COLUMNS = 60, /* of the picture, from the least cosine to the greatest */
};
static const double least = -0.5, greatest = 1;

static double x_of(double cosine)
{
    return LEFT + (RIGHT - LEFT) * (cosine - least) / (greatest - least);
}

/* A line through the shares of the columns; the fullest reaches the top. */
static void draw_line(const struct cosines *cosines, const char *colour,
                      struct buffer *svg)
{
    const double step = (greatest - least) / COLUMNS;
    uint64_t counts[COLUMNS], most = 1;

    for (int i = 0; i < COLUMNS; i++) {
        counts[i] = cosines_from(cosines, least + i * step) -
                    cosines_from(cosines, least + (i + 1) * step);
        most = counts[i] > most ? counts[i] : most;
    }
    buffer_printf(svg,
                  "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" "
                  "points=\"",
                  colour);
    for (int i = 0; i < COLUMNS; i++)
        buffer_printf(
            svg, "%s%.1f,%.1f", i ? " " : "", x_of(least + (i + 0.5) * step),
            BOTTOM - (double)counts[i] / (double)most * (BOTTOM - TOP));
    buffer_add_text(svg, "\"/>\n");
}

static void draw_axis(struct buffer *svg)
{
    buffer_printf(svg, "<path d=\"M%d %dH%d\" stroke=\"#888\"/>\n", LEFT,
                  BOTTOM, RIGHT);
    for (int i = -4; i <= 10; i += 2)
        buffer_printf(svg,
                      "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.1f"
                      "</text>\n",
                      x_of(i / 10.0), BOTTOM + 20, i / 10.0);
    buffer_printf(svg,
                  "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">cosine"
                  "</text>\n",
                  (LEFT + RIGHT) / 2, BOTTOM + 42);
}

void calibration_draw(const struct calibration *calibration,
                      const double *thresholds, const char *const *names,
                      size_t count, struct buffer *svg)
{
    buffer_printf(svg,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
                  "height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n"
                  "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
                  "<text x=\"%d\" y=\"20\" fill=\"#b00\">%llu pairs of two "
                  "people</text>\n"
                  "<text x=\"%d\" y=\"20\" fill=\"#070\" "
                  "text-anchor=\"end\">%llu pairs of one person</text>\n",
                  WIDTH, HEIGHT, LEFT,
                  (unsigned long long)calibration->other.count, RIGHT,
                  (unsigned long long)calibration->same.count);
    draw_axis(svg);
    draw_line(&calibration->other, "#b00", svg);
    draw_line(&calibration->same, "#070", svg);
    for (size_t i = 0; i < count; i++)
        buffer_printf(svg,
                      "<path d=\"M%.1f %dV%d\" stroke=\"#06c\" "
                      "stroke-dasharray=\"4 3\"/>\n"
                      "<text x=\"%.1f\" y=\"%zu\" fill=\"#06c\">%s</text>\n",
                      x_of(thresholds[i]), TOP, BOTTOM, x_of(thresholds[i]) + 4,
                      TOP + 14 + 18 * i, names[i]);
    buffer_add_text(svg, "</svg>\n");
}
