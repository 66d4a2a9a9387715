/*
 * text.c - small things that C's strings lack
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

bool text_copy(char *to, size_t bytes, const char *from)
{
    size_t len = strlen(from);
    bool fits = len < bytes;

    assert(bytes > 0);
    if (!fits)
        len = bytes - 1;
    memcpy(to, from, len);
    to[len] = '\0';
    return fits;
}

bool text_begins(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

void text_size(char to[static TEXT_SIZE_BYTES], uint64_t bytes)
{
    static const struct {
        const char *name;
        uint64_t bytes;
    } units[] = {{"MB", 1 << 20}, {"KB", 1 << 10}, {"bytes", 1}};
    size_t unit = 0;

    while (units[unit].bytes > 1 &&
           (bytes < units[unit].bytes || bytes % units[unit].bytes != 0))
        unit++;
    snprintf(to, TEXT_SIZE_BYTES, "%" PRIu64 " %s", bytes / units[unit].bytes,
             units[unit].name);
}
