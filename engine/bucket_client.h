#pragma once

#include <stddef.h>

#include <uv.h>

#include "basics.h"
#include "exception.h"

/*
 * Fetches the pictures that requests name as objects of S3, from one endpoint
 * and with credentials of the engine's own.
 */
struct bucket_client;

struct bucket_options {
    const char *endpoint; /* http://… or https://…, buckets below it */
    const char *region;
    const char *access_key;
    const char *secret_key;
    int64_t limit_ms; /* of a fetch */
};

/* NULL, with a sentence in `problem`: the endpoint is no URL. */
struct bucket_client *bucket_client_create(uv_loop_t *loop,
                                           const struct bucket_options *options,
                                           char problem[static 256]) MUST_CHECK;

/* Nothing may be under way. */
void bucket_client_destroy(struct bucket_client *client);

/* The most that an object may have: AWS's limit. */
enum { BUCKET_OBJECT_BYTES_MAX = 15 * 1024 * 1024 };

/* Called once, on the loop thread, with the object's bytes, borrowed for the
 * call; or with the exception that the request is to be refused with. */
typedef void bucket_done_fn(void *owner, enum exception exception,
                            const char *bytes, size_t len);

/* `version` NULL: the newest.  EXCEPTION_NONE: it was started, and `done` is
 * called later; otherwise it never is. */
enum exception bucket_client_fetch(struct bucket_client *client,
                                   const char *bucket, const char *name,
                                   const char *version, bucket_done_fn *done,
                                   void *owner) MUST_CHECK;
