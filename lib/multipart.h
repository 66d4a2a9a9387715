#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"

/*
 * Reads multipart/form-data (RFC 7578) as it streams in, with limits that are
 * checked before anything is kept.  The boundary is found with memmem, at
 * memory speed.
 *
 * Names are matched in any case, a blank after the colon is not needed,
 * boundaries may be quoted, unknown part headers are passed over, a preamble
 * and an epilogue are ignored.
 */
struct multipart;

/* A part's head.  Borrowed for the call. */
struct multipart_part {
    const char *name;         /* of the field; "" where none is given */
    const char *file_name;    /* NULL: not a file */
    const char *content_type; /* NULL: none is given */
};

/* The reader tells its owner; each returns 0 to go on, or a negative error,
 * which ends the reading and comes back from multipart_read. */
struct multipart_events {
    int (*on_part)(void *owner, const struct multipart_part *part);
    int (*on_bytes)(void *owner, const char *bytes, size_t len);
    int (*on_part_end)(void *owner);
};

struct multipart_limits {
    size_t parts;      /* how many */
    size_t head_bytes; /* of each part's headers together */
};

/*
 * `content_type` is the request's header.  NULL if it is not
 * multipart/form-data or has no usable boundary (1 to 70 characters of RFC
 * 2046).
 */
struct multipart *multipart_create(const char *content_type,
                                   const struct multipart_limits *limits,
                                   const struct multipart_events *events,
                                   void *owner) MUST_CHECK;
void multipart_destroy(struct multipart *multipart);

/* Takes the next bytes of the body.  0; E_INVALID: not well formed;
 * E_TOO_LARGE: past a limit; or what an event returned. */
int multipart_read(struct multipart *multipart, const char *bytes,
                   size_t len) MUST_CHECK;

/* The body has ended: 0, E_INVALID if the closing boundary never came, or what
 * an event returned (the last part may end here). */
int multipart_end(struct multipart *multipart) MUST_CHECK;

/* A sentence that says what was wrong, once one of them failed. */
const char *multipart_problem(const struct multipart *multipart);
