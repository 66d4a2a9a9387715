#include "unit.h"

#include "basics.h"
#include "utf8.h"

static void well_formed_text_is_valid(void **state)
{
    static const char *const good[] = {
        "",           "plain",        "\u00e4\u00f6", "\u4f60\u597d",
        "\U0001f600", "\xef\xbf\xbd",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(utf8_is_valid(good[i], strlen(good[i])));
    assert_int_equal(utf8_length("\u00e4\U0001f600x"), 3);
}

static void broken_text_is_not(void **state)
{
    static const char *const bad[] = {
        "\x80",         "\xc0\x80",     "\xc3",
        "\xed\xa0\x80", "\xe0\x80\x80", "\xf4\x90\x80\x80",
        "\xf5\x80",     "a\xffz",       "eight plain bytes and \xff",
        "0123456\x80",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(utf8_is_valid(bad[i], strlen(bad[i])));
}

static void what_is_no_character_becomes_a_question_mark(void **state)
{
    static const struct {
        const char *text, *repaired;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"\xc3\xa4 is whole", "\xc3\xa4 is whole"},
        {"cut off: \xc3", "cut off: ?"},
        {"\xe2\x82", "??"},
        {"a\xff\xc3\xa4\x80z", "a?\xc3\xa4?z"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[32];

        snprintf(text, sizeof text, "%s", rows[i].text);
        utf8_repair(text);
        assert_string_equal(text, rows[i].repaired);
        assert_true(utf8_is_valid(text, strlen(text)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_character_becomes_a_question_mark),
        cmocka_unit_test(well_formed_text_is_valid),
        cmocka_unit_test(broken_text_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
