#pragma once

/*
 * What the tests of HEIC share: the boxes that such a file is made of.  They
 * are opened, filled and closed; closing writes the length.
 */
#include "unit.h"

#include "basics.h"
#include "buffer.h"

static inline size_t open_box(struct buffer *file, const char *type)
{
    size_t place = file->len;

    buffer_add(file, "\0\0\0\0", 4);
    buffer_add_text(file, type);
    return place;
}

static inline void close_box(struct buffer *file, size_t place)
{
    size_t len = file->len - place;

    for (size_t i = 0; i < 4; i++)
        file->bytes[place + i] = (char)(len >> (24 - 8 * i));
}

static inline void add_number(struct buffer *file, size_t bytes,
                              uint64_t number)
{
    while (bytes-- > 0)
        buffer_add_byte(file, (char)(bytes < 8 ? number >> 8 * bytes : 0));
}
