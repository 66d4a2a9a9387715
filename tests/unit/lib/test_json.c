#include "unit.h"

#include "basics.h"
#include "json.h"

static struct json *parse(const char *text)
{
    return json_parse(text, strlen(text));
}

static void a_document_is_read_by_name(void **state)
{
    struct json *document =
        parse("{\"name\":\"Ada\",\"age\":36,\"known\":true,\"none\":null}");

    (void)state;
    assert_non_null(document);
    assert_string_equal(json_get_text(document, "name", ""), "Ada");
    assert_true(json_get_number(document, "age", 0) == 36);
    assert_true(json_get_bool(document, "known", false));
    assert_null(json_get(document, "none"));
    assert_null(json_get(document, "Name"));
    json_destroy(document);
}

static void what_is_not_one_value_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "{}x",
        "nul",
        "\"\\u0000\"",
        "[1,]",
        "\"\xff\"",
        "{\"a\":1}{\"b\":2}",
        "\"a",
        "\"a\\",
        "\"\\\"",
        "\"a\\\"b\\u0000c\"",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_null(parse(bad[i]));
    assert_null(json_parse("{\"a\":\"\0\"}", 9));
}

/* Details of people go out as they came in: one that others cannot read would
 * spoil every list that it stands in. */
static void what_others_would_not_read_is_refused(void **state)
{
    static const char *const bad[] = {
        "\"a\nb\"",    "\"a\tb\"",      "[\"\\n\", \"\x01\"]",
        "\"\\uzzzz\"", "\"\\u12\"",     "\"\\ud83d\\uzzzz\"",
        "[1,\x01 2]",  "[\f1]",         "\xef\xbb\xbf{}",
        "01",          "-01",           "1.",
        "-.5",         "1.e5",          "[0.]",
        "{\"a\":00}",  "\"a\\nb\x1f\"",
    };
    static const char *const good[] = {
        "\"a\\n\\tb\"",
        "\"\\u00e4\\uD83d\\uDE00\"",
        "\r\n\t [1, 2]\n",
        "0",
        "-0",
        "-0.50",
        "1e05",
        "1.25E-05",
        "[10,-10,1e+5]",
        "\"\x7f 01 1. \xc3\xa4\"",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct json *document = parse(bad[i]);

        if (document)
            fail_msg("%s is taken", bad[i]);
    }
    for (size_t i = 0; i < COUNT(good); i++) {
        struct json *document = parse(good[i]);

        if (!document)
            fail_msg("%s is refused", good[i]);
        json_destroy(document);
    }
}

static void depth_is_bounded_before_anything_recurses(void **state)
{
    enum { DEEP = 10000, BYTES = 2 * DEEP };
    char *text = malloc(BYTES);

    (void)state;
    memset(text, '[', DEEP);
    memset(text + DEEP, ']', DEEP);
    assert_null(json_parse(text, BYTES));
    struct json *fits = json_parse(text + DEEP - 32, 64);
    assert_non_null(fits);
    json_destroy(fits);
    free(text);
}

static void brackets_inside_texts_do_not_count(void **state)
{
    struct json *value =
        parse("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"");

    (void)state;
    assert_non_null(value);
    json_destroy(value);
}

static void escaped_quotes_do_not_end_a_text(void **state)
{
    struct json *value = parse("[\"\\\\\",\"a\\\"]\",\"\\\\u0000\"]");

    (void)state;
    assert_non_null(value);
    assert_int_equal(json_count(value), 3);
    assert_string_equal(json_text(json_next(json_first(value))), "a\"]");
    json_destroy(value);
}

static void the_number_of_values_can_be_bounded(void **state)
{
    static const char text[] = "{\"a\":[1,2,{}],\"b\":\"[,,,,{\"}";
    struct json *value = json_parse_few(text, strlen(text), 7);

    (void)state;
    assert_non_null(value);
    json_destroy(value);
    assert_null(json_parse_few(text, strlen(text), 5));
}

static void a_text_can_be_taken_out(void **state)
{
    struct json *value = parse("{\"a\":\"long\"}");
    char *text = json_take_text(json_get(value, "a"));

    (void)state;
    assert_string_equal(text, "long");
    assert_string_equal(json_get_text(value, "a", "none"), "");
    json_destroy(value);
    free(text);
}

static void what_is_written_can_be_read_back(void **state)
{
    struct json *object = json_object();
    char *text;

    (void)state;
    json_add_text(object, "text", "quote \" and \n");
    json_add_text(object, "none", NULL);
    json_add_raw(object, "raw", "{\"x\":1}");
    json_append(json_add(object, "list", json_array()),
                json_new_number(json_rounded(99.199999999)));
    text = json_print_and_destroy(object);
    assert_string_equal(text, "{\"text\":\"quote \\\" and \\n\",\"none\":null,"
                              "\"raw\":{\"x\":1},\"list\":[99.2]}");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_read_by_name),
        cmocka_unit_test(what_is_not_one_value_is_refused),
        cmocka_unit_test(what_others_would_not_read_is_refused),
        cmocka_unit_test(depth_is_bounded_before_anything_recurses),
        cmocka_unit_test(brackets_inside_texts_do_not_count),
        cmocka_unit_test(escaped_quotes_do_not_end_a_text),
        cmocka_unit_test(the_number_of_values_can_be_bounded),
        cmocka_unit_test(a_text_can_be_taken_out),
        cmocka_unit_test(what_is_written_can_be_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
