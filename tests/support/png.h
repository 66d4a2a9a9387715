#pragma once

/*
 * Writes PNG files for tests, without compression: pictures whose every pixel
 * a test knows.
 */
#include "buffer.h"

/* The checksum of a chunk. */
static inline uint32_t png_checksum(const char *bytes, size_t len)
{
    uint32_t sum = 0xffffffff;

    for (size_t i = 0; i < len; i++) {
        sum ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
}

static inline void png_add_number(struct buffer *file, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buffer_add_byte(file, (char)(number >> shift));
}

static inline void png_add_chunk(struct buffer *file, const char *type,
                                 const char *body, size_t len)
{
    size_t start;

    png_add_number(file, (uint32_t)len);
    start = file->len;
    buffer_add(file, type, 4);
    buffer_add(file, body, len);
    png_add_number(file, png_checksum(file->bytes + start, 4 + len));
}

/* The rows as a stream that zlib reads: stored blocks, one a row. */
static inline void png_add_rows(struct buffer *file, uint32_t rows,
                                const unsigned char *pixels, size_t row_bytes)
{
    struct buffer stream = {0};
    uint32_t low = 1, high = 0;

    buffer_add(&stream, "\x78\x01", 2);
    for (uint32_t y = 0; y < rows; y++) {
        const unsigned char *row = pixels + y * row_bytes;
        size_t len = row_bytes + 1; /* with the filter's byte, which is 0 */

        buffer_add_byte(&stream, y == rows - 1);
        buffer_add_byte(&stream, (char)len);
        buffer_add_byte(&stream, (char)(len >> 8));
        buffer_add_byte(&stream, (char)~len);
        buffer_add_byte(&stream, (char)(~len >> 8));
        buffer_add_byte(&stream, 0);
        buffer_add(&stream, row, row_bytes);
        high = (high + low) % 65521;
        for (size_t i = 0; i < row_bytes; i++) {
            low = (low + row[i]) % 65521;
            high = (high + low) % 65521;
        }
    }
    png_add_number(&stream, high << 16 | low);
    png_add_chunk(file, "IDAT", stream.bytes, stream.len);
    buffer_finish(&stream);
}

/* What a pixel is made of. */
enum png_kind {
    PNG_GREY = 0,
    PNG_RGB = 2,
    PNG_GREY_ALPHA = 4,
    PNG_RGBA = 6,
};

/* Rows have at most 65534 bytes. */
static inline void png_write(struct buffer *file, uint32_t width,
                             uint32_t height, int bits, enum png_kind kind,
                             const unsigned char *pixels)
{
    static const size_t channels[] = {1, 0, 3, 0, 2, 0, 4};
    struct buffer head = {0};

    png_add_number(&head, width);
    png_add_number(&head, height);
    buffer_add_byte(&head, (char)bits);
    buffer_add_byte(&head, (char)kind);
    buffer_add(&head, "\0\0\0", 3);
    buffer_add(file, "\x89PNG\r\n\x1a\n", 8);
    png_add_chunk(file, "IHDR", head.bytes, head.len);
    png_add_rows(file, height, pixels,
                 width * channels[kind] * (size_t)bits / 8);
    png_add_chunk(file, "IEND", "", 0);
    buffer_finish(&head);
}
