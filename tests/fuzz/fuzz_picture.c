/*
 * fuzz_picture.c - pictures through libvips
 *
 * What decodes has the size that it says, and can be written anew.
 */
#include "fuzz.h"
#include "picture.h"
#include "sniff.h"

enum {
    PIXELS_MAX = 512 * 512,
    LONGEST = 64,
    QUALITY = 80,
    BYTES_MAX = 64 * 1024
};

/* libFuzzer says what it looks like. */
/* NOLINTNEXTLINE(readability-non-const-parameter) */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    picture_library_init();
    return 0;
}

static void check_picture(const struct picture *picture)
{
    static const struct picture_area area = {0.25, 0.25, 0.5, 0.5};
    struct picture_area grown = picture_grow(picture, area, 0.5, 40);
    struct buffer out = {0};
    uint32_t width = 0, height = 0;
    unsigned char *pixels = picture_bgr(picture, &width, &height);

    MUST(picture_width(picture) > 0 && picture_height(picture) > 0);
    if (pixels)
        MUST(width > 0 && height > 0 && (uint64_t)width * height <= PIXELS_MAX);
    free(pixels);
    if (picture_jpeg(picture, &grown, LONGEST, QUALITY, &out) == 0) {
        struct picture_facts facts;

        MUST(sniff(out.bytes, out.len, &facts) == 0);
        MUST(facts.type == PICTURE_JPEG);
        MUST(facts.width <= LONGEST && facts.height <= LONGEST);
    }
    if (picture_fit(picture, BYTES_MAX, LONGEST, &out) == 0)
        MUST(out.len <= BYTES_MAX);
    buffer_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const uint32_t longest[] = {0, LONGEST};

    for (size_t i = 0; i < COUNT(longest); i++) {
        struct picture *picture =
            picture_open(bytes, len, PIXELS_MAX, longest[i]);

        if (picture)
            check_picture(picture);
        picture_close(picture);
    }
    return 0;
}
