#pragma once

#include <stddef.h>

#include "basics.h"

/* Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF). */
bool utf8_is_valid(const char *bytes, size_t len);

/* Replaces every byte that is part of no character by a question mark. */
void utf8_repair(char *text);

/* How many characters (code points) well-formed UTF-8 has. */
size_t utf8_length(const char *text);
