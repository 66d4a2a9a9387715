/*
 * plane_convolution.c - a convolution of one plane of floats by itself
 *
 * A row is made in one go, of the three rows that it looks at, which are copied
 * with their borders first: so no column is a special one.  The compiler makes
 * vectors of that, as long as the processor has them.
 */
#include <string.h>

#include "basics.h"
#include "plane_convolution.h"

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

static size_t row_floats(const struct plane_convolution *plane)
{
    size_t looked_at = plane->out_width * plane->stride + PLANE_KERNEL;
    size_t filled = plane->pad_left + plane->in_width;

    return looked_at > filled ? looked_at : filled;
}

size_t plane_convolution_room(const struct plane_convolution *plane)
{
    return PLANE_KERNEL * row_floats(plane);
}

/* The newest rows of what goes in, with their borders; row `n`, counted from
 * the upper border, lies in place `n % PLANE_KERNEL`. */
struct window {
    float *rows[PLANE_KERNEL];
    size_t next;
};

static void window_init(struct window *window,
                        const struct plane_convolution *plane, float *room)
{
    window->next = 0;
    for (size_t i = 0; i < PLANE_KERNEL; i++)
        window->rows[i] = room + i * row_floats(plane);
}

static void window_move(struct window *window,
                        const struct plane_convolution *plane, const float *in,
                        size_t end)
{
    const size_t bytes = plane->in_width * sizeof *in;

    for (; window->next < end; window->next++) {
        float *row =
            window->rows[window->next % PLANE_KERNEL] + plane->pad_left;
        size_t at = window->next - plane->pad_top;

        if (window->next < plane->pad_top || at >= plane->in_height)
            memset(row, 0, bytes);
        else
            memcpy(row, in + at * plane->in_width, bytes);
    }
}

void plane_convolution_run(const struct plane_convolution *plane,
                           enum processor_skill skill, float *room,
                           const float *in, float *out)
{
    make_fn *make_row = choose(skill, plane->stride);
    struct window window;

    if (plane->out_height == 0 || plane->out_width == 0)
        return;
    window_init(&window, plane, room);
    for (size_t y = 0; y < plane->out_height; y++, out += plane->out_width) {
        const size_t top = y * plane->stride;
        three_rows rows;

        window_move(&window, plane, in, top + PLANE_KERNEL);
        for (size_t i = 0; i < PLANE_KERNEL; i++)
            rows[i] = window.rows[(top + i) % PLANE_KERNEL];
        make_row(plane, rows, plane->out_width, out);
    }
}
