#include "pictures.h"

#include "errors.h"
#include "png.h"
#include "sniff.h"

static void large_pictures_may_be_decoded_at_a_fraction(void **state)
{
    static const struct {
        uint32_t longest, width;
    } sizes[] = {{0, 4400},    {4400, 4400}, {2201, 4400},
                 {2200, 2200}, {1101, 2200}, {1100, 1100},
                 {551, 1100},  {550, 550},   {20, 550}};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct picture *picture =
            open_file(photo("f1-group-12mp.jpg"), sizes[i].longest);
        uint32_t width, height;

        free(picture_bgr(picture, &width, &height));
        assert_int_equal(width, sizes[i].width);
        assert_in_range(height, width * 2937 / 4400, width * 2937 / 4400 + 1);
        assert_int_equal(picture_width(picture), 4400);
        assert_int_equal(picture_height(picture), 2937);
        picture_close(picture);
    }
    struct picture *webp = open_file(example("quarters-lossy.webp"), 24);
    static const struct sample small[] = {{6, 4, {30, 30, 220}},
                                          {18, 12, {230, 230, 230}}};
    assert_int_equal(picture_width(webp), 96);
    assert_samples(webp, 2, small, 6);
    picture_close(webp);
}

/* The size of a JPEG that was written. */
static void assert_jpeg(const struct buffer *jpeg, uint32_t width,
                        uint32_t height)
{
    struct picture_facts facts;

    assert_int_equal(sniff(jpeg->bytes, jpeg->len, &facts), 0);
    assert_int_equal(facts.type, PICTURE_JPEG);
    assert_int_equal(facts.width, width);
    assert_int_equal(facts.height, height);
    assert_int_equal(facts.orientation, 1);
}

static void areas_are_cut_out_and_shrunk(void **state)
{
    static const struct {
        struct picture_area area;
        uint32_t longest, width, height;
    } cuts[] = {
        {{0, 0, 1, 1}, 0, 96, 64},
        {{0.5, 0.5, 0.5, 0.5}, 0, 48, 32},
        {{0.5, 0.5, 0.5, 0.5}, 100, 48, 32}, /* never enlarged */
        {{0.5, 0.5, 0.5, 0.5}, 24, 24, 16},
        {{-1, -1, 3, 3}, 48, 48, 32},
        {{-0.5, 0.5, 1, 9}, 0, 48, 32},
        {{10.0 / 96, 0, 1.0 / 96, 1}, 0, 1, 64},
        {{0.1001, 0.5, 1e-9, 1e-9}, 0, 1, 1},
        {{1 - 1e-12, 0, 1, 1}, 0, 1, 64},
        {{10.0 / 96, 0, 1.0 / 96, 1}, 8, 1, 8}, /* never less than one */
    };
    static const struct picture_area outside[] = {
        {1, 0, 1, 1}, {-1, 0, 1, 1}, {0, 2, 1, 1},
        {0, 0, 0, 1}, {0, 0, 1, -1}, {0.5, 0.5, 0, 0},
    };
    struct picture *picture = open_file(example("quarters.png"), 0);
    struct buffer jpeg = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(cuts); i++) {
        assert_int_equal(
            picture_jpeg(picture, &cuts[i].area, cuts[i].longest, 90, &jpeg),
            0);
        assert_jpeg(&jpeg, cuts[i].width, cuts[i].height);
    }
    for (size_t i = 0; i < COUNT(outside); i++)
        assert_int_equal(picture_jpeg(picture, &outside[i], 0, 90, &jpeg),
                         E_INVALID);
    picture_close(picture);
    buffer_finish(&jpeg);
}

static void a_cut_has_the_right_pixels(void **state)
{
    static const struct picture_area corner = {0.5, 0.5, 0.5, 0.5};
    static const struct sample white[] = {{8, 8, {230, 230, 230}},
                                          {40, 24, {230, 230, 230}}};
    struct picture *picture = open_file(example("quarters-turned.heic"), 0);
    struct buffer jpeg = {0};

    (void)state;
    assert_int_equal(picture_jpeg(picture, &(struct picture_area){0, 0, 1, 0.5},
                                  0, 95, &jpeg),
                     0);
    picture_close(picture);
    picture = open_buffer(&jpeg); /* green and white, side by side */
    assert_samples(picture, 1, &(struct sample){8, 24, {30, 200, 30}}, 4);
    assert_samples(picture, 1, &(struct sample){56, 24, {230, 230, 230}}, 4);
    picture_close(picture);
    picture = open_file(example("quarters.png"), 0);
    assert_int_equal(picture_jpeg(picture, &corner, 0, 95, &jpeg), 0);
    picture_close(picture);
    picture = open_buffer(&jpeg);
    assert_samples(picture, 2, white, 3);
    picture_close(picture);
    buffer_finish(&jpeg);
}

static bool holds(const struct buffer *buffer, const char *text)
{
    return memmem(buffer->bytes, buffer->len, text, strlen(text));
}

static void the_same_picture_gives_the_same_bytes_without_metadata(void **state)
{
    struct buffer one = {0}, other = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct picture *picture = open_file(photo("noface-dog.jpg"), 0);

        assert_int_equal(
            picture_jpeg(picture, NULL, 333, 85, i ? &other : &one), 0);
        picture_close(picture);
    }
    assert_int_equal(one.len, other.len);
    assert_memory_equal(one.bytes, other.bytes, one.len);
    assert_false(holds(&one, "Exif"));
    assert_false(holds(&one, "ICC_PROFILE"));
    assert_false(holds(&one, "Photoshop"));
    buffer_finish(&one);
    buffer_finish(&other);
}

static void assert_area(struct picture_area area, double left, double top,
                        double width, double height)
{
    assert_float_equal((float)area.left, (float)left, 1e-6);
    assert_float_equal((float)area.top, (float)top, 1e-6);
    assert_float_equal((float)area.width, (float)width, 1e-6);
    assert_float_equal((float)area.height, (float)height, 1e-6);
}

static void areas_grow_within_the_picture(void **state)
{
    struct picture *picture = open_file(example("quarters.png"), 0);
    const struct picture_area middle = {0.4, 0.4, 0.2, 0.2};
    const struct picture_area edge = {0.9, -0.05, 0.2, 0.1};
    const struct picture_area far = {3, -3, 1, 1};

    (void)state;
    assert_area(picture_grow(picture, middle, 0, 0), 0.4, 0.4, 0.2, 0.2);
    assert_area(picture_grow(picture, middle, 0.5, 0), 0.3, 0.3, 0.4, 0.4);
    assert_area(picture_grow(picture, middle, 9, 0), 0, 0, 1, 1);
    assert_area(picture_grow(picture, edge, 0.5, 0), 0.8, 0, 0.2, 0.1);
    /* 48 of 96 and 64 pixels. */
    assert_area(picture_grow(picture, middle, 0, 48), 0.25, 0.125, 0.5, 0.75);
    assert_area(picture_grow(picture, edge, 0, 48), 0.5, 0, 0.5, 0.75);
    assert_area(picture_grow(picture, far, 0, 48), 0.5, 0, 0.5, 0.75);
    assert_area(picture_grow(picture, middle, 0, 80), 1.0 / 12, 0, 5.0 / 6, 1);
    assert_area(picture_grow(picture, middle, 0, 5000), 0, 0, 1, 1);
    picture_close(picture);
}

static void a_grown_area_has_its_least_pixels(void **state)
{
    struct picture *picture = open_file(photo("f1-group.jpg"), 0);
    struct buffer jpeg = {0};

    (void)state;
    for (int i = 0; i < 40; i++) {
        struct picture_area area = {i / 39.0 - 0.01, i / 41.0, 0.013, 0.017};
        struct picture_facts facts;

        area = picture_grow(picture, area, 0.25, 80);
        assert_int_equal(picture_jpeg(picture, &area, 0, 50, &jpeg), 0);
        assert_int_equal(sniff(jpeg.bytes, jpeg.len, &facts), 0);
        assert_in_range(facts.width, 80, 81);
        assert_in_range(facts.height, 80, 81);
    }
    picture_close(picture);
    buffer_finish(&jpeg);
}

/* A generator of our own, so that every run is the same everywhere. */
static void make_noise(struct buffer *png, uint32_t width, uint32_t height)
{
    size_t len = (size_t)width * height * 3;
    unsigned char *pixels = malloc(len);
    uint32_t seed = 20261121;

    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        pixels[i] = (unsigned char)(seed >> 24);
    }
    png_write(png, width, height, 8, PNG_RGB, pixels);
    free(pixels);
}

static bool fits(const char *path, size_t bytes_max, uint32_t longest)
{
    struct picture_facts facts;
    size_t len;
    char *bytes = unit_read_file(path, &len);

    assert_int_equal(sniff(bytes, len, &facts), 0);
    free(bytes);
    return picture_fits(&facts, len, bytes_max, longest);
}

static void what_fits_is_sent_as_it_is(void **state)
{
    (void)state;
    assert_true(fits(photo("obama-1.jpg"), 279922, 1137));
    assert_false(fits(photo("obama-1.jpg"), 279921, 1137));
    assert_false(fits(photo("obama-1.jpg"), 279922, 1136));
    assert_true(fits(photo("f1-dad-1-exif6.jpg"), 1 << 20, 4096));
    assert_true(fits(example("quarters.png"), 5000, 96));
    assert_false(fits(example("quarters.heic"), 1 << 20, 4096));
    assert_false(fits(example("quarters-lossy.webp"), 1 << 20, 4096));
}

static void another_format_becomes_a_jpeg_that_fits(void **state)
{
    struct picture *jpeg = open_file(photo("obama-1.jpg"), 0);
    struct picture *turned = open_file(photo("f1-dad-1-exif6.jpg"), 0);
    struct picture *heic = open_file(example("quarters.heic"), 0);
    struct picture *webp = open_file(example("quarters-lossy.webp"), 0);
    struct buffer out = {0};

    (void)state;
    buffer_add_text(&out, "left over");
    assert_int_equal(picture_fit(turned, 1 << 20, 4096, &out), 0);
    assert_jpeg(&out, 203, 241);
    assert_int_equal(picture_fit(heic, 1 << 20, 4096, &out), 0);
    assert_jpeg(&out, 96, 64);
    assert_int_equal(picture_fit(webp, 1 << 20, 4096, &out), 0);
    assert_jpeg(&out, 96, 64);
    assert_int_equal(picture_fit(jpeg, 1 << 20, 1136, &out), 0);
    assert_jpeg(&out, 909, 1136);
    picture_close(jpeg);
    picture_close(turned);
    picture_close(heic);
    picture_close(webp);
    buffer_finish(&out);
}

/* Noise is the worst that can come: nothing of it compresses. */
static void what_is_too_large_is_made_to_fit(void **state)
{
    enum { LIMIT = 2 << 20 };
    struct buffer file = {0}, jpeg = {0}, out = {0};
    struct picture_facts facts;
    struct picture *picture;

    (void)state;
    make_noise(&file, 1600, 1200);
    assert_true(file.len / 2 > LIMIT);
    picture = open_buffer(&file);
    assert_int_equal(picture_fit(picture, LIMIT, 1200, &out), 0);
    assert_in_range(out.len, LIMIT / 4, LIMIT);
    assert_jpeg(&out, 1200, 900);
    assert_int_equal(picture_jpeg(picture, NULL, 0, 100, &jpeg), 0);
    picture_close(picture);
    assert_true(jpeg.len > LIMIT);
    picture = open_buffer(&jpeg);
    assert_int_equal(picture_fit(picture, LIMIT, 0, &out), 0);
    assert_in_range(out.len, LIMIT / 4, LIMIT);
    assert_int_equal(picture_fit(picture, 20000, 0, &out), 0);
    assert_in_range(out.len, 20000 / 4, 20000);
    assert_int_equal(sniff(out.bytes, out.len, &facts), 0);
    assert_int_equal(picture_fit(picture, 100, 0, &out), E_TOO_LARGE);
    assert_int_equal(out.len, 0);
    picture_close(picture);
    buffer_finish(&file);
    buffer_finish(&jpeg);
    buffer_finish(&out);
}

/* What JPEG cannot hold is shrunk even where nobody asked for it. */
static void a_very_long_picture_becomes_a_jpeg(void **state)
{
    unsigned char *pixels = calloc(70000, 1);
    struct buffer file = {0}, jpeg = {0};
    struct picture *picture;

    (void)state;
    png_write(&file, 1, 70000, 8, PNG_GREY, pixels);
    picture = open_buffer(&file);
    assert_int_equal(picture_jpeg(picture, NULL, 0, 80, &jpeg), 0);
    assert_jpeg(&jpeg, 1, 65500);
    assert_int_equal(picture_fit(picture, 1 << 20, 0, &jpeg), 0);
    picture_close(picture);
    buffer_finish(&file);
    buffer_finish(&jpeg);
    free(pixels);
}

static void a_picture_of_one_column_is_decoded_whole(void **state)
{
    static unsigned char pixels[2000];
    struct buffer file = {0}, jpeg = {0};
    struct picture *picture;

    (void)state;
    png_write(&file, 1, sizeof pixels, 8, PNG_GREY, pixels);
    picture = open_buffer(&file);
    assert_int_equal(picture_jpeg(picture, NULL, 0, 80, &jpeg), 0);
    picture_close(picture);
    picture = picture_open(jpeg.bytes, jpeg.len, sizeof pixels, 64);
    assert_non_null(picture);
    assert_int_equal(picture_width(picture), 1);
    assert_int_equal(picture_height(picture), sizeof pixels);
    picture_close(picture);
    buffer_finish(&file);
    buffer_finish(&jpeg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_pictures_may_be_decoded_at_a_fraction),
        cmocka_unit_test(areas_are_cut_out_and_shrunk),
        cmocka_unit_test(a_cut_has_the_right_pixels),
        cmocka_unit_test(
            the_same_picture_gives_the_same_bytes_without_metadata),
        cmocka_unit_test(areas_grow_within_the_picture),
        cmocka_unit_test(a_grown_area_has_its_least_pixels),
        cmocka_unit_test(what_fits_is_sent_as_it_is),
        cmocka_unit_test(another_format_becomes_a_jpeg_that_fits),
        cmocka_unit_test(what_is_too_large_is_made_to_fit),
        cmocka_unit_test(a_very_long_picture_becomes_a_jpeg),
        cmocka_unit_test(a_picture_of_one_column_is_decoded_whole),
    };
    int failed;

    picture_library_init();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    picture_library_finish();
    return failed;
}
