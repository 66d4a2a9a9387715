#include "unit.h"

#include "query.h"

static void assert_parameters_are(const char *query, const char *wanted)
{
    struct buffer told = {0};
    struct query_parameter it;

    for (const char *rest = query; query_next(&rest, &it);)
        buffer_printf(&told, "(%.*s|%.*s)", (int)it.name_len, it.name,
                      (int)it.value_len, it.value);
    assert_string_equal(buffer_text(&told), wanted);
    buffer_finish(&told);
}

static void a_query_is_a_list_of_parameters(void **state)
{
    (void)state;
    assert_parameters_are("", "");
    assert_parameters_are("a=1", "(a|1)");
    assert_parameters_are("a=1&b=2&a=3", "(a|1)(b|2)(a|3)");
    assert_parameters_are("lifecycle", "(lifecycle|)");
    assert_parameters_are("a=&b", "(a|)(b|)");
    assert_parameters_are("a=b=c", "(a|b=c)");
    assert_parameters_are("=1&a", "(|1)(a|)");
    assert_parameters_are("&&a=1&&b=2&", "(a|1)(b|2)");
    assert_parameters_are("a%3Db=%26", "(a%3Db|%26)");
}

static void assert_encoded_is(const char *text, const char *keep,
                              const char *wanted)
{
    struct buffer encoded = {0};

    percent_encode(&encoded, text, strlen(text), keep);
    assert_string_equal(buffer_text(&encoded), wanted);
    buffer_finish(&encoded);
}

static void what_is_not_plain_is_encoded(void **state)
{
    (void)state;
    assert_encoded_is("azAZ09-._~", "", "azAZ09-._~");
    assert_encoded_is("a b+c/d", "", "a%20b%2Bc%2Fd");
    assert_encoded_is("a b+c/d", "/", "a%20b%2Bc/d");
    assert_encoded_is("\xc3\xbc%20!*'()", "", "%C3%BC%2520%21%2A%27%28%29");
}

static void a_zero_byte_is_encoded_too(void **state)
{
    struct buffer encoded = {0};

    (void)state;
    percent_encode(&encoded, "a\0b", 3, "/");
    assert_string_equal(buffer_text(&encoded), "a%00b");
    buffer_finish(&encoded);
}

static void assert_decoded_is(const char *text, const char *wanted)
{
    struct buffer decoded = {0};

    percent_decode(&decoded, text, strlen(text));
    assert_string_equal(buffer_text(&decoded), wanted);
    buffer_finish(&decoded);
}

static void what_is_encoded_is_read_again(void **state)
{
    (void)state;
    assert_decoded_is("", "");
    assert_decoded_is("a%20b%2bc%2Fd+e", "a b+c/d+e");
    assert_decoded_is("%C3%BC", "\xc3\xbc");
    assert_decoded_is("%2520", "%20");
}

static void a_percent_sign_may_stand_alone(void **state)
{
    (void)state;
    assert_decoded_is("100%", "100%");
    assert_decoded_is("%2", "%2");
    assert_decoded_is("%zz%4", "%zz%4");
    assert_decoded_is("%%41", "%A");
}

static void every_byte_survives_the_encoding(void **state)
{
    struct buffer encoded = {0}, decoded = {0};
    char bytes[256];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    percent_encode(&encoded, bytes, sizeof bytes, "");
    percent_decode(&decoded, encoded.bytes, encoded.len);
    assert_int_equal(decoded.len, sizeof bytes);
    assert_memory_equal(decoded.bytes, bytes, sizeof bytes);
    buffer_finish(&encoded);
    buffer_finish(&decoded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_is_a_list_of_parameters),
        cmocka_unit_test(what_is_not_plain_is_encoded),
        cmocka_unit_test(a_zero_byte_is_encoded_too),
        cmocka_unit_test(what_is_encoded_is_read_again),
        cmocka_unit_test(a_percent_sign_may_stand_alone),
        cmocka_unit_test(every_byte_survives_the_encoding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
