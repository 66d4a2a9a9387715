#include "pictures.h"

#include <malloc.h>
#include <uv.h>

#include "errors.h"
#include "png.h"

/* The samples were read by OpenCV's imread, with which the networks' answers
 * were recorded.  Another libjpeg may round otherwise. */
static void photos_of_every_kind_look_as_opencv_sees_them(void **state)
{
    static const struct {
        const char *name;
        uint32_t width, height;
        struct sample sample;
    } photos[] = {
        {"biden-1.jpg", 970, 2204, {388, 661, {18, 14, 19}}},
        {"biden-1-16bit.png", 300, 682, {120, 204, {16, 11, 17}}},
        {"biden-2-cmyk.jpg", 700, 700, {280, 210, {73, 93, 143}}},
        {"biden-2-gray.jpg", 600, 600, {240, 180, {101, 101, 101}}},
        {"f1-dad-1-exif3.jpg", 203, 241, {81, 72, {188, 210, 252}}},
        {"f1-dad-1-exif5.jpg", 203, 241, {81, 72, {185, 208, 253}}},
        {"f1-dad-1-exif6.jpg", 203, 241, {81, 72, {185, 209, 251}}},
        {"f1-dad-1-exif8.jpg", 203, 241, {81, 72, {188, 210, 252}}},
        {"f1-group-12mp.jpg", 4400, 2937, {1760, 881, {13, 17, 36}}},
        {"obama-1-progressive.jpg", 910, 1137, {364, 341, {72, 83, 110}}},
        {"obama-2-rgba.png", 626, 1200, {250, 360, {0, 0, 10}}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(photos); i++) {
        struct picture *picture = open_file(photo(photos[i].name), 0);

        assert_non_null(picture);
        assert_int_equal(picture_width(picture), photos[i].width);
        assert_int_equal(picture_height(picture), photos[i].height);
        assert_samples(picture, 1, &photos[i].sample, 2);
        picture_close(picture);
    }
}

static void webp_and_heic_are_decoded(void **state)
{
    /* Red, green, blue, white; each in the middle of its quarter. */
    static const struct sample upright[] = {{24, 16, {30, 30, 220}},
                                            {72, 16, {30, 200, 30}},
                                            {24, 48, {220, 30, 30}},
                                            {72, 48, {230, 230, 230}}};
    static const struct sample turned[] = {{16, 24, {30, 200, 30}},
                                           {48, 24, {230, 230, 230}},
                                           {16, 72, {30, 30, 220}},
                                           {48, 72, {220, 30, 30}}};
    static const struct sample pale[] = {{24, 16, {142, 142, 237}}};
    static const struct {
        const char *name;
        uint32_t width, height;
        size_t count;
        const struct sample *samples;
    } examples[] = {
        {"quarters.png", 96, 64, 4, upright},
        {"quarters.heic", 96, 64, 4, upright},
        {"quarters-grid.heic", 95, 63, 4, upright},
        {"quarters-turned.heic", 64, 96, 4, turned},
        {"quarters-lossy.webp", 96, 64, 4, upright},
        {"quarters-lossless.webp", 96, 64, 4, upright},
        {"quarters-alpha.webp", 96, 64, 1, pale},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        struct picture *picture = open_file(example(examples[i].name), 0);

        assert_non_null(picture);
        assert_int_equal(picture_width(picture), examples[i].width);
        assert_int_equal(picture_height(picture), examples[i].height);
        assert_samples(picture, examples[i].count, examples[i].samples, 3);
        picture_close(picture);
    }
}

static void every_kind_of_png_becomes_eight_bits_without_alpha(void **state)
{
    static const unsigned char grey[] = {10, 200};
    static const unsigned char deep[] = {10,  255, 200, 0,   30, 128,
                                         255, 255, 0,   255, 1,  0};
    static const unsigned char clear[] = {10, 20, 30, 255, 10, 20, 30, 0};
    static const unsigned char pale[] = {100, 255, 100, 0};
    static const unsigned char deep_pale[] = {100, 9, 255, 255, 100, 9, 0, 0};
    static const struct {
        int bits;
        enum png_kind kind;
        const unsigned char *pixels;
        struct sample samples[2];
    } kinds[] = {
        {8, PNG_GREY, grey, {{0, 0, {10, 10, 10}}, {1, 0, {200, 200, 200}}}},
        {16, PNG_RGB, deep, {{0, 0, {30, 200, 10}}, {1, 0, {1, 0, 255}}}},
        {8, PNG_RGBA, clear, {{0, 0, {30, 20, 10}}, {1, 0, {255, 255, 255}}}},
        {8,
         PNG_GREY_ALPHA,
         pale,
         {{0, 0, {100, 100, 100}}, {1, 0, {255, 255, 255}}}},
        {16,
         PNG_GREY_ALPHA,
         deep_pale,
         {{0, 0, {100, 100, 100}}, {1, 0, {255, 255, 255}}}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct buffer file = {0};
        struct picture *picture;

        png_write(&file, 2, 1, kinds[i].bits, kinds[i].kind, kinds[i].pixels);
        picture = open_buffer(&file);
        assert_samples(picture, 2, kinds[i].samples, 0);
        picture_close(picture);
        buffer_finish(&file);
    }
}

/* Puts EXIF with an orientation behind a JPEG's first marker. */
static void add_orientation(const struct buffer *jpeg, int orientation,
                            struct buffer *out)
{
    char exif[] = "\xff\xe1\0\x22"
                  "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0?"
                  "\0\0\0\0\0\0";

    exif[29] = (char)orientation;
    buffer_clear(out);
    buffer_add(out, jpeg->bytes, 2);
    buffer_add(out, exif, sizeof exif - 1);
    buffer_add(out, jpeg->bytes + 2, jpeg->len - 2);
}

/* Where the upright pixel lies in the file, by EXIF's own words: which edges
 * the stored row 0 and column 0 are. */
static size_t stored_place(int orientation, uint32_t x, uint32_t y,
                           uint32_t width, uint32_t height)
{
    uint32_t right = width - 1 - x, bottom = height - 1 - y;

    switch (orientation) {
    case 1:
        return y * width + x; /* row 0 is the top, column 0 the left */
    case 2:
        return y * width + right; /* top, right */
    case 3:
        return bottom * width + right; /* bottom, right */
    case 4:
        return bottom * width + x; /* bottom, left */
    case 5:
        return x * height + y; /* left, top */
    case 6:
        return right * height + y; /* right, top */
    case 7:
        return right * height + bottom; /* right, bottom */
    default:
        return x * height + bottom; /* left, bottom */
    }
}

static void all_eight_orientations_are_turned_upright(void **state)
{
    struct picture *original = open_file(photo("f1-son-1.jpg"), 0);
    struct buffer jpeg = {0}, turned = {0};
    uint32_t width, height;
    unsigned char *stored;

    (void)state;
    assert_int_equal(picture_jpeg(original, NULL, 0, 80, &jpeg), 0);
    picture_close(original);
    original = open_buffer(&jpeg);
    stored = picture_bgr(original, &width, &height);
    picture_close(original);
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct picture *picture;
        unsigned char *upright;
        bool lies = orientation >= 5;

        add_orientation(&jpeg, orientation, &turned);
        picture = open_buffer(&turned);
        assert_int_equal(picture_width(picture), lies ? height : width);
        upright = picture_bgr(picture, &width, &height);
        for (uint32_t i = 0; i < width * height; i++)
            assert_near(upright + 3 * (size_t)i,
                        stored + 3 * stored_place(orientation, i % width,
                                                  i / width, width, height),
                        0);
        free(upright);
        picture_close(picture);
        if (lies) {
            uint32_t other = width;

            width = height;
            height = other;
        }
    }
    free(stored);
    buffer_finish(&jpeg);
    buffer_finish(&turned);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    static const char *const names[] = {
        "quarters.png",        "quarters.heic",          "quarters-grid.heic",
        "quarters-lossy.webp", "quarters-lossless.webp", "quarters-alpha.webp"};

    (void)state;
    assert_null(open_file(photo("broken-truncated.jpg"), 0));
    assert_null(open_file(photo("broken-truncated.jpg"), 100));
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t len;
        char *bytes = unit_read_file(example(names[i]), &len);
        /* What ends a PNG has no pixels in it, nor has a WebP's padding. */
        size_t whole = i == 0 ? len - 12 : i == 5 ? len - 1 : len;

        for (size_t cut = 0; cut < whole; cut += 1 + cut / 16)
            assert_null(picture_open(bytes, cut, PIXELS_MAX, 0));
        free(bytes);
    }
}

static void what_is_damaged_or_no_picture_is_refused(void **state)
{
    struct buffer file = {0};
    unsigned char pixels[300] = {0};

    (void)state;
    assert_null(picture_open("", 0, PIXELS_MAX, 0));
    assert_null(picture_open("GIF89a", 6, PIXELS_MAX, 0));
    assert_null(open_file(example("quarters.avif"), 0));
    png_write(&file, 10, 10, 8, PNG_RGB, pixels);
    picture_close(open_buffer(&file));
    file.bytes[100] ^= 1; /* a checksum is wrong now */
    assert_null(picture_open(file.bytes, file.len, PIXELS_MAX, 0));
    buffer_finish(&file);
}

static void more_pixels_than_wanted_are_never_decoded(void **state)
{
    struct buffer file = {0};
    unsigned char pixels[300] = {0};

    (void)state;
    png_write(&file, 10, 10, 8, PNG_RGB, pixels);
    assert_null(picture_open(file.bytes, file.len, 99, 0));
    struct picture *picture = picture_open(file.bytes, file.len, 100, 0);
    assert_non_null(picture);
    picture_close(picture);
    buffer_clear(&file);
    /* A bomb: it says that it is huge, and is a few bytes. */
    buffer_add(&file, "\x89PNG\r\n\x1a\n", 8);
    png_add_chunk(&file, "IHDR", "\0\0\xff\xff\0\0\xff\xff\x08\x02\0\0\0", 13);
    png_add_chunk(&file, "IDAT", "", 0);
    assert_null(picture_open(file.bytes, file.len, PIXELS_MAX, 0));
    buffer_finish(&file);
    /* Another one, which would keep its decoder busy for a minute. */
    assert_null(open_file(example("bomb.heic"), 0));
}

/* What a thread makes of a photo, many times. */
struct labour {
    const char *path;
    uv_thread_t thread;
    struct buffer first; /* what it made the first time */
    bool differs;        /* some other time */
};

static void on_thread(void *owner)
{
    static const struct picture_area area = {0.2, 0.1, 0.5, 0.6};
    struct labour *labour = owner;

    for (int i = 0; i < 6; i++) {
        struct picture *picture = open_file(labour->path, 0);
        struct buffer jpeg = {0};

        assert(picture);
        if (picture_jpeg(picture, &area, 150, 80, &jpeg) < 0)
            buffer_clear(&jpeg);
        if (i == 0)
            buffer_add(&labour->first, jpeg.bytes, jpeg.len);
        if (jpeg.len != labour->first.len ||
            memcmp(jpeg.bytes, labour->first.bytes, jpeg.len) != 0)
            labour->differs = true;
        picture_close(picture);
        buffer_finish(&jpeg);
    }
}

static void threads_work_on_pictures_at_the_same_time(void **state)
{
    static const char *const names[] = {"quarters.heic", "quarters-grid.heic",
                                        "quarters.png",  "quarters-alpha.webp",
                                        "quarters.heic", "quarters-lossy.webp"};
    struct labour labours[COUNT(names)] = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        labours[i].path = strdup(example(names[i]));
        uv_thread_create(&labours[i].thread, on_thread, &labours[i]);
    }
    for (size_t i = 0; i < COUNT(names); i++) {
        uv_thread_join(&labours[i].thread);
        assert_false(labours[i].differs);
        assert_true(labours[i].first.len > 0);
        free((char *)labours[i].path);
    }
    assert_int_equal(labours[0].first.len, labours[4].first.len);
    for (size_t i = 0; i < COUNT(names); i++)
        buffer_finish(&labours[i].first);
}

#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void);
#endif

static size_t memory_in_use(void)
{
#ifdef __SANITIZE_ADDRESS__
    return __sanitizer_get_current_allocated_bytes();
#else
    struct mallinfo2 heap = mallinfo2();

    return heap.uordblks + heap.hblkhd;
#endif
}

/* Where the memory is not counted, as under other tools, nothing grows. */
static void memory_comes_back_when_a_picture_is_closed(void **state)
{
    static const char *const names[] = {"quarters.heic", "quarters-grid.heic",
                                        "quarters.png", "quarters-alpha.webp",
                                        "quarters.avif"};
    size_t before = 0;

    (void)state;
    for (int round = 0; round < 60; round++) {
        struct buffer jpeg = {0};

        for (size_t i = 0; i < COUNT(names); i++) {
            struct picture *picture = open_file(example(names[i]), 0);

            if (picture)
                assert_int_equal(picture_jpeg(picture, NULL, 40, 80, &jpeg), 0);
            picture_close(picture);
        }
        assert_null(open_file(photo("broken-truncated.jpg"), 0));
        buffer_finish(&jpeg);
        if (round == 20)
            before = memory_in_use();
    }
    assert_in_range(memory_in_use(), 0, before + ((size_t)64 << 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(photos_of_every_kind_look_as_opencv_sees_them),
        cmocka_unit_test(webp_and_heic_are_decoded),
        cmocka_unit_test(every_kind_of_png_becomes_eight_bits_without_alpha),
        cmocka_unit_test(all_eight_orientations_are_turned_upright),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(what_is_damaged_or_no_picture_is_refused),
        cmocka_unit_test(more_pixels_than_wanted_are_never_decoded),
        cmocka_unit_test(threads_work_on_pictures_at_the_same_time),
        cmocka_unit_test(memory_comes_back_when_a_picture_is_closed),
    };
    int failed;

    picture_library_init();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    picture_library_finish();
    return failed;
}
