#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "buffer.h"

/*
 * AWS Signature Version 4: signing, presigning and verifying, in one place, so
 * that what we send and what we accept can never differ.
 *
 * The rules are those of AWS's "Signature Version 4 signing process"; the
 * published test suite holds this file to them.
 */
struct sigv4_credentials {
    const char *access_key; /* "AKIA…" */
    const char *secret;
    const char *token; /* of temporary credentials; NULL: none */
};

struct sigv4_header {
    const char *name; /* any case */
    const char *value;
};

/* The request as it goes on the wire.  All borrowed. */
struct sigv4_request {
    const char *method;
    const char *path;  /* encoded once, "/" where it is empty */
    const char *query; /* without "?"; NULL or "": none */
    const struct sigv4_header *headers; /* host among them */
    size_t header_count;
    const void *body;
    size_t body_bytes;
    /* Lower hex of the body's SHA-256, or a word of S3's; NULL: what the header
     * x-amz-content-sha256 says when signing, else the hash of `body`. */
    const char *payload_hash;
};

struct sigv4_scope {
    const char *region;
    const char *service;
    int64_t time_ms; /* since 1970 */
};

/* How some services want it otherwise. */
enum sigv4_options {
    SIGV4_PATH_AS_IS = 1,  /* S3: the path is neither normalised nor encoded
                              again */
    SIGV4_KEEP_PATH = 2,   /* encoded again, but not normalised */
    SIGV4_SEND_HASH = 4,   /* add x-amz-content-sha256, signed */
    SIGV4_TOKEN_AFTER = 8, /* the token is added unsigned */
};

enum {
    SIGV4_DATE_BYTES = 17,      /* "20261121T085400Z" and its zero byte */
    SIGV4_SIGNATURE_BYTES = 65, /* lower hex and its zero byte */
    SIGV4_EXPIRES_MAX = 604800, /* seconds: a week */
    SIGV4_DETAIL_BYTES = 256,   /* what sigv4_verify says, its zero byte too */
};

/* The headers to be added to the request, in this order, in place of any of
 * the same name.  Filled by sigv4_sign, freed by sigv4_signed_finish. */
struct sigv4_signed {
    char date[SIGV4_DATE_BYTES]; /* X-Amz-Date */
    char *token;                 /* X-Amz-Security-Token; NULL: none */
    char *content_sha256;        /* X-Amz-Content-Sha256; NULL: not sent */
    char *authorization;         /* Authorization */
    char signature[SIGV4_SIGNATURE_BYTES]; /* its last part, lower hex */
};

/* Signs the request.  Every header in it is signed but those that proxies
 * change. */
void sigv4_sign(const struct sigv4_request *request,
                const struct sigv4_credentials *credentials,
                const struct sigv4_scope *scope, int options,
                struct sigv4_signed *out);
void sigv4_signed_finish(struct sigv4_signed *out);

/*
 * The query of the presigned request, to be freed: the request's own, and the
 * X-Amz-… parameters with the signature last.  `expires_s` is 1 to
 * SIGV4_EXPIRES_MAX.  No header is added, so SIGV4_SEND_HASH has no meaning
 * here, and S3's payload is unsigned unless the request says otherwise.
 */
char *sigv4_presign(const struct sigv4_request *request,
                    const struct sigv4_credentials *credentials,
                    const struct sigv4_scope *scope, int64_t expires_s,
                    int options) MUST_CHECK;

/* The signature of a form that a browser uploads to S3: over its policy in
 * base64, as the form sends it. */
void sigv4_sign_policy(const char *policy,
                       const struct sigv4_credentials *credentials,
                       const struct sigv4_scope *scope,
                       char signature[static SIGV4_SIGNATURE_BYTES]);

/* The canonical request and the string to sign, for tests and for those who
 * ask why a signature is refused.  `out` is filled anew. */
void sigv4_explain(const struct sigv4_request *request,
                   const struct sigv4_credentials *credentials,
                   const struct sigv4_scope *scope, int options,
                   struct buffer *canonical, struct buffer *to_sign);

/* What verifying came to.  The order is the order of the checks. */
enum sigv4_verdict {
    SIGV4_OK,
    SIGV4_MISSING,         /* no signature at all, or none where it counts */
    SIGV4_INCOMPLETE,      /* a part is missing or misshapen */
    SIGV4_UNKNOWN_KEY,     /* nobody has that access key, or the token is bad */
    SIGV4_WRONG_SCOPE,     /* another region, service or date */
    SIGV4_EXPIRED,         /* too early for the clock's tolerance */
    SIGV4_NOT_YET,         /* too late for it */
    SIGV4_WRONG_SIGNATURE, /* or the body is not the one that was signed */
};

struct sigv4_verifier {
    const char *region;
    const char *service;
    int64_t now_ms;
    int64_t tolerance_ms;  /* of the clock; AWS's JSON services: 5 minutes */
    bool unsigned_payload; /* whether UNSIGNED-PAYLOAD is good enough */
    bool presigned;        /* whether a signature in the query is */
    /* Gives the credentials of an access key; false: nobody has it. */
    bool (*find)(void *owner, const char *access_key,
                 struct sigv4_credentials *credentials);
    void *owner;
};

/*
 * Verifies a request as it came: path and query before any decoding, headers
 * with their values as sent, and the body (or, in `payload_hash`, the hash of
 * what was received).  `detail` gets the sentence that AWS says in that case,
 * "" for SIGV4_OK.  The signature is compared in constant time.
 *
 * Where the service is "s3" the path is taken as SIGV4_PATH_AS_IS takes it, and
 * a presigned request's payload is unsigned.
 */
enum sigv4_verdict sigv4_verify(const struct sigv4_request *request,
                                const struct sigv4_verifier *verifier,
                                char detail[static SIGV4_DETAIL_BYTES]);
