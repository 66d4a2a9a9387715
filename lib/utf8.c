/*
 * utf8.c - whether bytes are UTF-8
 */
#include <string.h>

#include "utf8.h"

/* The ranges of RFC 3629's table: what may follow a first byte. */
static const struct {
    unsigned char first_low, first_high; /* the first byte */
    unsigned char next_low, next_high;   /* the second; the others 80..BF */
    unsigned char len;
} forms[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* The length of the character at `bytes`, 0 if there is none. */
static size_t character(const unsigned char *bytes, size_t len)
{
    if (bytes[0] < 0x80)
        return 1;
    for (size_t i = 0; i < COUNT(forms); i++) {
        if (bytes[0] < forms[i].first_low || bytes[0] > forms[i].first_high)
            continue;
        if (forms[i].len > len || bytes[1] < forms[i].next_low ||
            bytes[1] > forms[i].next_high)
            return 0;
        for (size_t k = 2; k < forms[i].len; k++)
            if (bytes[k] < 0x80 || bytes[k] > 0xbf)
                return 0;
        return forms[i].len;
    }
    return 0;
}

/* How many bytes at the beginning are plain ASCII, eight at a time. */
static size_t plain_bytes(const unsigned char *bytes, size_t len)
{
    const uint64_t high_bits = UINT64_C(0x8080808080808080);
    size_t place = 0;
    uint64_t eight;

    for (; place + sizeof eight <= len; place += sizeof eight) {
        memcpy(&eight, bytes + place, sizeof eight);
        if (eight & high_bits)
            break;
    }
    return place;
}

bool utf8_is_valid(const char *bytes, size_t len)
{
    const unsigned char *place = (const unsigned char *)bytes;

    while (len) {
        size_t step = plain_bytes(place, len);

        if (step == 0)
            step = character(place, len);
        if (step == 0)
            return false;
        place += step;
        len -= step;
    }
    return true;
}

void utf8_repair(char *text)
{
    size_t len = strlen(text);

    while (len) {
        size_t step = character((const unsigned char *)text, len);

        if (step == 0) {
            *text = '?';
            step = 1;
        }
        text += step;
        len -= step;
    }
}

size_t utf8_length(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}
