/*
 * xalloc.c - memory for small things, or the end of the program
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

/* No log here: logging may need memory. */
static void *checked(void *memory)
{
    if (!memory) {
        fputs("fatal  out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *xmalloc(size_t bytes)
{
    return checked(malloc(bytes ? bytes : 1));
}

void *xcalloc(size_t count, size_t bytes)
{
    return checked(calloc(count ? count : 1, bytes ? bytes : 1));
}

void *xrealloc(void *memory, size_t bytes)
{
    return checked(realloc(memory, bytes ? bytes : 1));
}

char *xstrdup(const char *text)
{
    return text ? checked(strdup(text)) : NULL;
}

char *xmemdup(const void *bytes, size_t len)
{
    char *copy = xmalloc(len + 1);

    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *xprintf(const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int len;

    va_start(arguments, format);
    len = vasprintf(&text, format, arguments);
    va_end(arguments);
    return checked(len < 0 ? NULL : text);
}
