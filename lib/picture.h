#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "buffer.h"
#include "sniff.h"

/*
 * Work on pictures: decode, turn upright by EXIF, crop, shrink, encode. libvips
 * and libjpeg are behind it.  Slow: call it on a thread of a crew.  Everything
 * is bounded by the dimensions that were sniffed before.
 *
 * JPEG, PNG, WebP and HEIC come in; colours become 8-bit sRGB without alpha
 * (transparent parts white), whatever they were; metadata is dropped.
 */
struct picture;

/* Once per program, before the first thread; the second stops libvips. */
void picture_library_init(void);
void picture_library_finish(void);

/*
 * Decodes a file, upright; the bytes are not needed any longer then.  NULL if
 * it is damaged anywhere (a truncated file is damaged), of another type, or has
 * more than `pixels_max` pixels.  If
 * `longest` is not 0 and the picture is at least twice as long, it may be
 * decoded at a half, a quarter or an eighth of its size, never below `longest`:
 * much faster for large JPEGs.
 */
struct picture *picture_open(const void *bytes, size_t len, uint64_t pixels_max,
                             uint32_t longest) MUST_CHECK;
void picture_close(struct picture *picture);

/* The upright picture's size as stored (before any decoding at a fraction). */
uint32_t picture_width(const struct picture *picture);
uint32_t picture_height(const struct picture *picture);

/* Ratios of the upright picture; what lies outside is cut off. */
struct picture_area {
    double left, top, width, height;
};

/* The area grown by `margin` of its size on every side, at least `least` pixels
 * both ways where the picture has them, and cut to the picture. */
struct picture_area picture_grow(const struct picture *picture,
                                 struct picture_area area, double margin,
                                 uint32_t least);

/*
 * Writes the area (NULL: all of it) as a JPEG, shrunk so that its longest side
 * is at most `longest` (0: as it is; never enlarged).  `quality` is 1 to 100.
 * The same input gives the same bytes.  `out` is filled anew.  E_INVALID if
 * nothing of the area lies in the picture.
 */
int picture_jpeg(const struct picture *picture, const struct picture_area *area,
                 uint32_t longest, int quality, struct buffer *out) MUST_CHECK;

/*
 * The whole picture as rows of 3 bytes a pixel, blue, green, red, as the
 * networks want it; at the size at which it was decoded, which width and height
 * tell.  To be freed; NULL if there is no memory for it.
 */
unsigned char *picture_bgr(const struct picture *picture, uint32_t *width,
                           uint32_t *height) MUST_CHECK;

/*
 * Whether a file keeps within a recognition service's limits as it is: a JPEG
 * or PNG of at most `bytes_max` bytes and `longest` pixels.  Such a service
 * turns a JPEG by its EXIF itself.
 */
bool picture_fits(const struct picture_facts *facts, size_t file_bytes,
                  size_t bytes_max, uint32_t longest);

/*
 * A JPEG of the whole picture that keeps within those limits; shrunk and
 * encoded ever more coarsely until it fits.  `longest` 0 is no limit;
 * E_TOO_LARGE if nothing is small enough.
 */
int picture_fit(const struct picture *picture, size_t bytes_max,
                uint32_t longest, struct buffer *out) MUST_CHECK;
