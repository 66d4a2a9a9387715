#pragma once

#include "basics.h"
#include "buffer.h"
#include "digest.h"
#include "sigv4.h"

/*
 * What Signature Version 4 does with a canonical request: the string to sign,
 * and the signature over it.  For the files of sigv4 alone.
 */
#define SIGNATURE_ALGORITHM "AWS4-HMAC-SHA256"
#define SIGNATURE_END "aws4_request"
#define SIGNATURE_NO_PAYLOAD_HASH "UNSIGNED-PAYLOAD"

/* Adds "20261121/us-east-1/rekognition/aws4_request". */
void signature_add_scope(const struct sigv4_scope *scope, struct buffer *out);

/* Adds the string to sign. */
void signature_add_text(const struct buffer *canonical,
                        const struct sigv4_scope *scope, struct buffer *out);

/* The signature over any text, in lower hex. */
void signature_make(const char *secret, const struct sigv4_scope *scope,
                    const void *text, size_t len,
                    char signature[static DIGEST_HEX_BYTES]);
