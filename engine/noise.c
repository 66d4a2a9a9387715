/*
 * noise.c - a picture of noise, made by arithmetic
 *
 * A PNG's rows are a stream that zlib reads; of stored blocks, since noise does
 * not get smaller by packing.
 */
#include "noise.h"

enum {
    SIDE = 128, /* pixels; large enough to be searched for faces */
    ROW_BYTES = 1 + SIDE * 3, /* with the filter's byte */
    ADLER = 65521,
};

/* The checksum of a chunk: CRC-32. */
static uint32_t checksum(const char *bytes, size_t len)
{
    uint32_t sum = UINT32_MAX;

    for (size_t i = 0; i < len; i++) {
        sum ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
}

static void add_number(struct buffer *file, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buffer_add_byte(file, (char)(number >> shift));
}

static void add_chunk(struct buffer *file, const char *type,
                      const struct buffer *body)
{
    size_t start;

    add_number(file, (uint32_t)body->len);
    start = file->len;
    buffer_add(file, type, 4);
    buffer_add(file, buffer_text(body), body->len);
    add_number(file, checksum(file->bytes + start, file->len - start));
}

/* Marsaglia's xorshift. */
static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Of a stored block; behind it stands its complement. */
static void add_length(struct buffer *stream, uint16_t length)
{
    buffer_add_byte(stream, (char)length);
    buffer_add_byte(stream, (char)(length >> 8));
}

static void add_rows(struct buffer *stream)
{
    uint32_t state = 1, low = 1, high = 0;

    buffer_add(stream, "\x78\x01", 2);
    for (int y = 0; y < SIDE; y++) {
        buffer_add_byte(stream, y == SIDE - 1 ? 1 : 0); /* the last? */
        add_length(stream, ROW_BYTES);
        add_length(stream, (uint16_t)~ROW_BYTES);
        for (int x = 0; x < ROW_BYTES; x++) {
            unsigned char byte = x ? (unsigned char)(next(&state) >> 24) : 0;

            buffer_add_byte(stream, (char)byte);
            low = (low + byte) % ADLER;
            high = (high + low) % ADLER;
        }
    }
    add_number(stream, high << 16 | low);
}

void noise_png(struct buffer *file)
{
    struct buffer head = {0}, rows = {0}, nothing = {0};

    add_number(&head, SIDE);
    add_number(&head, SIDE);
    buffer_add(&head, "\x08\x02\x00\x00\x00", 5); /* 8 bits, RGB */
    add_rows(&rows);
    buffer_add(file, "\x89PNG\r\n\x1a\n", 8);
    add_chunk(file, "IHDR", &head);
    add_chunk(file, "IDAT", &rows);
    add_chunk(file, "IEND", &nothing);
    buffer_finish(&head);
    buffer_finish(&rows);
}
