#pragma once

#include <stddef.h>

#include "basics.h"

/* Hashes, MACs and the ways in which bytes are written as text. */
enum {
    DIGEST_BYTES = 32, /* SHA-256 */
    DIGEST_SHA1_BYTES = 20,
    DIGEST_HEX_BYTES = 65, /* in hex, with its zero byte */
};

void digest_sha256(const void *bytes, size_t len,
                   unsigned char digest[static DIGEST_BYTES]);

/* The same in lower hex, as AWS and ETags have it. */
void digest_sha256_hex(const void *bytes, size_t len,
                       char hex[static DIGEST_HEX_BYTES]);

/* SHA-1, where a protocol demands it; it protects nothing any more. */
void digest_sha1(const void *bytes, size_t len,
                 unsigned char digest[static DIGEST_SHA1_BYTES]);

/* A hash of bytes that come in pieces. */
struct digest;
struct digest *digest_create(void) MUST_CHECK;
void digest_add(struct digest *digest, const void *bytes, size_t len);
/* Gives the hash of all that was added and destroys the digest. */
void digest_end(struct digest *digest, unsigned char out[static DIGEST_BYTES]);
void digest_destroy(struct digest *digest);

/* HMAC-SHA-256. */
void digest_hmac(const void *key, size_t key_len, const void *bytes, size_t len,
                 unsigned char mac[static DIGEST_BYTES]);

/* Lower hex; `hex` has room for 2 * len + 1. */
void digest_hex(const unsigned char *bytes, size_t len, char *hex);

/* Whether two texts are equal; takes as long wherever they differ. */
bool digest_equal(const char *one, const char *other);

/* Standard base64 with padding, to be freed. */
char *base64_encode(const void *bytes, size_t len) MUST_CHECK;

/* The same where it is to stand: how many letters there will be, and the
 * letters with a zero byte behind them. */
size_t base64_length(size_t len);
void base64_write(const void *bytes, size_t len, char *text);

/* The bytes of standard padded base64, to be freed; NULL if it is none (white
 * space and missing padding included).  "" gives an empty, not a NULL, answer.
 */
void *base64_decode(const char *text, size_t len, size_t *bytes) MUST_CHECK;

/* The same in place of the text, which is spoilt: false if it is none. */
bool base64_decode_in_place(char *text, size_t len, size_t *bytes) MUST_CHECK;
