/*
 * buffer.c - bytes that grow
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "xalloc.h"

void buffer_finish(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    if (buffer->bytes)
        buffer->bytes[0] = '\0';
}

char *buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t needed = buffer->len + more + 1;

    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity + buffer->capacity / 2;

        buffer->capacity = capacity > needed ? capacity : needed;
        buffer->bytes = xrealloc(buffer->bytes, buffer->capacity);
    }
    return buffer->bytes + buffer->len;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t len)
{
    char *place = buffer_reserve(buffer, len);

    if (len)
        memcpy(place, bytes, len);
    buffer->len += len;
    buffer->bytes[buffer->len] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_byte(struct buffer *buffer, char byte)
{
    buffer_add(buffer, &byte, 1);
}

void buffer_vprintf(struct buffer *buffer, const char *format,
                    va_list arguments)
{
    va_list again;
    int len;

    va_copy(again, arguments);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(len >= 0);

    vsnprintf(buffer_reserve(buffer, (size_t)len), (size_t)len + 1, format,
              arguments);
    buffer->len += (size_t)len;
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    buffer_vprintf(buffer, format, arguments);
    va_end(arguments);
}

void buffer_drop(struct buffer *buffer, size_t len)
{
    assert(len <= buffer->len);
    if (len == 0)
        return;
    memmove(buffer->bytes, buffer->bytes + len, buffer->len - len + 1);
    buffer->len -= len;
}

char *buffer_take(struct buffer *buffer)
{
    char *bytes = buffer->bytes ? buffer->bytes : xmemdup("", 0);

    *buffer = (struct buffer){0};
    return bytes;
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->bytes ? buffer->bytes : "";
}
