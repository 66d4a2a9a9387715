#pragma once

#include "basics.h"

/* "0199c1de-7f3a-7000-8000-0123456789ab" and its zero byte. */
enum { UUID_BYTES = 37 };

/*
 * A new UUIDv7 (RFC 9562): its first 48 bits are the time in milliseconds, so
 * that ids sort by age and rows made together lie together; the other 74 are
 * random.
 */
void uuid_make(char text[static UUID_BYTES]);

/* A UUIDv8 whose bits come from `bytes` (16 of them): the same bytes, the same
 * id. */
void uuid_from(const unsigned char bytes[static 16],
               char text[static UUID_BYTES]);

/* Whether it is a UUID in lower case, of any version. */
bool uuid_is_valid(const char *text);
