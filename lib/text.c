/*
 * text.c - small things that C's strings lack
 */
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
