#pragma once

/*
 * What the tests of pictures share: ways to open them, and to look at pixels.
 */
#include "unit.h"

#include "basics.h"
#include "buffer.h"
#include "picture.h"

enum { PIXELS_MAX = 20 * 1000 * 1000 };

static inline const char *photo(const char *name)
{
    return unit_shared("FACEWIRE_PHOTOS", "photos", name);
}

static inline const char *example(const char *name)
{
    static char path[100];

    snprintf(path, sizeof path, "tests/unit/data/%s", name);
    return unit_source(path);
}

static inline struct picture *open_file(const char *path, uint32_t longest)
{
    size_t len;
    char *bytes = unit_read_file(path, &len);
    struct picture *picture = picture_open(bytes, len, PIXELS_MAX, longest);

    free(bytes); /* a picture does not need it any longer */
    return picture;
}

static inline struct picture *open_buffer(const struct buffer *file)
{
    struct picture *picture =
        picture_open(file->bytes, file->len, PIXELS_MAX, 0);

    assert_non_null(picture);
    return picture;
}

static inline void assert_near(const unsigned char *one,
                               const unsigned char *other, int most)
{
    for (size_t i = 0; i < 3; i++)
        if (abs(one[i] - other[i]) > most)
            fail_msg("%d %d %d is not %d %d %d", one[0], one[1], one[2],
                     other[0], other[1], other[2]);
}

/* A pixel, as blue, green, red. */
struct sample {
    uint32_t x, y;
    unsigned char bgr[3];
};

static inline void assert_samples(const struct picture *picture, size_t count,
                                  const struct sample *samples, int most)
{
    uint32_t width, height;
    unsigned char *bgr = picture_bgr(picture, &width, &height);

    assert_non_null(bgr);
    for (size_t i = 0; i < count; i++) {
        assert_true(samples[i].x < width && samples[i].y < height);
        assert_near(bgr + ((size_t)samples[i].y * width + samples[i].x) * 3,
                    samples[i].bgr, most);
    }
    free(bgr);
}
