#pragma once

#include "buffer.h"

/* Writes a PNG of coloured noise, the same each time: a picture without a face
 * that has to be decoded and looked through like a photo. */
void noise_png(struct buffer *file);
