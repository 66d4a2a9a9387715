#include "unit.h"

#include "calibration.h"

static struct calibration calibration;

static int clear(void **state)
{
    (void)state;
    memset(&calibration, 0, sizeof calibration);
    return 0;
}

/* So many pairs of two people, evenly from 0 up to a cosine. */
static void add_even(int count, double most)
{
    for (int i = 0; i < count; i++)
        cosines_add(&calibration.other, most * i / count);
}

static void pairs_are_counted_from_a_cosine_on(void **state)
{
    const double cosines[] = {-1, -0.5, 0, 0.5, 0.5, 1};

    (void)state;
    for (size_t i = 0; i < COUNT(cosines); i++)
        cosines_add(&calibration.same, cosines[i]);
    assert_int_equal(cosines_from(&calibration.same, -1), 6);
    assert_int_equal(cosines_from(&calibration.same, 0.5), 3);
    assert_int_equal(cosines_from(&calibration.same, 0.51), 1);
    assert_float_equal(cosines_quantile(&calibration.same, 0), -1, 1e-6);
    assert_float_equal(cosines_quantile(&calibration.same, 0.5), 0, 1e-6);
    assert_float_equal(cosines_quantile(&calibration.same, 1), 1, 1e-6);
}

/* Rounding makes such cosines. */
static void a_cosine_just_past_one_is_one(void **state)
{
    (void)state;
    cosines_add(&calibration.same, 1.00001);
    cosines_add(&calibration.same, -1.00001);
    assert_int_equal(cosines_from(&calibration.same, 1), 1);
    assert_int_equal(cosines_from(&calibration.same, -1), 2);
}

static void a_threshold_is_counted_where_there_are_many_pairs(void **state)
{
    double cosine = 0;

    (void)state;
    add_even(10000, 0.5);
    assert_int_equal(calibration_find(&calibration, 1000, &cosine),
                     CALIBRATION_COUNTED);
    assert_float_equal(cosine, 0.4995, 2e-4);
    assert_true(cosines_from(&calibration.other, cosine) <= 10);
}

static void a_threshold_is_reckoned_where_there_are_few(void **state)
{
    double thousand = 0, more = 0;

    (void)state;
    add_even(1000, 0.5);
    assert_int_equal(calibration_find(&calibration, 1000, &thousand),
                     CALIBRATION_RECKONED);
    assert_int_equal(calibration_find(&calibration, 10000, &more),
                     CALIBRATION_RECKONED);
    assert_true(thousand > 0.49); /* not below what was seen */
    assert_true(more > thousand && more <= 1);
}

static void nothing_is_said_of_fewer_still(void **state)
{
    double cosine = 0;

    (void)state;
    add_even(199, 0.5);
    assert_int_equal(calibration_find(&calibration, 1000, &cosine),
                     CALIBRATION_UNKNOWN);
}

static void identical_pairs_need_no_tail(void **state)
{
    double cosine = 0;

    (void)state;
    for (int i = 0; i < 500; i++)
        cosines_add(&calibration.other, 0.25);
    assert_int_equal(calibration_find(&calibration, 1000, &cosine),
                     CALIBRATION_RECKONED);
    assert_float_equal(cosine, 0.25, 1e-3);
}

static void a_picture_has_both_lines_and_every_threshold(void **state)
{
    static const char *const names[] = {"eighty"};
    const double thresholds[] = {0.435};
    struct buffer svg = {0};

    (void)state;
    add_even(300, 0.4);
    cosines_add(&calibration.same, 0.9);
    calibration_draw(&calibration, thresholds, names, 1, &svg);
    assert_int_equal(strncmp(buffer_text(&svg), "<svg ", 5), 0);
    assert_non_null(strstr(buffer_text(&svg), "300 pairs of two people"));
    assert_non_null(strstr(buffer_text(&svg), "1 pairs of one person"));
    assert_non_null(strstr(buffer_text(&svg), ">eighty</text>"));
    assert_non_null(strstr(buffer_text(&svg), "</svg>\n"));
    assert_null(strstr(buffer_text(&svg), "nan"));
    buffer_finish(&svg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, clear)
        TEST(pairs_are_counted_from_a_cosine_on),
        TEST(a_cosine_just_past_one_is_one),
        TEST(a_threshold_is_counted_where_there_are_many_pairs),
        TEST(a_threshold_is_reckoned_where_there_are_few),
        TEST(nothing_is_said_of_fewer_still),
        TEST(identical_pairs_need_no_tail),
        TEST(a_picture_has_both_lines_and_every_threshold),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
