#pragma once

#include <stddef.h>

#include "buffer.h"
#include "http.h"

/* Writes the beginning of an HTTP answer's head: the status line, Date, and the
 * headers given.  Whoever writes the answer ends the head. */
void answer_head(struct buffer *head, int status,
                 const struct http_header *headers, size_t count);
