#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"

/* Copies a string into room of `bytes`, cut off where it does not fit; false
 * then.  Always ends in a zero byte. */
bool text_copy(char *to, size_t bytes, const char *from);

/* Whether `text` begins with `beginning`. */
bool text_begins(const char *text, const char *beginning);

/* A number of bytes as people say it: "15 MB", "64 KB", and where it is no
 * whole number of those "1500 bytes". */
enum { TEXT_SIZE_BYTES = 32 };
void text_size(char to[static TEXT_SIZE_BYTES], uint64_t bytes);
