#include "unit.h"

#include "reduction.h"
#include "xalloc.h"

#include <math.h>

enum { CHANNELS = 3 };

static unsigned char *draw(int width, int height)
{
    size_t bytes = (size_t)width * (size_t)height * CHANNELS;
    unsigned char *picture = xmalloc(bytes);
    uint32_t state = 1;

    for (size_t i = 0; i < bytes; i++) {
        state = state * 1664525 + 1013904223;
        picture[i] = (unsigned char)(state >> 24);
    }
    return picture;
}

/* How much of a pixel of the picture a pixel of the small one covers. */
static double covered(int at, int pixel, int length, double step)
{
    double from = fmax(at * step, pixel);
    double to = fmin(fmin((at + 1) * step, length), pixel + 1);

    return fmax(to - from, 0);
}

static double expected(const struct bitmap *picture, double step, int x, int y,
                       int channel)
{
    double sum = 0, area = 0;

    for (int row = 0; row < picture->height; row++)
        for (int column = 0; column < picture->width; column++) {
            double part = covered(x, column, picture->width, step) *
                          covered(y, row, picture->height, step);

            sum += part *
                   picture->bytes[(row * picture->width + column) * CHANNELS +
                                  channel];
            area += part;
        }
    return sum / area;
}

static void check(int width, int height, double step)
{
    const int small_width = reduction_length(width, step);
    const int small_height = reduction_length(height, step);
    unsigned char *bytes = draw(width, height);
    unsigned char *small =
        xmalloc((size_t)small_width * (size_t)small_height * CHANNELS);
    const struct bitmap picture = {bytes, width, height};

    reduction_run(&picture, step, small);
    for (int y = 0; y < small_height; y++)
        for (int x = 0; x < small_width; x++)
            for (int i = 0; i < CHANNELS; i++)
                assert_true(fabs(expected(&picture, step, x, y, i) -
                                 small[(y * small_width + x) * CHANNELS + i]) <
                            0.501);
    free(small);
    free(bytes);
}

static void each_pixel_is_the_mean_of_what_it_covers(void **state)
{
    (void)state;
    check(25, 17, 1.5625);
    check(24, 16, 2);
    check(31, 9, 1.001);
    check(40, 23, 3.7);
    check(12, 5, 1);
}

static void a_strip_keeps_a_pixel(void **state)
{
    (void)state;
    assert_int_equal(reduction_length(20, 51.2), 1);
    check(300, 1, 51.2);
    check(20, 200, 51.2);
}

static void sides_are_rounded(void **state)
{
    (void)state;
    assert_int_equal(reduction_length(1000, 1.5625), 640);
    assert_int_equal(reduction_length(664, 1.5625), 425);
    assert_int_equal(reduction_length(10, 1), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pixel_is_the_mean_of_what_it_covers),
        cmocka_unit_test(a_strip_keeps_a_pixel),
        cmocka_unit_test(sides_are_rounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
