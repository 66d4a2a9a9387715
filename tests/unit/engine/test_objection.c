#include "unit.h"

#include "objection.h"
#include "utf8.h"

/* What objection_quote makes of a JSON text. */
static void assert_quoted(const char *text, bool is_float, const char *expected)
{
    struct json *value = json_parse(text, strlen(text));
    struct buffer out = {0};

    assert_non_null(value);
    objection_quote(value, is_float, &out);
    assert_string_equal(buffer_text(&out), expected);
    buffer_finish(&out);
    json_destroy(value);
}

static void values_are_quoted_as_java_prints_them(void **state)
{
    (void)state;
    assert_quoted("\"a b\"", false, "a b");
    assert_quoted("\"\"", false, "");
    assert_quoted("7", false, "7");
    assert_quoted("-2147483648", false, "-2147483648");
    assert_quoted("7", true, "7.0");
    assert_quoted("0.5", true, "0.5");
    assert_quoted("[\"a\",\"b\"]", false, "[a, b]");
    assert_quoted("{\"a\":\"b\",\"c\":\"\"}", false, "{a=b, c=}");
    assert_quoted("[]", false, "[]");
    assert_quoted("{}", false, "{}");
}

/* A text of so many copies of `piece`, quoted. */
static size_t quoted_length(const char *piece, size_t copies)
{
    struct buffer text = {0}, out = {0};
    struct json *value;
    size_t len;

    for (size_t i = 0; i < copies; i++)
        buffer_add_text(&text, piece);
    value = json_new_text(buffer_text(&text));
    objection_quote(value, false, &out);
    assert_true(utf8_is_valid(out.bytes, out.len));
    len = out.len;
    if (len < text.len)
        assert_string_equal(out.bytes + len - 3, "...");
    json_destroy(value);
    buffer_finish(&text);
    buffer_finish(&out);
    return len;
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    assert_int_equal(quoted_length("x", 256), 256);
    assert_int_equal(quoted_length("x", 257), 256 + 3);
    assert_int_equal(quoted_length("x", 1000000), 256 + 3);
    assert_int_equal(quoted_length("\u20ac", 100), 255 + 3);
    assert_int_equal(quoted_length("\u00e9", 128), 256);
    for (size_t i = 50; i < 80; i++)
        assert_in_range(quoted_length("x\U0001F600", i), 0, 256 + 3);
}

static void long_lists_are_cut(void **state)
{
    struct json *list = json_array();
    struct buffer out = {0};

    (void)state;
    for (size_t i = 0; i < 4096; i++)
        json_append(list, json_new_text("00000000-0000"));
    objection_quote(list, false, &out);
    assert_true(out.len < 300);
    assert_memory_equal(out.bytes, "[00000000-0000, 00000000-0000", 29);
    json_destroy(list);
    buffer_finish(&out);
}

static void places_are_told_from_the_top_in_lower_camel_case(void **state)
{
    const struct place top = {NULL, "Image"};
    const struct place middle = {&top, "S3Object"};
    const struct place place = {&middle, "Bucket"};
    struct objections objections = {0};
    struct buffer message = {0};

    (void)state;
    objection_violation(&objections, &place, "x", "Member must be short");
    objection_violation(&objections, &top, NULL, "Member must not be null");
    objections_write(&objections, &message);
    assert_string_equal(
        buffer_text(&message),
        "2 validation errors detected: Value 'x' at 'image.s3Object.bucket' "
        "failed to satisfy constraint: Member must be short; Value null at "
        "'image' failed to satisfy constraint: Member must not be null");
    objections_finish(&objections);
    assert_int_equal(objections.violation_count, 0);
    buffer_finish(&message);
}

static void the_first_misfit_stays(void **state)
{
    const struct place one = {NULL, "One"}, two = {NULL, "Two"};
    struct objections objections = {0};
    struct json *value = json_new_number(7);

    (void)state;
    objection_misfit(&objections, &one, value, "a string");
    objection_misfit(&objections, &two, value, "a list");
    assert_string_equal(buffer_text(&objections.misfit),
                        "'one' has a number where a string should be");
    json_destroy(value);
    objections_finish(&objections);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_quoted_as_java_prints_them),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(long_lists_are_cut),
        cmocka_unit_test(places_are_told_from_the_top_in_lower_camel_case),
        cmocka_unit_test(the_first_misfit_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
