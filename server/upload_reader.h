#pragma once

#include "exchange.h"
#include "services.h"
#include "upload.h"

/*
 * Reads an upload, in whichever of the forms that the API takes:
 * multipart/form-data, a raw image with its fields in the query, or JSON.  All
 * of it is bounded before it is kept.
 */

/* What a route takes. */
struct upload_rules {
    const char *const *images; /* names of its image fields, to NULL */
    size_t image_count;        /* at most */
    size_t image_least;        /* at least */
    bool takes_json;           /* a body of JSON, or none at all */
    const char *object; /* the field that is an object there; NULL: none */
};

/* `problem` is PROBLEM_NONE and the upload is the callee's; or what is wrong, a
 * sentence in `detail`, and `upload` is NULL. */
typedef void upload_fn(void *owner, struct upload *upload, enum problem problem,
                       const char *detail);

/* Reads the body.  The exchange stays the caller's, to be answered. */
void upload_read(struct services *services, struct exchange *exchange,
                 const struct upload_rules *rules, upload_fn *done,
                 void *owner);
