#pragma once

#include "basics.h"
#include "sigv4.h"

/*
 * What a request claims about its signature, whether it says so in its headers
 * or in its query.  For sigv4_verify.c alone.
 */
enum claim_part {
    CLAIM_ALGORITHM, /* of the query form alone */
    CLAIM_CREDENTIAL,
    CLAIM_SIGNATURE,
    CLAIM_NAMES, /* of the signed headers, joined by ";" */
    CLAIM_DATE,
    CLAIM_EXPIRES, /* of the query form alone */
    CLAIM_TOKEN,
    CLAIM_HASH, /* x-amz-content-sha256, a header in either form */
    CLAIM_PARTS,
};

/* The elements of the credential. */
enum claim_element {
    CLAIM_ACCESS_KEY,
    CLAIM_DAY,
    CLAIM_REGION,
    CLAIM_SERVICE,
    CLAIM_END,
    CLAIM_ELEMENTS,
};

struct claim {
    const struct sigv4_request *request;
    bool is_presigned;                    /* it is the query form */
    char *parts[CLAIM_PARTS];             /* NULL: not given */
    const char *elements[CLAIM_ELEMENTS]; /* point into the credential */
    int64_t time_ms;
    int64_t expires_s; /* 0 in the header form */
};

/*
 * Reads the request's claim (it is borrowed until claim_finish, which is called
 * whatever the verdict).  SIGV4_OK: every part is there and well formed, and
 * all headers that must be signed are.  Otherwise SIGV4_MISSING or
 * SIGV4_INCOMPLETE, and why in `detail`.
 */
enum sigv4_verdict claim_read(struct claim *claim,
                              const struct sigv4_request *request,
                              char detail[static SIGV4_DETAIL_BYTES]);
void claim_finish(struct claim *claim);

/* Whether the claim names the header (any case) among the signed ones. */
bool claim_has_signed(const struct claim *claim, const char *name);

/* The first value of the request's header, as it came; NULL: it has none. */
const char *claim_header(const struct claim *claim, const char *name);
