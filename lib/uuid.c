/*
 * uuid.c - ids that sort by age
 */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "random.h"
#include "uuid.h"

static void write_text(unsigned char bytes[static 16], unsigned version,
                       char text[static UUID_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    char *place = text;

    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | (version << 4));
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *place++ = '-';
        *place++ = digits[bytes[i] >> 4];
        *place++ = digits[bytes[i] & 15];
    }
    *place = '\0';
}

void uuid_make(char text[static UUID_BYTES])
{
    unsigned char bytes[16];
    uint64_t ms = (uint64_t)clock_wall_ms();

    random_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
    write_text(bytes, 7, text);
}

void uuid_from(const unsigned char source[static 16],
               char text[static UUID_BYTES])
{
    unsigned char bytes[16];

    memcpy(bytes, source, sizeof bytes);
    write_text(bytes, 8, text);
}

bool uuid_is_valid(const char *text)
{
    size_t i;

    for (i = 0; i < UUID_BYTES - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-'
                 : !text[i] || !strchr("0123456789abcdef", text[i]))
            return false;
    }
    return text[i] == '\0';
}
