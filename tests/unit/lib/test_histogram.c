#include "unit.h"

#include "exposition.h"
#include "figures.h"
#include "histogram.h"

static void a_family_has_its_head_and_its_series(void **state)
{
    struct buffer text = {0};

    (void)state;
    figures_add_family(&text, FIGURE_GAUGE, "fires", "Fires now.", -3);
    figures_begin(&text, FIGURE_COUNTER, "calls_total", "Calls.");
    figures_add(&text, "calls_total", "from=\"a\",to=\"b\"", 7);
    exposition_check(buffer_text(&text));
    assert_string_equal(buffer_text(&text), "# HELP fires Fires now.\n"
                                            "# TYPE fires gauge\n"
                                            "fires -3\n"
                                            "# HELP calls_total Calls.\n"
                                            "# TYPE calls_total counter\n"
                                            "calls_total{from=\"a\",to=\"b\"} "
                                            "7\n");
    buffer_finish(&text);
}

static void what_it_counts_is_in_its_bucket_and_in_those_above(void **state)
{
    struct histogram histogram = {0};
    struct buffer text = {0};

    (void)state;
    assert_int_equal(histogram_total(&histogram), 0);
    histogram_count(&histogram, 100);
    histogram_count(&histogram, 101);
    histogram_count(&histogram, 61000000);
    assert_int_equal(histogram_total(&histogram), 3);
    figures_begin(&text, FIGURE_HISTOGRAM, "work_seconds", "Work.");
    histogram_write(&histogram, "work_seconds", "", &text);
    histogram_write(&histogram, "work_seconds", "of=\"x\"", &text);
    exposition_check(buffer_text(&text));
    assert_float_equal(
        exposition_value(buffer_text(&text), "work_seconds_bucket{le=\"60\"}"),
        2, 0);
    assert_float_equal(exposition_value(buffer_text(&text), "work_seconds_sum"),
                       61.000201, 0);
    assert_float_equal(
        exposition_value(buffer_text(&text),
                         "work_seconds_bucket{of=\"x\",le=\"0.0001\"}"),
        1, 0);
    assert_float_equal(
        exposition_value(buffer_text(&text), "work_seconds_count{of=\"x\"}"), 3,
        0);
    buffer_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_family_has_its_head_and_its_series),
        cmocka_unit_test(what_it_counts_is_in_its_bucket_and_in_those_above),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
