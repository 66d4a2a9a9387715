/*
 * sniff_reader.c - reads a header without ever leaving its bytes
 */
#include <string.h>

#include "sniff_parts.h"

struct reader reader_part(struct reader *reader, uint64_t len)
{
    struct reader part = *reader;

    if (len > reader->len) {
        reader->ended = true;
        len = reader->len;
    }
    part.len = (size_t)len;
    part.ended = false;
    if (len) { /* an empty reader may have no bytes at all */
        reader->bytes += len;
        reader->len -= (size_t)len;
    }
    return part;
}

void reader_skip(struct reader *reader, uint64_t len)
{
    reader_part(reader, len);
}

uint32_t reader_number(struct reader *reader, size_t bytes)
{
    struct reader part = reader_part(reader, bytes);
    uint32_t number = 0;

    assert(bytes <= sizeof number);
    if (part.len < bytes)
        return 0;
    for (size_t i = 0; i < bytes; i++)
        number = number << 8 | part.bytes[part.little ? bytes - 1 - i : i];
    return number;
}

bool reader_has(const struct reader *reader, const char *bytes, size_t len)
{
    return reader->len >= len && memcmp(reader->bytes, bytes, len) == 0;
}
