#include "unit.h"

#include "clock.h"

static void a_time_is_written_in_three_ways(void **state)
{
    const int64_t ms = 1795251240123; /* Saturday, 21 November 2026 */
    char text[CLOCK_TEXT_BYTES], compact[CLOCK_COMPACT_BYTES];
    char http[CLOCK_HTTP_BYTES];

    (void)state;
    clock_text(ms, text);
    clock_compact(ms, compact);
    clock_http(ms, http);
    assert_string_equal(text, "2026-11-21T08:54:00.123Z");
    assert_string_equal(compact, "20261121T085400Z");
    assert_string_equal(http, "Sat, 21 Nov 2026 08:54:00 GMT");
}

static void a_time_that_was_written_is_read_again(void **state)
{
    int64_t ms = 0;

    (void)state;
    assert_int_equal(clock_parse_compact("20261121T085400Z", &ms), 0);
    assert_true(ms == 1795251240000);
    assert_int_equal(clock_parse_http("Sat, 21 Nov 2026 08:54:00 GMT", &ms), 0);
    assert_true(ms == 1795251240000);
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "20261121T085400",
        "20261345T085400Z",
        "20261121T256000Z",
        "2026112 T085400Z",
        "+0261121T085400Z",
    };
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_true(clock_parse_compact(bad[i], &ms) < 0);
    assert_true(clock_parse_http("Sat, 21 Foo 2026 08:54:00 GMT", &ms) < 0);
    assert_true(clock_parse_http("Sat, 21 Nov 2026 08:54:00 G:5", &ms) < 0);
    assert_true(clock_parse_http("Sat, +1 Nov 2026 08:54:00 GMT", &ms) < 0);
    assert_true(clock_parse_http("Sun, 29 Feb 2027 00:00:00 GMT", &ms) < 0);
}

static void a_time_before_1970_is_written_too(void **state)
{
    char text[CLOCK_TEXT_BYTES];

    (void)state;
    clock_text(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

static void a_year_always_has_four_digits(void **state)
{
    char text[CLOCK_TEXT_BYTES], compact[CLOCK_COMPACT_BYTES];
    int64_t ms = 0;

    (void)state;
    assert_int_equal(clock_parse_compact("00261121T085400Z", &ms), 0);
    clock_text(ms, text);
    clock_compact(ms, compact);
    assert_string_equal(text, "0026-11-21T08:54:00.000Z");
    assert_string_equal(compact, "00261121T085400Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_written_in_three_ways),
        cmocka_unit_test(a_time_that_was_written_is_read_again),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(a_time_before_1970_is_written_too),
        cmocka_unit_test(a_year_always_has_four_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
