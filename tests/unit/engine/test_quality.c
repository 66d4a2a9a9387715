#include "unit.h"

#include <math.h>

#include "quality.h"

enum { SIDE = NETWORKS_CROP };

static unsigned char crop[NETWORKS_CROP_BYTES];

static void paint(int light(int x, int y))
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            memset(crop + (ptrdiff_t)3 * (y * SIDE + x), light(x, y), 3);
}

static int black(int x, int y)
{
    (void)x, (void)y;
    return 0;
}

static int white(int x, int y)
{
    (void)x, (void)y;
    return 255;
}

/* Bars, ever softer. */
static int hard_bars(int x, int y)
{
    (void)y;
    return x / 8 % 2 ? 200 : 50;
}

static int soft_bars(int x, int y)
{
    (void)y;
    return (int)(125 + 75 * sin(x * 3.14159 / 8));
}

static int softer_bars(int x, int y)
{
    (void)y;
    return (int)(125 + 75 * sin(x * 3.14159 / 24));
}

static int dim_hard_bars(int x, int y)
{
    return hard_bars(x, y) / 2;
}

static void brightness_is_between_black_and_white(void **state)
{
    (void)state;
    paint(black);
    assert_float_equal(quality_measure(crop).brightness, 0, 1e-6);
    paint(white);
    assert_float_equal(quality_measure(crop).brightness, 100, 1e-6);
    paint(hard_bars);
    assert_float_equal(quality_measure(crop).brightness, 49, 1);
}

static void softer_edges_are_less_sharp(void **state)
{
    double hard, soft, softer;

    (void)state;
    paint(hard_bars);
    hard = quality_measure(crop).sharpness;
    paint(soft_bars);
    soft = quality_measure(crop).sharpness;
    paint(softer_bars);
    softer = quality_measure(crop).sharpness;
    assert_true(hard > 95 && hard <= 100);
    assert_true(soft < 75 && soft > softer + 10);
    assert_true(softer < 40 && softer >= 0);
}

static void dim_light_does_not_blur(void **state)
{
    double bright;

    (void)state;
    paint(hard_bars);
    bright = quality_measure(crop).sharpness;
    paint(dim_hard_bars);
    assert_float_equal(quality_measure(crop).sharpness, bright, 2);
}

static void an_even_square_is_not_sharp(void **state)
{
    (void)state;
    paint(white);
    assert_float_equal(quality_measure(crop).sharpness, 0, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brightness_is_between_black_and_white),
        cmocka_unit_test(softer_edges_are_less_sharp),
        cmocka_unit_test(dim_light_does_not_blur),
        cmocka_unit_test(an_even_square_is_not_sharp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
