/*
 * signature.c - from a canonical request to its signature
 *
 * The key is derived anew each time, though it stays the same for a day: that
 * is four MACs of a few bytes, nothing beside the hash of a photo.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "signature.h"
#include "xalloc.h"

enum { DAY_LEN = 8 }; /* of "20261121" */

void signature_add_scope(const struct sigv4_scope *scope, struct buffer *out)
{
    char date[CLOCK_COMPACT_BYTES];

    clock_compact(scope->time_ms, date);
    buffer_printf(out, "%.*s/%s/%s/" SIGNATURE_END, DAY_LEN, date,
                  scope->region, scope->service);
}

void signature_add_text(const struct buffer *canonical,
                        const struct sigv4_scope *scope, struct buffer *out)
{
    char date[CLOCK_COMPACT_BYTES], hash[DIGEST_HEX_BYTES];

    clock_compact(scope->time_ms, date);
    digest_sha256_hex(canonical->bytes, canonical->len, hash);
    buffer_printf(out, SIGNATURE_ALGORITHM "\n%s\n", date);
    signature_add_scope(scope, out);
    buffer_printf(out, "\n%s", hash);
}

static void next_key(unsigned char key[static DIGEST_BYTES], const char *text,
                     size_t len)
{
    unsigned char next[DIGEST_BYTES];

    digest_hmac(key, DIGEST_BYTES, text, len, next);
    memcpy(key, next, sizeof next);
}

void signature_make(const char *secret, const struct sigv4_scope *scope,
                    const void *text, size_t len,
                    char signature[static DIGEST_HEX_BYTES])
{
    unsigned char key[DIGEST_BYTES], mac[DIGEST_BYTES];
    char date[CLOCK_COMPACT_BYTES];
    char *first = xprintf("AWS4%s", secret);

    clock_compact(scope->time_ms, date);
    digest_hmac(first, strlen(first), date, DAY_LEN, key);
    free(first);
    next_key(key, scope->region, strlen(scope->region));
    next_key(key, scope->service, strlen(scope->service));
    next_key(key, SIGNATURE_END, strlen(SIGNATURE_END));
    digest_hmac(key, sizeof key, text, len, mac);
    digest_hex(mac, sizeof mac, signature);
}
