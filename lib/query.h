#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"

/*
 * The query of a URL: parameters joined by "&", and the percent encoding of
 * RFC 3986 that they and paths are written in.  "+" is a plus: it stands for a
 * blank in forms alone.
 */

/* One parameter as it stands in the query, still encoded.  Borrowed from it. */
struct query_parameter {
    const char *name;
    size_t name_len;
    const char *value; /* behind the first "="; "" where there is none */
    size_t value_len;
};

/* Takes the next parameter off `rest`; false when there is none left.  Empty
 * ones, as in "a=1&&b=2", are passed over:
 * for (rest = query; query_next(&rest, &parameter);) */
bool query_next(const char **rest, struct query_parameter *parameter);

/* Adds the bytes encoded: letters, digits, those of "-._~" and those of `keep`
 * stay as they are. */
void percent_encode(struct buffer *out, const char *bytes, size_t len,
                    const char *keep);

/* Adds what is encoded in `text`.  A "%" without two hex digits behind it is
 * itself. */
void percent_decode(struct buffer *out, const char *text, size_t len);
