#include "unit.h"

#include "frame_reader.h"

enum { TEXT_BYTES = 100, BINARY_BYTES = 70000 };

/* What was heard, one word for each event. */
static struct buffer heard;
static struct frame_reader reader;

static void on_message(void *owner, const char *bytes, size_t len,
                       bool is_binary)
{
    (void)owner;
    if (len > 50)
        buffer_printf(&heard, "%zu bytes;", len);
    else
        buffer_printf(&heard, "%s %.*s;", is_binary ? "binary" : "text",
                      (int)len, bytes);
}

static void on_ping(void *owner, const char *bytes, size_t len)
{
    (void)owner;
    buffer_printf(&heard, "ping %.*s;", (int)len, bytes);
}

static void on_pong(void *owner)
{
    (void)owner;
    buffer_add_text(&heard, "pong;");
}

static void on_close(void *owner, uint16_t code)
{
    (void)owner;
    buffer_printf(&heard, "close %u;", (unsigned)code);
}

static int begin(void **state)
{
    (void)state;
    reader = (struct frame_reader){.text_bytes = TEXT_BYTES,
                                   .binary_bytes = BINARY_BYTES};
    buffer_clear(&heard);
    return 0;
}

static int end(void **state)
{
    (void)state;
    frame_reader_finish(&reader);
    buffer_finish(&heard);
    return 0;
}

static unsigned take(const char *bytes, size_t len)
{
    static const struct frame_events events = {on_message, on_ping, on_pong,
                                               on_close};
    const char *problem;
    unsigned code =
        frame_reader_read(&reader, &events, NULL, bytes, len, &problem);

    assert_true(code ? problem != NULL : problem == NULL);
    return code;
}

/* A frame whose mask is of zeros: what it says can be read here. */
#define TAKE(text) take(text, sizeof(text) - 1)
#define NO_MASK "\0\0\0\0"

static void a_message_is_unmasked(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), 0);
    assert_string_equal(buffer_text(&heard), "text Hello;");
}

static void a_long_message_is_unmasked_wherever_it_is_cut(void **state)
{
    static const unsigned char mask[4] = {1, 2, 3, 4};
    char frame[8 + 300] = "\x82\xfe\x01\x2c\x01\x02\x03\x04";

    (void)state;
    for (size_t i = 0; i < 300; i++)
        frame[8 + i] = (char)('a' ^ mask[i % 4]);
    for (size_t cut = 0; cut <= sizeof frame; cut++) {
        buffer_clear(&heard);
        assert_int_equal(take(frame, cut), 0);
        assert_int_equal(take(frame + cut, sizeof frame - cut), 0);
        assert_string_equal(buffer_text(&heard), "300 bytes;");
    }
}

static void pings_come_between_fragments(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\x01\x82" NO_MASK "in\x89\x81" NO_MASK
                          "?\x8a\x80" NO_MASK "\x00\x80" NO_MASK
                          "\x80\x83" NO_MASK " it"),
                     0);
    assert_string_equal(buffer_text(&heard), "ping ?;pong;text in it;");
}

static void what_breaks_a_rule_is_refused_by_its_first_bytes(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        unsigned code;
    } bad[] = {
        {"\x81\x01", 2, CLOSE_PROTOCOL}, /* no mask */
        {"\xc1\x81", 2, CLOSE_PROTOCOL}, /* a reserved bit */
        {"\x83\x80", 2, CLOSE_PROTOCOL}, /* opcodes */
        {"\x8b\x80", 2, CLOSE_PROTOCOL}, /* ... */
        {"\x09\x80", 2, CLOSE_PROTOCOL}, /* a ping's fragment */
        {"\x89\xfe", 2, CLOSE_PROTOCOL}, /* a long ping */
        {"\x80\x80", 2, CLOSE_PROTOCOL}, /* goes on with nothing */
        {"\x81\xfe\0\x7d" NO_MASK, 8, CLOSE_PROTOCOL}, /* 16 bits for 125 */
        {"\x82\xff\0\0\0\0\0\0\xff\xff" NO_MASK, 14, CLOSE_PROTOCOL},
        {"\x82\xff\x80\0\0\0\0\0\0\0" NO_MASK, 14, CLOSE_PROTOCOL},
        {"\x82\xff\x7f\0\0\0\0\0\0\0" NO_MASK, 14, CLOSE_TOO_LARGE},
        {"\x81\xe5" NO_MASK, 6, CLOSE_TOO_LARGE}, /* 101 bytes of text */
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        begin(state);
        assert_int_equal(take(bad[i].bytes, bad[i].len), bad[i].code);
        assert_string_equal(buffer_text(&heard), "");
        assert_int_equal(TAKE("\x89\x80" NO_MASK), 0); /* not heard any more */
        assert_string_equal(buffer_text(&heard), "");
    }
}

static void text_that_is_no_utf8_is_refused_at_its_end(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\x01\x81" NO_MASK "\xc3\x80\x81" NO_MASK "\xa9"), 0);
    assert_string_equal(buffer_text(&heard), "text \xc3\xa9;");
    assert_int_equal(TAKE("\x81\x81" NO_MASK "\xc3"), CLOSE_NOT_UTF8);
}

static void a_close_is_the_last_thing_heard(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\x88\x85" NO_MASK "\x03\xe8"
                          "bye\x81\x82" NO_MASK "hi"),
                     0);
    assert_string_equal(buffer_text(&heard), "close 1000;");
}

static void a_close_has_a_good_code_and_reason_or_none(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\x88\x80" NO_MASK), 0);
    assert_string_equal(buffer_text(&heard), "close 1005;");
    begin(state);
    assert_int_equal(TAKE("\x88\x81" NO_MASK "\x03"), CLOSE_PROTOCOL);
    begin(state);
    assert_int_equal(TAKE("\x88\x82" NO_MASK "\x03\xed"), CLOSE_PROTOCOL);
    begin(state);
    assert_int_equal(TAKE("\x88\x83" NO_MASK "\x03\xe8\xff"), CLOSE_NOT_UTF8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_is_unmasked),
        TEST(a_long_message_is_unmasked_wherever_it_is_cut),
        TEST(pings_come_between_fragments),
        TEST(what_breaks_a_rule_is_refused_by_its_first_bytes),
        TEST(text_that_is_no_utf8_is_refused_at_its_end),
        TEST(a_close_is_the_last_thing_heard),
        TEST(a_close_has_a_good_code_and_reason_or_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
