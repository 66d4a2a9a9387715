#pragma once

/* A decoded picture, borrowed: rows of 3 bytes a pixel (blue, green, red) with
 * nothing between them, the top row first. */
struct bitmap {
    const unsigned char *bytes;
    int width;
    int height;
};
