/*
 * picture.c - work on one picture
 *
 * A picture is decoded when it is opened, and all that is asked of it starts
 * from its pixels, so that a photo with ten faces is decoded once.  What a
 * ratio means in pixels, how small a JPEG must become to fit: that is decided
 * here; pixels.c does the work.
 */
#include <math.h>
#include <stdlib.h>

#include "errors.h"
#include "heic.h"
#include "picture.h"
#include "pixels.h"
#include "sniff.h"
#include "turn.h"
#include "xalloc.h"

struct picture {
    struct pixels pixels; /* upright; perhaps at a fraction of the size */
    uint32_t width;       /* of the whole picture, upright */
    uint32_t height;
};

void picture_library_init(void)
{
    pixels_library_init();
}

void picture_library_finish(void)
{
    pixels_library_finish();
}

static uint32_t longer(uint32_t one, uint32_t other)
{
    return one > other ? one : other;
}

static uint32_t shorter(uint32_t one, uint32_t other)
{
    return one < other ? one : other;
}

/* How many times smaller it may be decoded.  libvips ends the program where no
 * pixel of the shorter side would be left. */
static uint32_t choose_fraction(const struct picture_facts *facts,
                                uint32_t longest)
{
    uint32_t size = longer(facts->width, facts->height);
    uint32_t least = shorter(facts->width, facts->height);

    if (longest == 0 ||
        (facts->type != PICTURE_JPEG && facts->type != PICTURE_WEBP))
        return 1;
    for (uint32_t fraction = 8; fraction > 1; fraction /= 2)
        if (size / fraction >= longest && fraction <= least)
            return fraction;
    return 1;
}

/* A decoder of HEIC may make far more pixels than the picture has.  Thumbnails,
 * depths and the edges of tiles make four times as many at most. */
static bool is_affordable(const struct picture_facts *facts, const void *bytes,
                          size_t len, uint64_t pixels_max)
{
    const uint64_t tiles = 4 << 20; /* in small pictures these count most */
    uint64_t pixels = (uint64_t)facts->width * facts->height;
    uint64_t cost;

    if (pixels > pixels_max)
        return false;
    return facts->type != PICTURE_HEIC ||
           (heic_cost(bytes, len, &cost) == 0 &&
            (cost < tiles || (cost - tiles) / 4 <= pixels));
}

struct picture *picture_open(const void *bytes, size_t len, uint64_t pixels_max,
                             uint32_t longest)
{
    struct picture_facts facts;
    struct pixels_wish wish;
    struct picture *picture;

    if (sniff(bytes, len, &facts) < 0 ||
        !is_affordable(&facts, bytes, len, pixels_max))
        return NULL;
    wish = (struct pixels_wish){
        .type = facts.type,
        /* The decoder of HEIC turns by itself. */
        .orientation = facts.type == PICTURE_HEIC ? 1 : facts.orientation,
        .fraction = choose_fraction(&facts, longest),
        .pixels_max = pixels_max,
    };
    picture = xcalloc(1, sizeof *picture);
    if (pixels_decode(&picture->pixels, bytes, len, &wish) < 0) {
        free(picture);
        return NULL;
    }
    picture->width = picture->pixels.width;
    picture->height = picture->pixels.height;
    if (wish.fraction > 1) {
        bool swaps = turn_swaps(facts.orientation);

        picture->width = swaps ? facts.height : facts.width;
        picture->height = swaps ? facts.width : facts.height;
    }
    return picture;
}

void picture_close(struct picture *picture)
{
    if (!picture)
        return;
    pixels_finish(&picture->pixels);
    free(picture);
}

uint32_t picture_width(const struct picture *picture)
{
    return picture->width;
}

uint32_t picture_height(const struct picture *picture)
{
    return picture->height;
}

static double within(double number, double least, double most)
{
    return fmin(fmax(number, least), most);
}

/* Grows one side of an area.  Where the picture's edge keeps it from its least
 * size, it grows away from the edge. */
static void grow_side(double *start, double *size, double margin, double least)
{
    double from = *start - *size * margin;
    double to = *start + *size * (1 + margin);
    double missing;

    least = fmin(least, 1);
    missing = fmax(least - (to - from), 0);
    from = within(from - missing / 2, 0, 1);
    to = within(to + missing / 2, 0, 1);
    from = fmin(from, fmax(to - least, 0));
    to = fmax(to, from + least);
    *start = from;
    *size = to - from;
}

struct picture_area picture_grow(const struct picture *picture,
                                 struct picture_area area, double margin,
                                 uint32_t least)
{
    grow_side(&area.left, &area.width, margin, (double)least / picture->width);
    grow_side(&area.top, &area.height, margin, (double)least / picture->height);
    return area;
}

/* One side of an area in pixels: all that it touches, but for what is only an
 * error of rounding. */
static int cut_side(double start, double size, uint32_t pixels, uint32_t *from,
                    uint32_t *count)
{
    const double error = 1e-6;
    double first = within(start, 0, 1) * pixels;
    double last = within(start + size, 0, 1) * pixels;
    uint32_t to;

    if (!(first < last))
        return E_INVALID; /* it lies outside, or is nothing */
    *from = (uint32_t)fmin(floor(first + error), pixels - 1);
    to = (uint32_t)fmax(ceil(last - error), *from + 1);
    *count = to - *from;
    return 0;
}

int picture_jpeg(const struct picture *picture, const struct picture_area *area,
                 uint32_t longest, int quality, struct buffer *out)
{
    static const struct picture_area all = {0, 0, 1, 1};
    const struct pixels *pixels = &picture->pixels;
    struct pixels_cut cut;

    if (!area)
        area = &all;
    if (cut_side(area->left, area->width, pixels->width, &cut.left,
                 &cut.width) < 0 ||
        cut_side(area->top, area->height, pixels->height, &cut.top,
                 &cut.height) < 0)
        return E_INVALID;
    return pixels_jpeg(pixels, &cut, longest ? longest : UINT32_MAX, quality,
                       out);
}

unsigned char *picture_bgr(const struct picture *picture, uint32_t *width,
                           uint32_t *height)
{
    const struct pixels *pixels = &picture->pixels;
    size_t len = (size_t)pixels->width * pixels->height * 3;
    unsigned char *bgr = malloc(len);

    *width = pixels->width;
    *height = pixels->height;
    for (size_t i = 0; bgr && i < len; i += 3) {
        bgr[i] = pixels->bytes[i + 2];
        bgr[i + 1] = pixels->bytes[i + 1];
        bgr[i + 2] = pixels->bytes[i];
    }
    return bgr;
}

/* Encodes ever more coarsely, and says whether it fits.  Where the best is far
 * too large, the others need not be tried. */
static int encode_to_fit(const struct pixels *pixels, size_t bytes_max,
                         struct buffer *out, bool *fits)
{
    static const int qualities[] = {90, 80, 70, 60};
    const struct pixels_cut all = {0, 0, pixels->width, pixels->height};
    int error = 0;

    *fits = false;
    for (size_t i = 0; error == 0 && !*fits && i < COUNT(qualities); i++) {
        error = pixels_jpeg(pixels, &all, UINT32_MAX, qualities[i], out);
        *fits = error == 0 && out->len <= bytes_max;
        if (out->len / 4 > bytes_max)
            break;
    }
    return error;
}

bool picture_fits(const struct picture_facts *facts, size_t file_bytes,
                  size_t bytes_max, uint32_t longest)
{
    return (facts->type == PICTURE_JPEG || facts->type == PICTURE_PNG) &&
           file_bytes <= bytes_max &&
           longer(facts->width, facts->height) <= longest;
}

int picture_fit(const struct picture *picture, size_t bytes_max,
                uint32_t longest, struct buffer *out)
{
    const struct pixels *pixels = &picture->pixels;
    uint32_t size = longer(pixels->width, pixels->height);
    bool fits = false;
    int error = 0;

    buffer_clear(out);
    if (longest == 0)
        longest = UINT32_MAX;
    if (size <= longest) {
        error = encode_to_fit(pixels, bytes_max, out, &fits);
        longest = size / 4 * 3;
    }
    for (; error == 0 && !fits && longest > 0; longest = longest / 4 * 3) {
        struct pixels smaller;

        error = pixels_shrink(pixels, longest, &smaller);
        if (error)
            break;
        error = encode_to_fit(&smaller, bytes_max, out, &fits);
        pixels_finish(&smaller);
    }
    if (error == 0 && !fits)
        error = E_TOO_LARGE;
    if (error)
        buffer_clear(out);
    return error;
}
