#pragma once

#include <stddef.h>

#include "basics.h"

/* Copies a string into room of `bytes`, cut off where it does not fit; false
 * then.  Always ends in a zero byte. */
bool text_copy(char *to, size_t bytes, const char *from);

/* Whether `text` begins with `beginning`. */
bool text_begins(const char *text, const char *beginning);
