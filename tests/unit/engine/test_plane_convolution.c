#include "unit.h"

#include "plane_convolution.h"
#include "vectors.h"
#include "xalloc.h"

#include <math.h>

static const enum processor_skill skills[] = {SKILL_NONE, SKILL_AVX2,
                                              SKILL_AVX512};

/* The window of a result, beyond the edges as well. */
static double expected(const struct plane_convolution *plane, const float *in,
                       size_t y, size_t x)
{
    double sum = (double)plane->bias;

    for (size_t i = 0; i < PLANE_WEIGHTS; i++) {
        size_t row = y * plane->stride + i / PLANE_KERNEL;
        size_t column = x * plane->stride + i % PLANE_KERNEL;

        if (row >= plane->pad_top && row - plane->pad_top < plane->in_height &&
            column >= plane->pad_left &&
            column - plane->pad_left < plane->in_width)
            sum += (double)plane->weights[i] *
                   (double)in[(row - plane->pad_top) * plane->in_width +
                              column - plane->pad_left];
    }
    return fmin(fmax(sum, (double)plane->least), (double)plane->most);
}

static void check(const struct plane_convolution *plane)
{
    const size_t results = plane->out_height * plane->out_width;
    float *in = xcalloc(plane->in_height * plane->in_width, sizeof *in);
    float *plain = xcalloc(results, sizeof *plain);
    float *out = xcalloc(results, sizeof *out);
    float *room = xcalloc(plane_convolution_room(plane), sizeof *room);

    draw_vector(in, plane->in_height * plane->in_width);
    plane_convolution_run(plane, SKILL_NONE, room, in, plain);
    for (size_t y = 0; y < plane->out_height; y++)
        for (size_t x = 0; x < plane->out_width; x++)
            assert_true(fabs(expected(plane, in, y, x) -
                             (double)plain[y * plane->out_width + x]) < 1e-5);
    for (size_t i = 0; i < COUNT(skills); i++) {
        if (!processor_has(skills[i]))
            continue;
        plane_convolution_run(plane, skills[i], room, in, out);
        assert_memory_equal(out, plain, results * sizeof *out);
    }
    free(in);
    free(plain);
    free(out);
    free(room);
}

static struct plane_convolution of(size_t height, size_t width, size_t stride,
                                   size_t pad)
{
    struct plane_convolution plane = {
        .least = -INFINITY,
        .most = INFINITY,
        .bias = 0.25F,
        .stride = stride,
        .pad_top = pad,
        .pad_left = pad,
        .in_height = height,
        .in_width = width,
        .out_height = (height + 2 * pad - PLANE_KERNEL) / stride + 1,
        .out_width = (width + 2 * pad - PLANE_KERNEL) / stride + 1,
    };

    draw_vector(plane.weights, PLANE_WEIGHTS);
    return plane;
}

static void every_skill_gives_what_a_plain_loop_gives(void **state)
{
    static const size_t sides[][2] = {{14, 14}, {7, 7},   {4, 4},
                                      {3, 75},  {56, 80}, {1, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT(sides); i++)
        for (size_t stride = 1; stride <= 2; stride++) {
            struct plane_convolution plane =
                of(sides[i][0], sides[i][1], stride, 1);

            check(&plane);
        }
}

static void borders_may_be_none_or_wide(void **state)
{
    struct plane_convolution narrow = of(9, 21, 1, 0);
    struct plane_convolution wide = of(2, 2, 2, 4);

    (void)state;
    check(&narrow);
    check(&wide);
}

static void results_stay_within_their_limits(void **state)
{
    struct plane_convolution plane = of(14, 33, 1, 1);

    (void)state;
    plane.least = 0;
    plane.most = 0.3F;
    check(&plane);
}

static void nothing_comes_out_of_what_is_too_small(void **state)
{
    struct plane_convolution plane = of(3, 3, 1, 0);
    const float in[9] = {0};
    float out = 42;

    (void)state;
    plane.out_width = 0;
    plane_convolution_run(&plane, SKILL_NONE, NULL, in, &out);
    assert_true(out > 41);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_skill_gives_what_a_plain_loop_gives),
        cmocka_unit_test(borders_may_be_none_or_wide),
        cmocka_unit_test(results_stay_within_their_limits),
        cmocka_unit_test(nothing_comes_out_of_what_is_too_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
