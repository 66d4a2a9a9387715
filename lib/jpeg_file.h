#pragma once

#include "pixels.h"

/*
 * JPEG files, by libjpeg itself.  Nearly all photos are such, and libvips takes
 * as long to set itself up for a small one as to decode it.
 *
 * Both block, and may be called on several threads at once.
 */

/* Decodes a file as pixels_decode does, but for two kinds, which are
 * E_UNSUPPORTED: pictures of inks, and those with a profile that matters. */
int jpeg_file_decode(struct pixels *pixels, const void *bytes, size_t len,
                     const struct pixels_wish *wish) MUST_CHECK;

/* Fills `out` with the part as a JPEG, neither side of which may be longer than
 * JPEG_FILE_LONGEST.  `quality` is 1 to 100; below 90 colours have half the
 * size. */
enum { JPEG_FILE_LONGEST = 65500 };
int jpeg_file_encode(const struct pixels *pixels, const struct pixels_cut *cut,
                     int quality, struct buffer *out) MUST_CHECK;
