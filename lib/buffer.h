#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "basics.h"

/*
 * Bytes that grow.  Embedded in the struct that owns them; all zero is empty.
 * A zero byte always stands behind the content (not counted in `len`), so a
 * buffer of text is also a string once anything was added.
 */
struct buffer {
    char *bytes; /* NULL while empty */
    size_t len;
    size_t capacity;
};

void buffer_finish(struct buffer *buffer);

/* Forgets the content and keeps the memory. */
void buffer_clear(struct buffer *buffer);

/* Makes room for `more` bytes behind the content and returns the place. */
char *buffer_reserve(struct buffer *buffer, size_t more);

void buffer_add(struct buffer *buffer, const void *bytes, size_t len);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTS(2, 3);
void buffer_vprintf(struct buffer *buffer, const char *format,
                    va_list arguments) PRINTS(2, 0);

/* Drops the first `len` bytes. */
void buffer_drop(struct buffer *buffer, size_t len);

/* Hands the bytes over to the caller (free them) and leaves it empty; never
 * NULL. */
char *buffer_take(struct buffer *buffer);

/* The content as a string; "" while empty.  Borrowed until the next change. */
const char *buffer_text(const struct buffer *buffer);
