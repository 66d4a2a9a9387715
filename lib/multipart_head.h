#pragma once

#include <stddef.h>

#include "basics.h"
#include "multipart.h"

/* The text side of multipart/form-data: boundaries and part heads.  Used by
 * multipart.c alone. */
enum { BOUNDARY_BYTES = 71 }; /* 70 characters and a zero byte */

/* Finds the boundary in a request's Content-Type; E_INVALID if it is not
 * multipart/form-data or the boundary is missing, given twice or misshapen. */
int multipart_boundary(const char *content_type,
                       char boundary[static BOUNDARY_BYTES]) MUST_CHECK;

/*
 * Takes a part's head apart, which is changed by it: the texts of `part` lie in
 * `head`.  The head ends in a zero byte (not counted in `len`).  E_INVALID,
 * with a sentence in `problem` that lives for ever.
 */
int multipart_head_read(char *head, size_t len, struct multipart_part *part,
                        const char **problem) MUST_CHECK;
