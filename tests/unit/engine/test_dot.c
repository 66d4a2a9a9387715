#include "unit.h"

#include "dot.h"
#include "vectors.h"

enum { LENGTH = 256 };

/* To the last bit, whatever the numbers are like. */
static void assert_all_agree(const float *one, const float *other,
                             size_t length)
{
    double expected = dot_plain(one, other, length);
    const char *name;
    dot_fn *dot;

    for (size_t i = 0; (dot = dot_variant(i, &name)) != NULL; i++)
        if (name) {
            double found = dot(one, other, length);

            assert_memory_equal(&found, &expected, sizeof found);
        }
}

static void every_variant_gives_the_same_bits(void **state)
{
    float one[LENGTH], other[LENGTH];

    (void)state;
    for (int round = 0; round < 20; round++) {
        draw_vector(one, LENGTH);
        draw_vector(other, LENGTH);
        for (size_t length = 0; length <= LENGTH; length++)
            assert_all_agree(one, other, length);
        for (size_t i = 0; i < LENGTH; i++) {
            one[i] = ldexpf(one[i], (int)i / 2 - 60);
            other[i] = ldexpf(other[i], 60 - (int)i / 2);
        }
        assert_all_agree(one, other, LENGTH);
    }
}

static void the_product_is_that_of_a_plain_loop(void **state)
{
    float one[LENGTH], other[LENGTH];

    (void)state;
    draw_vector(one, LENGTH);
    draw_vector(other, LENGTH);
    for (size_t length = 0; length <= LENGTH; length++) {
        double sum = 0;

        for (size_t i = 0; i < length; i++)
            sum += (double)one[i] * (double)other[i];
        assert_true(fabs(dot_plain(one, other, length) - sum) < 1e-14);
    }
}

static void vectors_may_begin_anywhere(void **state)
{
    float one[LENGTH + 1], other[LENGTH + 1];

    (void)state;
    draw_vector(one, LENGTH + 1);
    draw_vector(other, LENGTH + 1);
    assert_all_agree(one + 1, other, LENGTH);
    assert_all_agree(one, other + 1, LENGTH);
}

static void the_fastest_is_one_that_this_processor_has(void **state)
{
    dot_fn *fastest = dot_fastest(), *dot;
    bool is_there = false;
    const char *name;

    (void)state;
    for (size_t i = 0; (dot = dot_variant(i, &name)) != NULL; i++)
        is_there |= dot == fastest && name;
    assert_true(is_there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_gives_the_same_bits),
        cmocka_unit_test(the_product_is_that_of_a_plain_loop),
        cmocka_unit_test(vectors_may_begin_anywhere),
        cmocka_unit_test(the_fastest_is_one_that_this_processor_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
