#include "unit.h"

#include "errors.h"
#include "offset.h"

static struct offset offset_of(const char *text)
{
    struct offset offset = {0};

    assert_int_equal(offset_read(text, &offset), 0);
    return offset;
}

static void what_is_written_is_read_again(void **state)
{
    static const char *const texts[] = {
        "k3v9-1763715240123-0",
        "a-0-0",
        "abcdefghijklmnopqrstuvw-9999999999999999999-9999999999999999999",
        "1.k3v9-1763715240123-0",
        "127.abcdefghijklmnopqrstuvw-9999999999999999999-9999999999999999999",
    };
    char text[OFFSET_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct offset offset = offset_of(texts[i]);

        offset_write(&offset, text);
        assert_string_equal(text, texts[i]);
    }
}

static void its_parts_are_epoch_time_and_number(void **state)
{
    struct offset offset = offset_of("k3v9-1763715240123-7");

    (void)state;
    assert_string_equal(offset.epoch, "k3v9");
    assert_true(offset.ms == 1763715240123);
    assert_true(offset.sequence == 7);
    assert_int_equal(offset.part, 0);
    assert_int_equal(offset_of("12.k3v9-1763715240123-7").part, 12);
}

static void what_nobody_gave_out_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "-",
        "--",
        "k3v9",
        "k3v9-",
        "k3v9-1",
        "k3v9-1-",
        "-1-2",
        "k3v9--2",
        "k3v9-1-2-3",
        "k3v9-1-2 ",
        " k3v9-1-2",
        "k3v9-1-x",
        "k3v9-+1-2",
        "k3v9-1--2",
        "K3V9-1-2",
        "k3 v9-1-2",
        "abcdefghijklmnopqrstuvwx-1-2", /* an epoch too long */
        "k3v9-12345678901234567890-0",  /* numbers too long */
        "k3v9-0-123456789012345678901",
        "0.k3v9-1-2", /* the first part is not named */
        "01.k3v9-1-2",
        "128.k3v9-1-2",
        "1000.k3v9-1-2",
        ".k3v9-1-2",
        "1.",
        "1.2.k3v9-1-2",
        "a.k3v9-1-2",
    };
    struct offset offset;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (offset_read(bad[i], &offset) != E_INVALID)
            fail_msg("taken for an offset: \"%s\"", bad[i]);
}

static void an_id_of_the_stream_has_no_epoch(void **state)
{
    struct offset offset = {.epoch = "k3v9"};

    (void)state;
    assert_int_equal(offset_read_id("1763715240123-4", &offset), 0);
    assert_true(offset.ms == 1763715240123 && offset.sequence == 4);
    assert_string_equal(offset.epoch, "k3v9");
    assert_int_equal(offset_read_id("1763715240123", &offset), E_INVALID);
    assert_int_equal(offset_read_id("k3v9-1-2", &offset), E_INVALID);
}

static void offsets_of_one_log_rise(void **state)
{
    struct offset first = offset_of("k3v9-10-9");
    struct offset second = offset_of("k3v9-11-0");
    struct offset third = offset_of("k3v9-11-1");

    (void)state;
    assert_true(offset_is_after(&second, &first));
    assert_true(offset_is_after(&third, &second));
    assert_false(offset_is_after(&first, &second));
    assert_false(offset_is_after(&second, &second));
    assert_true(offset_is_same_log(&first, &third));
}

static void offsets_of_two_logs_cannot_be_compared(void **state)
{
    struct offset one = offset_of("k3v9-10-0");
    struct offset other = offset_of("k3va-11-0");
    struct offset part = offset_of("1.k3v9-11-0");

    (void)state;
    assert_false(offset_is_same_log(&one, &other));
    assert_false(offset_is_same_log(&one, &part));
    assert_false(offset_is_after(&part, &one));
    assert_false(offset_is_after(&other, &one));
    assert_false(offset_is_after(&one, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(its_parts_are_epoch_time_and_number),
        cmocka_unit_test(what_nobody_gave_out_is_refused),
        cmocka_unit_test(an_id_of_the_stream_has_no_epoch),
        cmocka_unit_test(offsets_of_one_log_rise),
        cmocka_unit_test(offsets_of_two_logs_cannot_be_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
