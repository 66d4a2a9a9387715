#pragma once

#include "buffer.h"

/* A small picture in a large file, as a browser sends it. */

/* A JPEG of 96 pixels both ways that is filled up to `bytes` with comments, so
 * that carrying it is what it costs, not decoding it. */
void form_photo(struct buffer *photo, size_t bytes);

/* A whole POST of it as multipart/form-data; `field` is another one that comes
 * behind it, or NULL. */
void form_request(struct buffer *request, const char *path,
                  const struct buffer *photo, const char *field,
                  const char *value);
