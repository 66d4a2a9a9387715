#include "unit.h"

#include "search_options.h"

static enum problem set(struct search_options *options, const char *name,
                        const char *value)
{
    char detail[128] = "";
    enum problem problem = search_options_set(options, name, value, detail);

    if (problem == PROBLEM_INVALID_FIELD)
        assert_non_null(strstr(detail, name));
    return problem;
}

static enum problem read_text(struct search_options *options, const char *text)
{
    char detail[128] = "";
    struct json *object = json_parse(text, strlen(text));
    enum problem problem;

    *options = search_options_default();
    assert_non_null(object);
    problem = search_options_read(options, object, detail);
    if (problem != PROBLEM_NONE)
        assert_true(detail[0] != '\0');
    json_destroy(object);
    return problem;
}

static void a_search_is_for_all_faces_at_eighty(void **state)
{
    struct search_options options = search_options_default();

    (void)state;
    assert_true(options.threshold == 80);
    assert_int_equal(options.max_matches, 5);
    assert_false(options.largest);
}

static void forms_set_options_as_text(void **state)
{
    struct search_options options = search_options_default();

    (void)state;
    assert_int_equal(set(&options, "threshold", "92.5"), PROBLEM_NONE);
    assert_int_equal(set(&options, "max_matches", "50"), PROBLEM_NONE);
    assert_int_equal(set(&options, "faces", "largest"), PROBLEM_NONE);
    assert_true(options.threshold == 92.5);
    assert_int_equal(options.max_matches, 50);
    assert_true(options.largest);
    assert_int_equal(set(&options, "faces", "all"), PROBLEM_NONE);
    assert_false(options.largest);
}

static void both_ends_of_a_range_belong_to_it(void **state)
{
    struct search_options options;

    (void)state;
    assert_int_equal(set(&options, "threshold", "0"), PROBLEM_NONE);
    assert_int_equal(set(&options, "threshold", "100"), PROBLEM_NONE);
    assert_int_equal(set(&options, "max_matches", "1"), PROBLEM_NONE);
    assert_int_equal(set(&options, "max_matches", "5e0"), PROBLEM_NONE);
}

static void values_that_cannot_be_are_refused_by_name(void **state)
{
    static const struct {
        const char *name;
        const char *value;
    } bad[] = {
        {"threshold", ""},
        {"threshold", "-0.1"},
        {"threshold", "100.001"},
        {"threshold", "eighty"},
        {"threshold", "80%"},
        {"threshold", " 80"},
        {"threshold", "80 "},
        {"threshold", "0x50"},
        {"threshold", "nan"},
        {"threshold", "inf"},
        {"threshold", "1e999"},
        {"max_matches", "0"},
        {"max_matches", "51"},
        {"max_matches", "2.5"},
        {"max_matches", "-1"},
        {"max_matches", "1e99"},
        {"faces", ""},
        {"faces", "Largest"},
        {"faces", "smallest"},
    };
    struct search_options options = search_options_default();

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (set(&options, bad[i].name, bad[i].value) != PROBLEM_INVALID_FIELD)
            fail_msg("%s takes \"%s\"", bad[i].name, bad[i].value);
    assert_true(options.threshold == 80 && options.max_matches == 5);
}

static void there_are_no_other_options(void **state)
{
    struct search_options options;

    (void)state;
    assert_int_equal(set(&options, "limit", "5"), PROBLEM_UNKNOWN_FIELD);
    assert_int_equal(set(&options, "", "5"), PROBLEM_UNKNOWN_FIELD);
}

static void messages_set_options_as_json(void **state)
{
    struct search_options options;

    (void)state;
    assert_int_equal(read_text(&options, "{\"threshold\":70.5,"
                                         "\"max_matches\":1,"
                                         "\"faces\":\"largest\"}"),
                     PROBLEM_NONE);
    assert_true(options.threshold == 70.5);
    assert_int_equal(options.max_matches, 1);
    assert_true(options.largest);
}

static void null_means_the_same_as_nothing(void **state)
{
    struct search_options options;

    (void)state;
    assert_int_equal(read_text(&options, "{\"threshold\":null,"
                                         "\"max_matches\":null,"
                                         "\"faces\":null}"),
                     PROBLEM_NONE);
    assert_true(options.threshold == 80 && options.max_matches == 5);
}

static void json_of_another_type_is_refused(void **state)
{
    static const char *const bad[] = {
        "{\"threshold\":\"80\"}",
        "{\"threshold\":101}",
        "{\"max_matches\":1.5}",
        "{\"max_matches\":true}",
        "{\"faces\":[\"all\"]}",
        "{\"faces\":1}",
        "{\"faces\":\"nearest\"}",
        "[]",
        "5",
    };
    struct search_options options;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (read_text(&options, bad[i]) != PROBLEM_INVALID_FIELD)
            fail_msg("taken: %s", bad[i]);
    assert_int_equal(read_text(&options, "{\"Faces\":\"all\"}"),
                     PROBLEM_UNKNOWN_FIELD);
}

static void no_options_are_the_default(void **state)
{
    struct search_options options = search_options_default();
    char detail[128];

    (void)state;
    assert_int_equal(search_options_read(&options, NULL, detail), PROBLEM_NONE);
    assert_true(options.threshold == 80);
}

static void what_is_kept_is_read_again(void **state)
{
    struct search_options options = {.threshold = 99.5, .max_matches = 7};
    char *text = json_print_and_destroy(search_options_json(&options));

    (void)state;
    assert_string_equal(
        text, "{\"threshold\":99.5,\"max_matches\":7,\"faces\":\"all\"}");
    assert_int_equal(read_text(&options, text), PROBLEM_NONE);
    assert_true(options.threshold == 99.5 && options.max_matches == 7);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_is_for_all_faces_at_eighty),
        cmocka_unit_test(forms_set_options_as_text),
        cmocka_unit_test(both_ends_of_a_range_belong_to_it),
        cmocka_unit_test(values_that_cannot_be_are_refused_by_name),
        cmocka_unit_test(there_are_no_other_options),
        cmocka_unit_test(messages_set_options_as_json),
        cmocka_unit_test(null_means_the_same_as_nothing),
        cmocka_unit_test(json_of_another_type_is_refused),
        cmocka_unit_test(no_options_are_the_default),
        cmocka_unit_test(what_is_kept_is_read_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
