/*
 * sniff_end.c - whether a file is there to its end
 *
 * A cut-off upload is told at once, and not when its job has failed.  Only the
 * frame of a format is looked at, so this finds what was cut off and nothing
 * else; bytes behind the end (cameras put things there) do no harm.
 */
#include "sniff_parts.h"

static bool is_whole_png(struct reader file)
{
    reader_skip(&file, 8);
    while (!file.ended) {
        uint32_t len = reader_number(&file, 4);
        bool is_end = reader_has(&file, "IEND", 4);

        reader_skip(&file, (uint64_t)len + 8); /* its name and its checksum */
        if (is_end)
            return !file.ended;
    }
    return false;
}

static bool is_whole_webp(struct reader file)
{
    file.little = true;
    reader_skip(&file, 4);
    return reader_number(&file, 4) <= file.len;
}

/* Boxes follow each other to the end; the last may say that it is all there
 * is. */
static bool is_whole_heic(struct reader file)
{
    while (file.len) {
        uint64_t size = reader_number(&file, 4);
        uint64_t head = 8;

        reader_skip(&file, 4);
        if (size == 0)
            return true;
        if (size == 1) {
            size = (uint64_t)reader_number(&file, 4) << 32;
            size |= reader_number(&file, 4);
            head = 16;
        }
        if (size < head)
            return false;
        reader_skip(&file, size - head);
        if (file.ended)
            return false;
    }
    return true;
}

bool sniff_is_whole(const void *bytes, size_t len, enum picture_type type)
{
    struct reader file = {.bytes = bytes, .len = len};

    switch (type) {
    case PICTURE_JPEG:
        return jpeg_is_whole(file);
    case PICTURE_PNG:
        return is_whole_png(file);
    case PICTURE_WEBP:
        return is_whole_webp(file);
    case PICTURE_HEIC:
        return is_whole_heic(file);
    }
    return false;
}
