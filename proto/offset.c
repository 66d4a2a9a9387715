/*
 * offset.c - places in the event log
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "offset.h"

/* Reads digits up to `end`; false if there are none, or too many. */
static bool read_number(const char *text, char end, uint64_t *number,
                        const char **rest)
{
    size_t len = strspn(text, "0123456789");

    if (len == 0 || len > 19 || text[len] != end)
        return false;
    *number = strtoull(text, NULL, 10);
    *rest = text + len + (end != '\0');
    return true;
}

int offset_read_id(const char *id, struct offset *offset)
{
    const char *rest;

    return read_number(id, '-', &offset->ms, &rest) &&
                   read_number(rest, '\0', &offset->sequence, &rest)
               ? 0
               : E_INVALID;
}

/* The part stands before a point; the first has neither, nor zeros before its
 * number, so that an offset is written in one way only. */
static bool read_part(const char **text, unsigned *part)
{
    size_t digits = strspn(*text, "0123456789");

    *part = 0;
    if ((*text)[digits] != '.')
        return true;
    if (digits == 0 || digits > 3 || **text == '0')
        return false;
    *part = (unsigned)strtoul(*text, NULL, 10);
    *text += digits + 1;
    return *part < PARTS_MAX;
}

int offset_read(const char *text, struct offset *offset)
{
    size_t len;

    if (!read_part(&text, &offset->part))
        return E_INVALID;
    len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789");
    if (len == 0 || len >= EPOCH_BYTES || text[len] != '-')
        return E_INVALID;
    memcpy(offset->epoch, text, len);
    offset->epoch[len] = '\0';
    return offset_read_id(text + len + 1, offset);
}

void offset_write(const struct offset *offset, char text[static OFFSET_BYTES])
{
    int len = 0;

    if (offset->part)
        len = snprintf(text, OFFSET_BYTES, "%u.", offset->part);
    snprintf(text + len, OFFSET_BYTES - (size_t)len, "%s-%" PRIu64 "-%" PRIu64,
             offset->epoch, offset->ms, offset->sequence);
}

bool offset_is_same_log(const struct offset *one, const struct offset *other)
{
    return one->part == other->part && strcmp(one->epoch, other->epoch) == 0;
}

bool offset_is_after(const struct offset *one, const struct offset *other)
{
    if (!offset_is_same_log(one, other))
        return false;
    return one->ms > other->ms ||
           (one->ms == other->ms && one->sequence > other->sequence);
}
