#pragma once

#include <string.h>

#include "png.h"

/* A picture that is taken in everywhere, though nobody is to be seen in it.
 * Pictures of two shades differ. */
static inline void plain_photo_write(struct buffer *file, unsigned char shade)
{
    enum { SIDE = 96 };
    unsigned char pixels[SIDE * SIDE * 3];

    memset(pixels, shade, sizeof pixels);
    png_write(file, SIDE, SIDE, 8, PNG_RGB, pixels);
}
