#include "unit.h"

#include "basics.h"
#include "buffer.h"
#include "hevc.h"

static struct reader unit_of(const char *bytes, size_t len)
{
    return (struct reader){.bytes = (const unsigned char *)bytes, .len = len};
}

/* Writes bits; whole bytes go to the buffer, as they stand in a unit. */
struct writer {
    struct buffer unit;
    unsigned byte, count; /* the bits that are no byte yet */
    unsigned zeros;
};

static void add_bits(struct writer *writer, unsigned count, uint32_t number)
{
    while (count-- > 0) {
        writer->byte = writer->byte << 1 | (number >> count & 1);
        if (++writer->count < 8)
            continue;
        if (writer->zeros >= 2 && writer->byte <= 3) {
            buffer_add_byte(&writer->unit, 3);
            writer->zeros = 0;
        }
        buffer_add_byte(&writer->unit, (char)writer->byte);
        writer->zeros = writer->byte == 0 ? writer->zeros + 1 : 0;
        writer->byte = writer->count = 0;
    }
}

static void add_number(struct writer *writer, uint32_t number)
{
    unsigned bits = 0;

    while (((uint64_t)number + 1) >> (bits + 1))
        bits++;
    add_bits(writer, bits, 0);
    add_bits(writer, 1, 1);
    add_bits(writer, bits, number + 1 - ((uint32_t)1 << bits));
}

/* A sequence's parameters up to its size; `has` says which layers have a
 * profile and a level of their own, two bits each. */
static uint64_t pixels_of(uint32_t layers, uint32_t has, uint32_t chroma,
                          uint32_t width, uint32_t height)
{
    struct writer writer = {0};
    uint64_t pixels;

    buffer_add(&writer.unit, "\x42\x01", 2);
    add_bits(&writer, 4, 0);
    add_bits(&writer, 3, layers);
    add_bits(&writer, 1, 1);
    for (int i = 0; i < 96 / 8; i++)
        add_bits(&writer, 8, 0); /* zeros that need many threes */
    if (layers > 0)
        add_bits(&writer, 16, has);
    for (uint32_t i = 0; i < layers; i++) {
        unsigned own =
            (has >> (15 - 2 * i) & 1) * 88 + (has >> (14 - 2 * i) & 1) * 8;

        while (own-- > 0)
            add_bits(&writer, 1, own % 3 == 0);
    }
    add_number(&writer, 0);
    add_number(&writer, chroma);
    if (chroma == 3)
        add_bits(&writer, 1, 0);
    add_number(&writer, width);
    add_number(&writer, height);
    add_bits(&writer, 8, 0x80);
    pixels = hevc_pixels(unit_of(writer.unit.bytes, writer.unit.len));
    buffer_finish(&writer.unit);
    return pixels;
}

static void the_size_of_a_sequence_is_found(void **state)
{
    static const char real[] =
        "\x42\x01\x01\x03\x70\0\0\x03\0\x90\0\0\x03\0\0\x03\0\x1e\xa0\x30\x81"
        "\x05\x96\xea\x49\x29\xae\x6e\x04\x04\x0c\x08\0\0\x03\0\x08\0\0\x03\0"
        "\x08\x40";

    (void)state;
    assert_int_equal(hevc_pixels(unit_of(real, sizeof real - 1)), 96 * 64);
    assert_int_equal(pixels_of(0, 0, 1, 512, 256), 512 * 256);
    assert_int_equal(pixels_of(0, 0, 3, 1, 1), 1);
    assert_int_equal(pixels_of(0, 0, 1, 65535, 65535), 65535UL * 65535);
    assert_int_equal(pixels_of(2, 0xb000, 1, 4096, 2160), 4096 * 2160);
    assert_int_equal(pixels_of(6, 0xfff0, 1, 100, 7), 700);
    assert_int_equal(pixels_of(6, 0x5550, 3, 100, 7), 700);
}

static void sizes_that_no_decoder_takes_count_as_none(void **state)
{
    (void)state;
    assert_int_equal(pixels_of(0, 0, 1, 65536, 1), 0);
    assert_int_equal(pixels_of(0, 0, 1, 1, 0x7fffffff), 0);
    assert_int_equal(pixels_of(0, 0, 1, 0, 8), 0);
}

static void a_unit_is_never_read_past_its_end(void **state)
{
    static const char zeros[40] = "\x42\x01";
    static const char unit[] = "\x42\x01\x01\x03\x70\0\0\x03\0\x90\0\0\x03\0"
                               "\0\x03\0\x1e\xa0\x30\x81\x05\x96";

    (void)state;
    assert_int_equal(hevc_pixels(unit_of(zeros, sizeof zeros)), 0);
    for (size_t len = 0; len < sizeof unit - 3; len++) {
        char *copy = malloc(len ? len : 1);

        memcpy(copy, unit, len);
        assert_int_equal(hevc_pixels(unit_of(copy, len)), 0);
        free(copy);
    }
}

static void units_tell_what_they_are(void **state)
{
    (void)state;
    assert_int_equal(hevc_unit_type(unit_of("\x42\x01", 2)), HEVC_SEQUENCE);
    assert_int_equal(hevc_unit_type(unit_of("\x28\x01", 2)), 20);
    assert_int_equal(hevc_unit_type(unit_of("", 0)), 63);
    assert_true(hevc_begins_picture(unit_of("\x28\x01\xaf", 3)));
    assert_false(hevc_begins_picture(unit_of("\x28\x01\x7f", 3)));
    assert_false(hevc_begins_picture(unit_of("\x28\x01", 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_size_of_a_sequence_is_found),
        cmocka_unit_test(sizes_that_no_decoder_takes_count_as_none),
        cmocka_unit_test(a_unit_is_never_read_past_its_end),
        cmocka_unit_test(units_tell_what_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
