/*
 * candidates.c - from the detector's grids to what may be faces
 *
 * The numbers are YuNet's: a cell's score is the geometric mean of its two
 * likelihoods; its box stands around a point near the cell, with the logarithms
 * of its sides in cells; its five points are offsets in cells.
 */
#include <math.h>
#include <stdlib.h>

#include "candidates.h"
#include "xalloc.h"

/* Two boxes that share more than this part of what they cover are one face. */
static const double overlap_max = 0.3;

/* A cell that scores enough, not yet read. */
struct hit {
    double score;
    const struct detector_grid *grid;
    int cell;
};

static double clamped(double value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

static size_t count_cells(const struct detector_view *view)
{
    size_t count = 0;

    for (size_t i = 0; i < COUNT(view->grids); i++)
        count += (size_t)view->grids[i].columns * (size_t)view->grids[i].rows;
    return count;
}

/* `hits` has room for every cell; returns how many score enough. */
static size_t find_hits(const struct detector_view *view, double score_min,
                        struct hit *hits)
{
    size_t count = 0;

    for (size_t i = 0; i < COUNT(view->grids); i++) {
        const struct detector_grid *grid = &view->grids[i];

        for (int cell = 0; cell < grid->columns * grid->rows; cell++) {
            double score = sqrt(clamped((double)grid->faces[cell]) *
                                clamped((double)grid->objects[cell]));

            if (score >= score_min)
                hits[count++] = (struct hit){score, grid, cell};
        }
    }
    return count;
}

/* The best first; equal ones as they lie, so that a picture always gives the
 * same answer. */
static int compare_hits(const void *one, const void *other)
{
    const struct hit *a = one, *b = other;

    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    if (a->grid != b->grid)
        return a->grid < b->grid ? -1 : 1;
    return a->cell < b->cell ? -1 : 1;
}

static void read_hit(const struct hit *hit, struct candidate *candidate)
{
    const struct detector_grid *grid = hit->grid;
    const float *box = grid->boxes + (ptrdiff_t)4 * hit->cell;
    const float *points = grid->points + (ptrdiff_t)2 * FACE_POINTS * hit->cell;
    double stride = grid->stride;
    const int column = hit->cell % grid->columns;
    const int row = hit->cell / grid->columns;
    double width = exp((double)box[2]) * stride;
    double height = exp((double)box[3]) * stride;

    candidate->score = hit->score;
    candidate->box = (struct box){
        .left = (column + (double)box[0]) * stride - width / 2,
        .top = (row + (double)box[1]) * stride - height / 2,
        .width = width,
        .height = height,
    };
    for (ptrdiff_t i = 0; i < FACE_POINTS; i++)
        candidate->points[i] =
            (struct point){(column + (double)points[2 * i]) * stride,
                           (row + (double)points[2 * i + 1]) * stride};
}

/* The part that two boxes share of what they cover together. */
static double overlap(const struct box *one, const struct box *other)
{
    double width = fmin(one->left + one->width, other->left + other->width) -
                   fmax(one->left, other->left);
    double height = fmin(one->top + one->height, other->top + other->height) -
                    fmax(one->top, other->top);
    double shared = width > 0 && height > 0 ? width * height : 0;

    return shared /
           (one->width * one->height + other->width * other->height - shared);
}

/* Whether it lies on none of the faces that are kept. */
static bool is_new(const struct candidates *candidates,
                   const struct candidate *candidate)
{
    for (size_t i = 0; i < candidates->count; i++)
        if (overlap(&candidate->box, &candidates->list[i].box) > overlap_max)
            return false;
    return true;
}

void candidates_read(struct candidates *candidates,
                     const struct detector_view *view, double score_min)
{
    struct hit *hits = xcalloc(count_cells(view), sizeof *hits);
    size_t count = find_hits(view, score_min, hits);

    qsort(hits, count, sizeof *hits, compare_hits);
    candidates->count = 0;
    for (size_t i = 0; i < count && candidates->count < CANDIDATES_MAX; i++) {
        struct candidate *candidate = &candidates->list[candidates->count];

        read_hit(&hits[i], candidate);
        if (is_new(candidates, candidate))
            candidates->count++;
    }
    free(hits);
}
