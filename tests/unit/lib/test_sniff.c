#include "unit.h"

#include "basics.h"
#include "buffer.h"
#include "errors.h"
#include "sniff.h"

static int sniff_file(const char *path, struct picture_facts *facts)
{
    size_t len;
    char *bytes = unit_read_file(path, &len);
    int error = sniff(bytes, len, facts);

    free(bytes);
    return error;
}

static const char *photo(const char *name)
{
    return unit_shared("FACEWIRE_PHOTOS", "photos", name);
}

static const char *example(const char *name)
{
    static char path[100];

    snprintf(path, sizeof path, "tests/unit/data/%s", name);
    return unit_source(path);
}

static void the_facts_of_photos_are_read(void **state)
{
    static const struct {
        const char *name;
        enum picture_type type;
        uint32_t width, height;
        int orientation;
    } photos[] = {
        {"biden-1.jpg", PICTURE_JPEG, 970, 2204, 1},
        {"biden-1-16bit.png", PICTURE_PNG, 300, 682, 1},
        {"biden-2-cmyk.jpg", PICTURE_JPEG, 700, 700, 1},
        {"biden-2-gray.jpg", PICTURE_JPEG, 600, 600, 1},
        {"broken-truncated.jpg", PICTURE_JPEG, 910, 1137, 1},
        {"f1-dad-1.jpg", PICTURE_JPEG, 203, 241, 1},
        {"f1-dad-1-exif3.jpg", PICTURE_JPEG, 203, 241, 3},
        {"f1-dad-1-exif5.jpg", PICTURE_JPEG, 241, 203, 5},
        {"f1-dad-1-exif6.jpg", PICTURE_JPEG, 241, 203, 6},
        {"f1-dad-1-exif8.jpg", PICTURE_JPEG, 241, 203, 8},
        {"f1-group-12mp.jpg", PICTURE_JPEG, 4400, 2937, 1},
        {"noface-coffee.png", PICTURE_PNG, 600, 400, 1},
        {"obama-1-progressive.jpg", PICTURE_JPEG, 910, 1137, 1},
        {"obama-2-rgba.png", PICTURE_PNG, 626, 1200, 1},
        {"obama-3.jpg", PICTURE_JPEG, 1434, 2333, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(photos); i++) {
        struct picture_facts facts;

        assert_int_equal(sniff_file(photo(photos[i].name), &facts), 0);
        assert_int_equal(facts.type, photos[i].type);
        assert_int_equal(facts.width, photos[i].width);
        assert_int_equal(facts.height, photos[i].height);
        assert_int_equal(facts.orientation, photos[i].orientation);
    }
}

static void webp_and_heic_are_read_in_all_their_forms(void **state)
{
    static const struct {
        const char *name;
        enum picture_type type;
        uint32_t width, height;
        int orientation;
    } examples[] = {
        {"quarters.heic", PICTURE_HEIC, 96, 64, 1},
        {"quarters-turned.heic", PICTURE_HEIC, 96, 64, 8},
        {"quarters-grid.heic", PICTURE_HEIC, 95, 63, 1},
        {"quarters-lossy.webp", PICTURE_WEBP, 96, 64, 1},
        {"quarters-lossless.webp", PICTURE_WEBP, 96, 64, 1},
        {"quarters-alpha.webp", PICTURE_WEBP, 96, 64, 1},
    };
    struct picture_facts facts;

    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        assert_int_equal(sniff_file(example(examples[i].name), &facts), 0);
        assert_int_equal(facts.type, examples[i].type);
        assert_int_equal(facts.width, examples[i].width);
        assert_int_equal(facts.height, examples[i].height);
        assert_int_equal(facts.orientation, examples[i].orientation);
    }
    assert_int_equal(sniff_file(example("quarters.avif"), &facts),
                     E_UNSUPPORTED);
}

static void other_files_are_not_supported(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } files[] = {
        {"", 0},
        {"\xff\xd8", 2},
        {"GIF89a\x01\0\x01\0\0\0\0", 13},
        {"\x89PNG\n\x1a\n\0", 8},
        {"RIFF\x04\0\0\0WAVEfmt ", 16},
        {"\0\0\0\0\0\0\0\0WEBPVP8 ", 16},
        {"<svg xmlns='http://www.w3.org/2000/svg'/>", 41},
        {"\0\0\0\x14"
         "ftypisom\0\0\0\0mp42",
         20},
    };
    struct picture_facts facts;

    (void)state;
    assert_int_equal(sniff(NULL, 0, &facts), E_UNSUPPORTED);
    for (size_t i = 0; i < COUNT(files); i++)
        assert_int_equal(sniff(files[i].bytes, files[i].len, &facts),
                         E_UNSUPPORTED);
}

static void pngs_must_begin_with_their_header(void **state)
{
#define SIGNATURE "\x89PNG\r\n\x1a\n"
    static const char good[] = SIGNATURE "\0\0\0\x0dIHDR"
                                         "\0\0\0\x05\x7f\xff\xff\xff";
    static const char zero[] = SIGNATURE "\0\0\0\x0dIHDR\0\0\0\0\0\0\0\x05";
    static const char huge[] = SIGNATURE "\0\0\0\x0dIHDR"
                                         "\x80\0\0\0\0\0\0\x05";
    static const char other[] = SIGNATURE "\0\0\0\x0d"
                                          "CgBI"
                                          "\0\0\0\x05\0\0\0\x05";
    static const char other_len[] = SIGNATURE "\0\0\0\x0cIHDR"
                                              "\0\0\0\x05\0\0\0\x05";
    struct picture_facts facts;

    (void)state;
    assert_int_equal(sniff(good, 24, &facts), 0);
    assert_int_equal(facts.width, 5);
    assert_int_equal(facts.height, INT32_MAX);
    assert_int_equal(sniff(zero, 24, &facts), E_INVALID);
    assert_int_equal(sniff(huge, 24, &facts), E_INVALID);
    assert_int_equal(sniff(other, 24, &facts), E_INVALID);
    assert_int_equal(sniff(other_len, 24, &facts), E_INVALID);
    for (size_t len = 8; len < 24; len++)
        assert_int_equal(sniff(good, len, &facts), E_INVALID);
}

static void damaged_webps_are_invalid(void **state)
{
#define RIFF "RIFF\x40\0\0\0WEBP"
    static const char *const chunks[] = {
        "VP8 \x0a\0\0\0\x01\0\0\x9d\x01\x2a\x10\0\x10\0", /* no key frame */
        "VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2b\x10\0\x10\0",   /* no start code */
        "VP8 \x09\0\0\0\0\0\0\x9d\x01\x2a\x10\0\x10\0",   /* too short */
        "VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\0\0\x10\0",     /* no width */
        "VP8L\x05\0\0\0\x2e\0\0\0\0\0\0\0\0\0",           /* no signature */
        "VP8L\x04\0\0\0\x2f\0\0\0\0\0\0\0\0\0",           /* too short */
        "VP8X\x09\0\0\0\0\0\0\0\0\0\0\0\0\0",             /* too short */
        "VP9 \x0a\0\0\0\0\0\0\0\0\0\0\0\0\0",
    };
    struct picture_facts facts;

    (void)state;
    for (size_t i = 0; i < COUNT(chunks); i++) {
        char file[30] = RIFF;

        memcpy(file + 12, chunks[i], 18);
        assert_int_equal(sniff(file, sizeof file, &facts), E_INVALID);
    }
}

static void webps_are_as_large_as_their_bits_say(void **state)
{
    static const char lossy[] = RIFF "VP8 \x0a\0\0\0\x10\0\0\x9d\x01\x2a"
                                     "\xff\xff\x01\x40";
    static const char lossless[] = RIFF "VP8L\x05\0\0\0\x2f\xff\x7f\0\x10";
    static const char canvas[] = RIFF "VP8X\x0a\0\0\0\0\0\0\0"
                                      "\xff\xff\xff\0\0\0";
    struct picture_facts facts;

    (void)state;
    assert_int_equal(sniff(lossy, sizeof lossy - 1, &facts), 0);
    assert_int_equal(facts.width, 0x3fff);
    assert_int_equal(facts.height, 1);
    assert_int_equal(sniff(lossless, sizeof lossless - 1, &facts), 0);
    assert_int_equal(facts.width, 0x4000);
    assert_int_equal(facts.height, 2);
    assert_int_equal(sniff(canvas, sizeof canvas - 1, &facts), 0);
    assert_int_equal(facts.width, 0x1000000);
    assert_int_equal(facts.height, 1);
}

static void the_exif_of_a_webp_counts_where_it_can_be_seen(void **state)
{
    static const char file[] = RIFF "VP8X\x0a\0\0\0\x08\0\0\0"
                                    "\x01\0\0\x01\0\0"
                                    "VP8L\x05\0\0\0\x2f\0\0\0\0\0"
                                    "EXIF\x1a\0\0\0MM\0*\0\0\0\x08\0\x01"
                                    "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
                                    "\0\0\0\0";
    struct picture_facts facts;

    (void)state;
    for (size_t len = 30; len < sizeof file; len++) {
        assert_int_equal(sniff(file, len, &facts), 0);
        assert_int_equal(facts.width, 2);
        assert_int_equal(facts.orientation, len >= 72 ? 6 : 1);
    }
}

/* Looks at the bytes from a place at whose end the memory ends. */
static int sniff_at_edge(const char *bytes, size_t len,
                         struct picture_facts *facts)
{
    char *copy = malloc(len ? len : 1);
    int error;

    memcpy(copy, bytes, len);
    error = sniff(copy, len, facts);
    free(copy);
    return error;
}

static void a_file_cut_anywhere_is_never_read_past_its_end(void **state)
{
    enum { MOST = 24 * 1024 };
    struct picture_facts whole, facts;
    const char *paths[] = {
        "f1-dad-1-exif6.jpg",   "noface-dog.jpg",     "obama-2-rgba.png",
        "quarters-turned.heic", "quarters-grid.heic", "quarters-alpha.webp",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        size_t len;
        char *bytes =
            unit_read_file(i < 3 ? photo(paths[i]) : example(paths[i]), &len);
        bool complete = false;

        assert_int_equal(sniff(bytes, len, &whole), 0);
        for (size_t cut = 0; cut < len && cut < MOST; cut++) {
            int error = sniff_at_edge(bytes, cut, &facts);

            /* Once the size is known, more bytes do not take it back. */
            assert_true(error == 0 || !complete);
            complete = error == 0;
            if (complete) {
                assert_int_equal(facts.width, whole.width);
                assert_int_equal(facts.height, whole.height);
            }
        }
        assert_true(complete);
        free(bytes);
    }
}

/* A generator of our own, so that every run is the same everywhere. */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

static void damaged_files_get_an_answer(void **state)
{
    enum { ROUNDS = 4000, MOST = 3000 };
    const char *paths[] = {
        "f1-dad-1-exif6.jpg", "obama-2-rgba.png",    "quarters-turned.heic",
        "quarters-grid.heic", "quarters-lossy.webp", "quarters-alpha.webp",
    };
    uint32_t seed = 20261121;

    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        size_t len;
        char *bytes =
            unit_read_file(i < 2 ? photo(paths[i]) : example(paths[i]), &len);
        char *copy = malloc(MOST);

        len = len < MOST ? len : MOST;
        for (int round = 0; round < ROUNDS; round++) {
            static const unsigned char edges[] = {0, 1, 0x7f, 0x80, 0xff};
            uint32_t changes = 1 + draw(&seed, 4);
            struct picture_facts facts;
            int error;

            memcpy(copy, bytes, len);
            while (changes-- > 0)
                copy[draw(&seed, (uint32_t)(draw(&seed, 2) ? len : 400) %
                                         (uint32_t)len +
                                     1) %
                     len] =
                    (char)(draw(&seed, 2) ? edges[draw(&seed, COUNT(edges))]
                                          : draw(&seed, 256));
            error = sniff_at_edge(
                copy, draw(&seed, 4) ? len : draw(&seed, (uint32_t)len),
                &facts);
            assert_true(error == 0 || error == E_INVALID ||
                        error == E_UNSUPPORTED);
            if (error == 0)
                assert_true(facts.width > 0 && facts.height > 0 &&
                            facts.orientation >= 1 && facts.orientation <= 8);
        }
        free(copy);
        free(bytes);
    }
}

static void types_have_names(void **state)
{
    (void)state;
    assert_string_equal(picture_media_type(PICTURE_JPEG), "image/jpeg");
    assert_string_equal(picture_media_type(PICTURE_HEIC), "image/heic");
    assert_string_equal(picture_suffix(PICTURE_JPEG), "jpg");
    assert_string_equal(picture_suffix(PICTURE_WEBP), "webp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_facts_of_photos_are_read),
        cmocka_unit_test(webp_and_heic_are_read_in_all_their_forms),
        cmocka_unit_test(other_files_are_not_supported),
        cmocka_unit_test(pngs_must_begin_with_their_header),
        cmocka_unit_test(damaged_webps_are_invalid),
        cmocka_unit_test(webps_are_as_large_as_their_bits_say),
        cmocka_unit_test(the_exif_of_a_webp_counts_where_it_can_be_seen),
        cmocka_unit_test(a_file_cut_anywhere_is_never_read_past_its_end),
        cmocka_unit_test(damaged_files_get_an_answer),
        cmocka_unit_test(types_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
