#include "unit.h"

#include "basics.h"
#include "errors.h"
#include "sniff.h"

/* A JPEG of these segments, sniffed. */
#define SNIFF(segments, facts)                                                 \
    sniff("\xff\xd8" segments, sizeof("\xff\xd8" segments) - 1, facts)

#define FRAME "\xff\xc0\0\x0b\x08\x01\x02\x03\x04\x01\x01\x11\0"
#define SCAN "\xff\xda\0\x08\x01\x01\0\0\x3f\0"
#define COMMENT "\xff\xfe\0\x04hi"
#define EXIF(orientation)                                                      \
    "\xff\xe1\0\x22"                                                           \
    "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" orientation      \
    "\0\0\0\0\0\0"

static void segments_come_in_any_order(void **state)
{
    struct picture_facts facts;

    (void)state;
    assert_int_equal(SNIFF(EXIF("\x06") FRAME SCAN, &facts), 0);
    assert_int_equal(facts.width, 0x0304);
    assert_int_equal(facts.height, 0x0102);
    assert_int_equal(facts.orientation, 6);
    assert_int_equal(SNIFF(COMMENT FRAME COMMENT EXIF("\x05") SCAN, &facts), 0);
    assert_int_equal(facts.orientation, 5);
    assert_int_equal(
        SNIFF("\xff\xe1\0\x06http" EXIF("\x08") COMMENT FRAME, &facts), 0);
    assert_int_equal(facts.orientation, 8);
}

static void fill_bytes_and_lone_markers_are_passed_over(void **state)
{
    struct picture_facts facts;

    (void)state;
    assert_int_equal(SNIFF("\xff\xff\xff\xff\xfe\0\x02"
                           "\xff\x01\xff\xd0\xff\xff" FRAME,
                           &facts),
                     0);
    assert_int_equal(facts.width, 0x0304);
    /* As decoders do, so with what stands between segments. */
    assert_int_equal(SNIFF("\xff\xfe\0\x02junk\xff\0" FRAME, &facts), 0);
}

static void the_first_exif_and_the_first_frame_count(void **state)
{
    struct picture_facts facts;

    (void)state;
    assert_int_equal(SNIFF(EXIF("\x03") EXIF("\x06") FRAME
                           "\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0",
                           &facts),
                     0);
    assert_int_equal(facts.orientation, 3);
    assert_int_equal(facts.width, 0x0304);
}

static void what_follows_the_scan_is_not_looked_at(void **state)
{
    struct picture_facts facts;

    (void)state;
    assert_int_equal(SNIFF(FRAME SCAN EXIF("\x06"), &facts), 0);
    assert_int_equal(facts.orientation, 1);
    assert_int_equal(SNIFF(SCAN FRAME, &facts), E_INVALID);
    assert_int_equal(SNIFF("\xff\xd9" FRAME, &facts), E_INVALID);
}

static void frames_that_nobody_decodes_are_not_supported(void **state)
{
    struct picture_facts facts;
    char file[] = "\xff\xd8" FRAME;

    (void)state;
    for (int marker = 0xc0; marker <= 0xcf; marker++) {
        bool known = marker <= 0xc2 || marker == 0xc9 || marker == 0xca;
        bool none = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;

        file[3] = (char)marker;
        assert_int_equal(sniff(file, sizeof file - 1, &facts),
                         known  ? 0
                         : none ? E_INVALID
                                : E_UNSUPPORTED);
    }
    assert_int_equal(
        SNIFF("\xff\xc0\0\x0b\x0c\0\x01\0\x01\x01\x01\x11\0", &facts),
        E_UNSUPPORTED); /* 12 bits */
}

static void a_frame_must_have_a_size(void **state)
{
    struct picture_facts facts;

    (void)state;
    assert_int_equal(
        SNIFF("\xff\xc0\0\x0b\x08\0\0\0\x01\x01\x01\x11\0", &facts), E_INVALID);
    assert_int_equal(
        SNIFF("\xff\xc0\0\x0b\x08\0\x01\0\0\x01\x01\x11\0", &facts), E_INVALID);
    assert_int_equal(SNIFF("\xff\xc0\0\x06\x08\0\x01\0", &facts), E_INVALID);
    assert_int_equal(SNIFF("\xff\xc0\0\x01" FRAME, &facts), E_INVALID);
    assert_int_equal(SNIFF("\xff\xe0\xff\xff" FRAME, &facts), E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_come_in_any_order),
        cmocka_unit_test(fill_bytes_and_lone_markers_are_passed_over),
        cmocka_unit_test(the_first_exif_and_the_first_frame_count),
        cmocka_unit_test(what_follows_the_scan_is_not_looked_at),
        cmocka_unit_test(frames_that_nobody_decodes_are_not_supported),
        cmocka_unit_test(a_frame_must_have_a_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
