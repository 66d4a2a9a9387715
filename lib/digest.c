/*
 * digest.c - hashes, MACs and the texts they are written as
 *
 * The one door to OpenSSL's libcrypto.  Its functions fail here only when there
 * is no memory, or when an installation forbids the hash; the program cannot go
 * on in either case, and says so.
 */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "digest.h"
#include "log.h"
#include "xalloc.h"

struct digest {
    EVP_MD_CTX *context;
};

static void check(int worked)
{
    if (!worked)
        fatal("OpenSSL cannot compute a hash");
}

void digest_sha256(const void *bytes, size_t len,
                   unsigned char digest[static DIGEST_BYTES])
{
    check(EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL));
}

void digest_sha256_hex(const void *bytes, size_t len,
                       char hex[static DIGEST_HEX_BYTES])
{
    unsigned char digest[DIGEST_BYTES];

    digest_sha256(bytes, len, digest);
    digest_hex(digest, sizeof digest, hex);
}

void digest_sha1(const void *bytes, size_t len,
                 unsigned char digest[static DIGEST_SHA1_BYTES])
{
    check(EVP_Digest(bytes, len, digest, NULL, EVP_sha1(), NULL));
}

struct digest *digest_create(void)
{
    struct digest *digest = xcalloc(1, sizeof *digest);

    digest->context = EVP_MD_CTX_new();
    check(digest->context != NULL);
    check(EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL));
    return digest;
}

void digest_add(struct digest *digest, const void *bytes, size_t len)
{
    check(EVP_DigestUpdate(digest->context, bytes, len));
}

void digest_end(struct digest *digest, unsigned char out[static DIGEST_BYTES])
{
    check(EVP_DigestFinal_ex(digest->context, out, NULL));
    digest_destroy(digest);
}

void digest_destroy(struct digest *digest)
{
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

void digest_hmac(const void *key, size_t key_len, const void *bytes, size_t len,
                 unsigned char mac[static DIGEST_BYTES])
{
    assert(key_len <= INT_MAX);
    check(HMAC(EVP_sha256(), key, (int)key_len, bytes, len, mac, NULL) != NULL);
}

void digest_hex(const unsigned char *bytes, size_t len, char *hex)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        *hex++ = digits[bytes[i] >> 4];
        *hex++ = digits[bytes[i] & 15];
    }
    *hex = '\0';
}

/* How long the texts are is no secret, what they say is. */
bool digest_equal(const char *one, const char *other)
{
    size_t len = strlen(one);

    return strlen(other) == len && CRYPTO_memcmp(one, other, len) == 0;
}

/*
 * Base64 is written out here, since OpenSSL's takes white space and padding in
 * the middle for what they are not.
 */
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "abcdefghijklmnopqrstuvwxyz"
                              "0123456789+/";

size_t base64_length(size_t len)
{
    return (len + 2) / 3 * 4;
}

char *base64_encode(const void *bytes, size_t len)
{
    char *text = xmalloc(base64_length(len) + 1);

    base64_write(bytes, len, text);
    return text;
}

/* Two letters for each 12 bits, so that a photo costs half the look-ups. */
static char pairs[1 << 12][2];
static pthread_once_t pairs_once = PTHREAD_ONCE_INIT;

static void make_pairs(void)
{
    for (unsigned i = 0; i < COUNT(pairs); i++) {
        pairs[i][0] = letters[i >> 6];
        pairs[i][1] = letters[i & 63];
    }
}

static void write_three(unsigned first, unsigned second, unsigned third,
                        char *to)
{
    memcpy(to, pairs[first << 4 | second >> 4], 2);
    memcpy(to + 2, pairs[(second & 15) << 8 | third], 2);
}

void base64_write(const void *bytes, size_t len, char *text)
{
    const unsigned char *from = bytes, *end = from + len - len % 3;
    char *to = text;

    pthread_once(&pairs_once, make_pairs);
    for (; from < end; from += 3, to += 4)
        write_three(from[0], from[1], from[2], to);
    /* What the missing bytes give is not content. */
    if (len % 3) {
        write_three(from[0], len % 3 == 2 ? from[1] : 0, 0, to);
        memset(to + 1 + len % 3, '=', 3 - len % 3);
        to += 4;
    }
    *to = '\0';
}

enum { NO_LETTER = 0xff };

/* The place of every letter in the alphabet, NO_LETTER for what is none. */
static void base64_table(unsigned char places[static 256])
{
    memset(places, NO_LETTER, 256);
    for (unsigned i = 0; i < COUNT(letters) - 1; i++)
        places[(unsigned char)letters[i]] = (unsigned char)i;
}

/* Four letters make three bytes, so the bytes may go where the letters were.
 * What is no letter sets a bit above the six, wherever it stands, so one look
 * at the end finds it. */
static bool decode(const unsigned char *from, size_t len, unsigned char *to,
                   size_t *bytes)
{
    unsigned char places[256];
    size_t padding = 0;
    unsigned seen = 0;

    if (len % 4 != 0)
        return false;
    if (len > 0 && from[len - 1] == '=')
        padding = from[len - 2] == '=' ? 2 : 1;
    *bytes = len / 4 * 3 - padding;

    base64_table(places);
    for (size_t left = len; left > 0; left -= 4, from += 4) {
        bool last = left == 4;
        unsigned a = places[from[0]], b = places[from[1]];
        unsigned c = last && padding == 2 ? 0 : places[from[2]];
        unsigned d = last && padding >= 1 ? 0 : places[from[3]];

        seen |= a | b | c | d;
        *to++ = (unsigned char)(a << 2 | b >> 4);
        *to++ = (unsigned char)(b << 4 | c >> 2);
        *to++ = (unsigned char)(c << 6 | d);
    }
    return seen <= 63;
}

void *base64_decode(const char *text, size_t len, size_t *bytes)
{
    unsigned char *all = xmalloc(len / 4 * 3 + 1);

    if (!decode((const unsigned char *)text, len, all, bytes)) {
        free(all);
        return NULL;
    }
    all[*bytes] = '\0';
    return all;
}

bool base64_decode_in_place(char *text, size_t len, size_t *bytes)
{
    return decode((unsigned char *)text, len, (unsigned char *)text, bytes);
}
