#include "pictures.h"

#include "errors.h"
#include "jpeg_file.h"

static const struct pixels_wish whole = {.type = PICTURE_JPEG,
                                         .orientation = 1,
                                         .fraction = 1,
                                         .pixels_max = 1000000};

/* A picture whose left half is red and whose right half is blue. */
static struct pixels two_colours(uint32_t width, uint32_t height)
{
    struct pixels pixels = {.width = width, .height = height};

    pixels.bytes = calloc((size_t)width * height, 3);
    for (uint32_t i = 0; i < width * height; i++)
        pixels.bytes[i * 3 + (i % width < width / 2 ? 0 : 2)] = 240;
    return pixels;
}

static struct buffer encoded(const struct pixels *pixels, int quality)
{
    const struct pixels_cut all = {0, 0, pixels->width, pixels->height};
    struct buffer jpeg = {0};

    assert_int_equal(jpeg_file_encode(pixels, &all, quality, &jpeg), 0);
    return jpeg;
}

static void what_is_written_can_be_read(void **state)
{
    struct pixels before = two_colours(64, 48), after;
    struct buffer jpeg = encoded(&before, 95);

    (void)state;
    assert_int_equal(jpeg_file_decode(&after, jpeg.bytes, jpeg.len, &whole), 0);
    assert_int_equal(after.width, 64);
    assert_int_equal(after.height, 48);
    for (size_t i = 0; i < (size_t)64 * 48 * 3; i++)
        assert_in_range(after.bytes[i] + 8, before.bytes[i],
                        before.bytes[i] + 16);
    pixels_finish(&before);
    pixels_finish(&after);
    buffer_finish(&jpeg);
}

static void a_part_is_cut_out(void **state)
{
    struct pixels before = two_colours(64, 48), after;
    const struct pixels_cut right = {40, 8, 24, 40};
    struct buffer jpeg = {0};

    (void)state;
    assert_int_equal(jpeg_file_encode(&before, &right, 90, &jpeg), 0);
    assert_int_equal(jpeg_file_decode(&after, jpeg.bytes, jpeg.len, &whole), 0);
    assert_int_equal(after.width, 24);
    assert_int_equal(after.height, 40);
    assert_in_range(after.bytes[0], 0, 8);
    assert_in_range(after.bytes[2], 232, 248);
    pixels_finish(&before);
    pixels_finish(&after);
    buffer_finish(&jpeg);
}

/* It grows past what is set aside for it at first. */
static void a_large_file_is_written_whole(void **state)
{
    struct pixels noise = two_colours(600, 400), after;
    struct buffer jpeg;
    uint32_t number = 1;

    (void)state;
    for (size_t i = 0; i < (size_t)600 * 400 * 3; i++)
        noise.bytes[i] = (unsigned char)((number = number * 1664525 + 1) >> 24);
    jpeg = encoded(&noise, 100);
    assert_true(jpeg.len > 200000);
    assert_int_equal(jpeg_file_decode(&after, jpeg.bytes, jpeg.len, &whole), 0);
    pixels_finish(&noise);
    pixels_finish(&after);
    buffer_finish(&jpeg);
}

static void a_file_that_ends_early_is_damaged(void **state)
{
    struct pixels before = two_colours(64, 48), after;
    struct buffer jpeg = encoded(&before, 90);
    size_t data = jpeg.len - 2; /* without the end's marker */

    (void)state;
    for (size_t len = 0; len < data; len += 7) {
        assert_int_equal(jpeg_file_decode(&after, jpeg.bytes, len, &whole),
                         E_INVALID);
        assert_null(after.bytes);
    }
    pixels_finish(&before);
    buffer_finish(&jpeg);
}

static void too_many_pixels_are_refused(void **state)
{
    struct pixels before = two_colours(64, 48), after;
    struct buffer jpeg = encoded(&before, 90);
    struct pixels_wish wish = whole;

    (void)state;
    wish.pixels_max = 64 * 48 - 1;
    assert_int_equal(jpeg_file_decode(&after, jpeg.bytes, jpeg.len, &wish),
                     E_TOO_LARGE);
    wish.fraction = 2;
    assert_int_equal(jpeg_file_decode(&after, jpeg.bytes, jpeg.len, &wish), 0);
    assert_int_equal(after.width, 32);
    assert_int_equal(after.height, 24);
    pixels_finish(&before);
    pixels_finish(&after);
    buffer_finish(&jpeg);
}

static void inks_are_left_to_others(void **state)
{
    size_t len;
    char *bytes = unit_read_file(photo("biden-2-cmyk.jpg"), &len);
    struct pixels pixels;

    (void)state;
    assert_int_equal(jpeg_file_decode(&pixels, bytes, len, &whole),
                     E_UNSUPPORTED);
    free(bytes);
}

/* Finds the first marker of that kind. */
static size_t find_marker(const struct buffer *jpeg, unsigned char kind)
{
    size_t i = 0;

    while ((unsigned char)jpeg->bytes[i] != 0xff ||
           (unsigned char)jpeg->bytes[i + 1] != kind)
        i++;
    return i;
}

/* A progressive file whose one scan comes again and again: each is decoded over
 * the whole picture. */
static void write_scans(const struct buffer *baseline, int scans,
                        struct buffer *out)
{
    size_t head = find_marker(baseline, 0xda);
    size_t scan = baseline->len - 2 - head;

    buffer_add(out, baseline->bytes, head);
    out->bytes[find_marker(out, 0xc0) + 1] = (char)0xc2;
    for (int i = 0; i < scans; i++) {
        buffer_add(out, baseline->bytes + head, scan);
        out->bytes[out->len - scan + 12] = 0; /* its DC coefficients alone */
    }
    buffer_add(out, "\xff\xd9", 2);
}

static void a_file_of_many_scans_is_refused(void **state)
{
    struct pixels before = two_colours(64, 48), after;
    struct buffer jpeg = encoded(&before, 90), many = {0};

    (void)state;
    write_scans(&jpeg, 90, &many);
    assert_int_equal(jpeg_file_decode(&after, many.bytes, many.len, &whole), 0);
    pixels_finish(&after);
    buffer_clear(&many);
    write_scans(&jpeg, 110, &many);
    assert_int_equal(jpeg_file_decode(&after, many.bytes, many.len, &whole),
                     E_INVALID);
    pixels_finish(&before);
    buffer_finish(&jpeg);
    buffer_finish(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_can_be_read),
        cmocka_unit_test(a_part_is_cut_out),
        cmocka_unit_test(a_large_file_is_written_whole),
        cmocka_unit_test(a_file_that_ends_early_is_damaged),
        cmocka_unit_test(too_many_pixels_are_refused),
        cmocka_unit_test(inks_are_left_to_others),
        cmocka_unit_test(a_file_of_many_scans_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
