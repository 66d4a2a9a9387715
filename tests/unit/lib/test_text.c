/*
 * test_text.c - small things with texts
 */
#include "text.h"
#include "unit.h"

static void a_copy_that_does_not_fit_is_cut_off(void **state)
{
    char room[4];

    (void)state;
    assert_true(text_copy(room, sizeof room, "one"));
    assert_string_equal(room, "one");
    assert_false(text_copy(room, sizeof room, "three"));
    assert_string_equal(room, "thr");
}

static void a_text_begins_with_its_beginning(void **state)
{
    (void)state;
    assert_true(text_begins("image/jpeg", "image/"));
    assert_true(text_begins("image/jpeg", ""));
    assert_false(text_begins("image", "image/"));
}

static void a_size_is_told_in_the_largest_unit_that_fits(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {15 << 20, "15 MB"},     {64 << 10, "64 KB"},
        {1, "1 bytes"},          {1500, "1500 bytes"},
        {0, "0 bytes"},          {(1 << 20) + 1024, "1025 KB"},
        {5ULL << 30, "5120 MB"},
    };
    char text[TEXT_SIZE_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        text_size(text, cases[i].bytes);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_that_does_not_fit_is_cut_off),
        cmocka_unit_test(a_text_begins_with_its_beginning),
        cmocka_unit_test(a_size_is_told_in_the_largest_unit_that_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
