#include "unit.h"

#include "basics.h"
#include "sniff_parts.h"

/* The orientation that a block of these bytes gives. */
#define ORIENTATION(block)                                                     \
    exif_orientation((struct reader){.bytes = (const unsigned char *)(block),  \
                                     .len = sizeof(block) - 1})

static void both_byte_orders_are_read(void **state)
{
    (void)state;
    assert_int_equal(ORIENTATION("MM\0*\0\0\0\x08\0\x01"
                                 "\x01\x12\0\x03\0\0\0\x01\0\x07\0\0"),
                     7);
    assert_int_equal(ORIENTATION("Exif\0\0II*\0\x08\0\0\0\x01\0"
                                 "\x12\x01\x03\0\x01\0\0\0\x05\0\0\0"),
                     5);
}

static void the_directory_may_lie_anywhere(void **state)
{
    (void)state;
    assert_int_equal(ORIENTATION("II*\0\x0b\0\0\0---\x02\0"
                                 "\x0f\x01\x02\0\x04\0\0\0Foo\0"
                                 "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"),
                     6);
}

static void what_makes_no_sense_leaves_the_picture_as_it_is(void **state)
{
    (void)state;
    assert_int_equal(ORIENTATION(""), 1);
    assert_int_equal(ORIENTATION("Exif\0\0"), 1);
    assert_int_equal(ORIENTATION("XX*\0\x08\0\0\0\x01\0"), 1);
    /* The directory lies behind the end. */
    assert_int_equal(ORIENTATION("II*\0\xff\xff\xff\xff\x01\0"
                                 "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"),
                     1);
    /* It has fewer entries than it says. */
    assert_int_equal(ORIENTATION("II*\0\x08\0\0\0\xff\xff"
                                 "\x0f\x01\x02\0\x04\0\0\0Foo\0"),
                     1);
    /* Another type; two values; none of the eight. */
    assert_int_equal(ORIENTATION("II*\0\x08\0\0\0\x01\0"
                                 "\x12\x01\x04\0\x01\0\0\0\x06\0\0\0"),
                     1);
    assert_int_equal(ORIENTATION("II*\0\x08\0\0\0\x01\0"
                                 "\x12\x01\x03\0\x02\0\0\0\x06\0\0\0"),
                     1);
    assert_int_equal(ORIENTATION("II*\0\x08\0\0\0\x01\0"
                                 "\x12\x01\x03\0\x01\0\0\0\x09\0\0\0"),
                     1);
    assert_int_equal(ORIENTATION("II*\0\x08\0\0\0\x01\0"
                                 "\x12\x01\x03\0\x01\0\0\0\0\0\0\0"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_byte_orders_are_read),
        cmocka_unit_test(the_directory_may_lie_anywhere),
        cmocka_unit_test(what_makes_no_sense_leaves_the_picture_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
