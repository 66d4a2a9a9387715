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
    /* Lower hex of the body's SHA-256, or a word of S3's; NULL: of `body`. */
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

/* The headers to be added to the request, in this order.  Filled by
 * sigv4_sign, freed by sigv4_signed_finish. */
struct sigv4_signed {
    char date[17];        /* X-Amz-Date */
    char *token;          /* X-Amz-Security-Token; NULL: none */
    char *content_sha256; /* X-Amz-Content-Sha256; NULL: not sent */
    char *authorization;  /* Authorization */
    char signature[65];   /* its last part, lower hex */
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
 * X-Amz-… parameters with the signature last.  `expires_s` is 1 to 604800.
 */
char *sigv4_presign(const struct sigv4_request *request,
                    const struct sigv4_credentials *credentials,
                    const struct sigv4_scope *scope, int64_t expires_s,
                    int options) MUST_CHECK;

/* The canonical request and the string to sign, for tests and for those who
 * ask why a signature is refused.  `out` is filled anew. */
void sigv4_explain(const struct sigv4_request *request,
                   const struct sigv4_credentials *credentials,
                   const struct sigv4_scope *scope, int options,
                   struct buffer *canonical, struct buffer *to_sign);

/* What verifying came to.  The order is the order of the checks. */
enum sigv4_verdict {
    SIGV4_OK,
    SIGV4_MISSING,         /* no signature at all */
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
    /* Gives the credentials of an access key; false: nobody has it. */
    bool (*find)(void *owner, const char *access_key,
                 struct sigv4_credentials *credentials);
    void *owner;
};

/*
 * Verifies a request as it came: path and query before any decoding, headers
 * with their values as sent, and the body.  `detail` gets the sentence that AWS
 * says in that case.  The signature is compared in constant time.
 */
enum sigv4_verdict sigv4_verify(const struct sigv4_request *request,
                                const struct sigv4_verifier *verifier,
                                char detail[static 256]);
