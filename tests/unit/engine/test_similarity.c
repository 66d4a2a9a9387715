#include "unit.h"

#include "similarity.h"

static const size_t lengths[] = {128, 256};

static void eighty_is_where_faces_are_of_one_person(void **state)
{
    (void)state;
    assert_float_equal(similarity_percent(256, 0.435), 80, 0.1);
    assert_float_equal(similarity_percent(256, 0.33), 43, 1);
    assert_float_equal(similarity_percent(256, 0.55), 96, 0.5);
    assert_float_equal(similarity_percent(256, 0.65), 99, 0.5);
    assert_float_equal(similarity_percent(128, 0.363), 80, 0.1);
}

static void one_photo_sent_twice_is_worth_a_hundred(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        assert_float_equal(similarity_percent(lengths[i], 1), 100, 0);
        assert_float_equal(similarity_percent(lengths[i], 0.999999), 100, 0);
        assert_true(similarity_percent(lengths[i], 0.99) < 100);
        assert_true(similarity_percent(lengths[i], -1) >= 0);
    }
}

static void more_alike_is_never_worth_less(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++)
        for (int c = -1000; c < 1000; c++)
            assert_true(similarity_percent(lengths[i], c / 1000.0) <=
                        similarity_percent(lengths[i], (c + 1) / 1000.0));
}

static void a_threshold_has_the_cosine_that_is_worth_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        for (int percent = 1; percent <= 99; percent++) {
            double cosine = similarity_cosine(lengths[i], percent);

            assert_float_equal(similarity_percent(lengths[i], cosine), percent,
                               1e-9);
        }
        assert_true(similarity_cosine(lengths[i], 0) < -1);
        assert_float_equal(
            similarity_percent(lengths[i], similarity_cosine(lengths[i], 100)),
            100, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eighty_is_where_faces_are_of_one_person),
        cmocka_unit_test(one_photo_sent_twice_is_worth_a_hundred),
        cmocka_unit_test(more_alike_is_never_worth_less),
        cmocka_unit_test(a_threshold_has_the_cosine_that_is_worth_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
