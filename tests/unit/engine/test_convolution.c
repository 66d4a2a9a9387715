#include "unit.h"

#include "convolution.h"
#include "vectors.h"
#include "xalloc.h"

#include <math.h>

enum { HEIGHT = 13, WIDTH = 75 };

static const enum processor_skill skills[] = {SKILL_AVX2, SKILL_AVX512};

/* What a picture is where a kernel may reach beyond its edge. */
static double pixel(const float *plane, size_t y, size_t x, size_t top,
                    size_t left)
{
    if (y < top || y - top >= HEIGHT || x < left || x - left >= WIDTH)
        return 0;
    return (double)plane[(y - top) * WIDTH + x - left];
}

/* The inputs of an output: all, or by plane its own. */
static double expected(const struct convolution_shape *shape, const float *in,
                       size_t output, const float *weights, size_t y, size_t x)
{
    size_t first = shape->by_plane ? output : 0;
    size_t end = shape->by_plane ? output + 1 : shape->inputs;
    double sum = 0;

    for (size_t i = first; i < end; i++)
        for (size_t ky = 0; ky < shape->kernel_height; ky++)
            for (size_t kx = 0; kx < shape->kernel_width; kx++)
                sum += (double)*weights++ *
                       pixel(in + i * HEIGHT * WIDTH, y * shape->stride + ky,
                             x * shape->stride + kx, shape->pad_top,
                             shape->pad_left);
    return sum;
}

static size_t depth_of(const struct convolution_shape *shape)
{
    return (shape->by_plane ? 1 : shape->inputs) * shape->kernel_height *
           shape->kernel_width;
}

static void compare(const struct convolution_shape *shape,
                    const struct convolution *convolution, const float *in,
                    const float *weights, const float *bias, const float *out)
{
    const size_t height = convolution_height(convolution, HEIGHT);
    const size_t width = convolution_width(convolution, WIDTH);
    const size_t depth = depth_of(shape);

    for (size_t i = 0; i < shape->outputs; i++)
        for (size_t y = 0; y < height; y++)
            for (size_t x = 0; x < width; x++)
                assert_true(
                    fabs(expected(shape, in, i, weights + i * depth, y, x) +
                         (double)bias[i] -
                         (double)out[(i * height + y) * width + x]) < 1e-4);
}

static float *drawn(size_t count)
{
    float *numbers = xcalloc(count, sizeof *numbers);

    draw_vector(numbers, count);
    for (size_t i = 0; i < count; i++)
        numbers[i] *= sqrtf((float)count); /* nearly of variance 1 */
    return numbers;
}

static void check(const struct convolution_shape *shape,
                  enum processor_skill skill)
{
    size_t depth = depth_of(shape);
    float *in = drawn(shape->inputs * HEIGHT * WIDTH);
    float *weights = drawn(shape->outputs * depth);
    float *bias = drawn(shape->outputs);
    struct convolution *convolution =
        convolution_create(shape, weights, bias, skill);
    size_t pixels = convolution_height(convolution, HEIGHT) *
                    convolution_width(convolution, WIDTH);
    float *out = xcalloc(shape->outputs * pixels, sizeof *out);

    convolution_run(convolution, in, HEIGHT, WIDTH, out);
    compare(shape, convolution, in, weights, bias, out);
    convolution_clamp(convolution, -1, 0.5f);
    convolution_run(convolution, in, HEIGHT, WIDTH, out);
    for (size_t i = 0; i < shape->outputs * pixels; i++)
        assert_true(out[i] >= -1 && out[i] <= 0.5f);
    convolution_destroy(convolution);
    free(in);
    free(weights);
    free(bias);
    free(out);
}

static void it_is_what_a_plain_loop_gives(void **state)
{
    static const struct convolution_shape shapes[] = {
        {1, 1, 1, 1, 1, 0, 0, 0, 0, false},
        {16, 64, 1, 1, 1, 0, 0, 0, 0, false},
        {5, 10, 1, 1, 1, 0, 0, 0, 0, false},
        {3, 16, 3, 3, 2, 1, 1, 1, 1, false},
        {4, 9, 3, 3, 1, 1, 1, 1, 1, false},
        {2, 8, 4, 4, 2, 1, 1, 1, 1, false},
        {3, 7, 2, 3, 3, 0, 2, 1, 0, false},
        {2, 3, 1, 1, 2, 0, 0, 0, 0, false},
        {2, 17, 13, 75, 1, 0, 0, 0, 0, false},
        {9, 9, 3, 3, 1, 1, 1, 1, 1, true},
        {9, 9, 3, 3, 2, 1, 1, 1, 1, true},
        {3, 3, 3, 3, 1, 0, 0, 0, 0, true},
        {2, 2, 3, 3, 2, 2, 2, 0, 1, true},
        {1, 1, 3, 3, 1, 0, 3, 4, 0, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++)
        for (size_t k = 0; k < COUNT(skills); k++)
            if (processor_has(skills[k]))
                check(&shapes[i], skills[k]);
}

static void nothing_comes_out_of_what_is_smaller_than_the_kernel(void **state)
{
    static const struct convolution_shape shape = {1, 1, 3, 3, 1,
                                                   0, 0, 0, 0, false};
    const float weights[9] = {0}, bias = 0;
    struct convolution *convolution;

    (void)state;
    if (convolution_skill() == SKILL_NONE)
        return;
    convolution =
        convolution_create(&shape, weights, &bias, convolution_skill());
    assert_int_equal(convolution_height(convolution, 2), 0);
    assert_int_equal(convolution_width(convolution, 3), 1);
    convolution_destroy(convolution);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_what_a_plain_loop_gives),
        cmocka_unit_test(nothing_comes_out_of_what_is_smaller_than_the_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
