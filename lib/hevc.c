/*
 * hevc.c - what an HEVC stream says of itself
 *
 * A unit is two bytes of head and a row of bits.  In its bytes, a 3 behind two
 * zeros stands only to keep them from looking like something else.
 */
#include "hevc.h"

/* The bits of a unit, behind its head. */
struct bits {
    struct reader bytes;
    uint32_t byte;  /* the one that is being read */
    unsigned left;  /* bits of it */
    unsigned zeros; /* bytes of zeros before it */
    bool broken;    /* a number was too large */
};

static unsigned next_bit(struct bits *bits)
{
    if (bits->left == 0) {
        bits->byte = reader_number(&bits->bytes, 1);
        if (bits->zeros >= 2 && bits->byte == 3) {
            bits->zeros = 0;
            bits->byte = reader_number(&bits->bytes, 1);
        }
        bits->zeros = bits->byte == 0 ? bits->zeros + 1 : 0;
        bits->left = 8;
    }
    bits->left--;
    return bits->byte >> bits->left & 1;
}

static uint32_t next_bits(struct bits *bits, unsigned count)
{
    uint32_t number = 0;

    while (count-- > 0)
        number = number << 1 | next_bit(bits);
    return number;
}

/* A number of any size: as many zeros as it has bits behind its first one. */
static uint32_t next_number(struct bits *bits)
{
    unsigned zeros = 0;

    while (zeros < 32 && next_bit(bits) == 0)
        zeros++;
    if (zeros == 32) {
        bits->broken = true;
        return 0;
    }
    return ((uint32_t)1 << zeros) - 1 + next_bits(bits, zeros);
}

unsigned hevc_unit_type(struct reader unit)
{
    return unit.len > 0 ? reader_number(&unit, 1) >> 1 & 63 : 63;
}

bool hevc_begins_picture(struct reader unit)
{
    reader_skip(&unit, 2);
    return reader_number(&unit, 1) & 0x80;
}

/* Profile, tier and level: of the whole, then of up to six layers. */
static void skip_profile(struct bits *bits, uint32_t layers)
{
    uint32_t has = 0; /* two bits a layer: a profile, a level */

    next_bits(bits, 88);
    next_bits(bits, 8);
    if (layers == 0)
        return;
    has = next_bits(bits, 16);
    for (uint32_t i = 0; i < layers; i++) {
        if (has >> (15 - 2 * i) & 1)
            next_bits(bits, 88);
        if (has >> (14 - 2 * i) & 1)
            next_bits(bits, 8);
    }
}

uint64_t hevc_pixels(struct reader unit)
{
    enum { CHROMA_444 = 3 };
    const uint32_t most = 65535; /* four times what any level allows */
    struct bits bits = {.bytes = unit};
    uint32_t layers, width, height;

    reader_skip(&bits.bytes, 2);
    next_bits(&bits, 4);
    layers = next_bits(&bits, 3);
    next_bits(&bits, 1);
    skip_profile(&bits, layers);
    next_number(&bits);
    if (next_number(&bits) == CHROMA_444)
        next_bits(&bits, 1);
    width = next_number(&bits);
    height = next_number(&bits);
    if (bits.bytes.ended || bits.broken || width > most || height > most)
        return 0;
    return (uint64_t)width * height;
}
