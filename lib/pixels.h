#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "buffer.h"
#include "sniff.h"

/*
 * A picture as rows of 3 bytes a pixel, red, green, blue, in memory.  It is
 * what stands between picture.c and libvips, whose one door is pixels.c.  Most
 * JPEGs do without libvips: see jpeg_file.h.
 *
 * Everything blocks, and may be called on several threads at once; each call
 * does its work on the thread that makes it.
 */
struct pixels {
    unsigned char *bytes; /* NULL: none */
    uint32_t width, height;
};

/* Once per program, before the first thread; the second stops libvips. */
void pixels_library_init(void);
void pixels_library_finish(void);

/* How a file is to be decoded. */
struct pixels_wish {
    enum picture_type type;
    int orientation;     /* of EXIF; turned upright from it */
    uint32_t fraction;   /* JPEG, WebP: 1, 2, 4 or 8 times smaller */
    uint64_t pixels_max; /* in memory */
};

/* Decodes a file.  E_INVALID if it is damaged, E_TOO_LARGE, E_SYSTEM if there
 * is no memory. */
int pixels_decode(struct pixels *pixels, const void *bytes, size_t len,
                  const struct pixels_wish *wish) MUST_CHECK;
void pixels_finish(struct pixels *pixels);

/* A part of the picture, in pixels; must lie in it and not be empty. */
struct pixels_cut {
    uint32_t left, top, width, height;
};

/* Fills `smaller` with the picture, its longest side `longest` pixels, which
 * is less than it has. */
int pixels_shrink(const struct pixels *pixels, uint32_t longest,
                  struct pixels *smaller) MUST_CHECK;

/* Fills `out` with the part as a JPEG, its longest side at most `longest`
 * pixels, and what JPEG can hold. */
int pixels_jpeg(const struct pixels *pixels, const struct pixels_cut *cut,
                uint32_t longest, int quality, struct buffer *out) MUST_CHECK;
