/*
 * plane_convolution.c - a convolution of one plane of floats by itself
 *
 * A row is made in one go, of the three rows that it looks at.  The compiler
 * makes vectors of that, as long as the processor has them; columns that look
 * beyond the edges are made one by one.
 */
#include <stdlib.h>

#include "basics.h"
#include "plane_convolution.h"
#include "xalloc.h"

/* What a row of the result looks at. */
typedef const float *three_rows[PLANE_KERNEL];

/* So many results, the first of which looks at the rows' first columns. */
typedef void make_fn(const struct plane_convolution *plane,
                     const three_rows rows, size_t count, float *out);

__attribute__((always_inline)) static inline void
make(const struct plane_convolution *plane, const three_rows rows,
     size_t stride, size_t count, float *restrict out)
{
    const struct plane_convolution own = *plane;
    const float *restrict top = rows[0], *restrict middle = rows[1],
                          *restrict bottom = rows[2];

    for (size_t i = 0; i < count; i++) {
        const size_t x = i * stride;
        float sum = own.bias;

        sum += own.weights[0] * top[x];
        sum += own.weights[1] * top[x + 1];
        sum += own.weights[2] * top[x + 2];
        sum += own.weights[3] * middle[x];
        sum += own.weights[4] * middle[x + 1];
        sum += own.weights[5] * middle[x + 2];
        sum += own.weights[6] * bottom[x];
        sum += own.weights[7] * bottom[x + 1];
        sum += own.weights[8] * bottom[x + 2];
        sum = sum > own.least ? sum : own.least;
        out[i] = sum < own.most ? sum : own.most;
    }
}

static void make_plainly(const struct plane_convolution *plane,
                         const three_rows rows, size_t count, float *out)
{
    make(plane, rows, plane->stride, count, out);
}

#ifdef __x86_64__

WITH_AVX2 static void make_each_avx2(const struct plane_convolution *plane,
                                     const three_rows rows, size_t count,
                                     float *out)
{
    make(plane, rows, 1, count, out);
}

WITH_AVX2 static void make_second_avx2(const struct plane_convolution *plane,
                                       const three_rows rows, size_t count,
                                       float *out)
{
    make(plane, rows, 2, count, out);
}

WITH_AVX512 static void make_each_avx512(const struct plane_convolution *plane,
                                         const three_rows rows, size_t count,
                                         float *out)
{
    make(plane, rows, 1, count, out);
}

static make_fn *choose(enum processor_skill skill, size_t stride)
{
    if (skill == SKILL_NONE)
        return make_plainly;
    if (stride == 2)
        return make_second_avx2;
    return skill == SKILL_AVX512 ? make_each_avx512 : make_each_avx2;
}

#else

static make_fn *choose(enum processor_skill skill, size_t stride)
{
    (void)skill;
    (void)stride;
    return make_plainly;
}

#endif

/* A column that looks beyond an edge. */
static void make_at_edge(const struct plane_convolution *plane,
                         const three_rows rows, size_t x, float *out)
{
    float windows[PLANE_KERNEL][PLANE_KERNEL] = {{0}};
    const three_rows shown = {windows[0], windows[1], windows[2]};

    for (size_t k = 0; k < PLANE_KERNEL; k++) {
        size_t column = x * plane->stride + k;

        if (column < plane->pad_left ||
            column - plane->pad_left >= plane->in_width)
            continue;
        for (size_t i = 0; i < PLANE_KERNEL; i++)
            windows[i][k] = rows[i][column - plane->pad_left];
    }
    make_plainly(plane, shown, 1, out);
}

/* The columns whose whole window lies within the plane. */
static void find_inner(const struct plane_convolution *plane, size_t *first,
                       size_t *end)
{
    size_t reach = plane->in_width + plane->pad_left;

    *first = (plane->pad_left + plane->stride - 1) / plane->stride;
    *end =
        reach < PLANE_KERNEL ? 0 : (reach - PLANE_KERNEL) / plane->stride + 1;
    if (*end > plane->out_width)
        *end = plane->out_width;
    if (*first > *end)
        *first = *end;
}

/* The rows that row `y` of the result looks at. */
static void find_rows(const struct plane_convolution *plane, size_t y,
                      const float *in, const float *nothing, three_rows rows)
{
    for (size_t i = 0; i < PLANE_KERNEL; i++) {
        size_t at = y * plane->stride + i;

        rows[i] = at < plane->pad_top || at - plane->pad_top >= plane->in_height
                      ? nothing
                      : in + (at - plane->pad_top) * plane->in_width;
    }
}

void plane_convolution_run(const struct plane_convolution *plane,
                           enum processor_skill skill, const float *in,
                           float *out)
{
    make_fn *make_inner = choose(skill, plane->stride);
    float *nothing = xcalloc(plane->in_width, sizeof *nothing);
    size_t first, end;

    find_inner(plane, &first, &end);
    for (size_t y = 0; y < plane->out_height; y++, out += plane->out_width) {
        const size_t left = first * plane->stride - plane->pad_left;
        three_rows rows;

        find_rows(plane, y, in, nothing, rows);
        for (size_t x = 0; x < first; x++)
            make_at_edge(plane, rows, x, out + x);
        for (size_t x = end; x < plane->out_width; x++)
            make_at_edge(plane, rows, x, out + x);
        if (first < end)
            make_inner(plane,
                       (const three_rows){rows[0] + left, rows[1] + left,
                                          rows[2] + left},
                       end - first, out + first);
    }
    free(nothing);
}
