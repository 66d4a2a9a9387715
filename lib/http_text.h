#pragma once

#include <stddef.h>

#include "basics.h"
#include "http.h"

/* What may be written into a request.  For http.c: what a caller passes on from
 * a stranger must not begin a header, or a request, of its own. */

/* Whether method and headers are well formed and belong together. */
bool http_text_is_good(const struct http_request *request);

/* The value of the header (any case); NULL: there is none. */
const char *http_text_find(const struct http_header *headers, size_t count,
                           const char *name);
