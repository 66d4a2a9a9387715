/*
 * sigv4_verify.c - judges the signature of a request that came in
 *
 * The claim that the request makes walks down the table `steps`; the first one
 * that finds fault ends it with a verdict and a sentence.  What is cheap comes
 * first: the body is hashed last, for a caller whose key, scope and clock are
 * good.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canonical.h"
#include "claim.h"
#include "clock.h"
#include "signature.h"
#include "xalloc.h"

struct trial {
    struct claim claim;
    const struct sigv4_request *request;
    const struct sigv4_verifier *verifier;
    struct sigv4_credentials credentials; /* the verifier's, once found */
    char payload_hash[SIGV4_SIGNATURE_BYTES];
    char *detail;
};

static enum sigv4_verdict check_form(struct trial *trial);
static enum sigv4_verdict check_key(struct trial *trial);
static enum sigv4_verdict check_scope(struct trial *trial);
static enum sigv4_verdict check_clock(struct trial *trial);
static enum sigv4_verdict check_payload(struct trial *trial);
static enum sigv4_verdict check_signature(struct trial *trial);

static enum sigv4_verdict (*const steps[])(struct trial *trial) = {
    check_form,  check_key,     check_scope,
    check_clock, check_payload, check_signature,
};

enum sigv4_verdict sigv4_verify(const struct sigv4_request *request,
                                const struct sigv4_verifier *verifier,
                                char detail[static SIGV4_DETAIL_BYTES])
{
    struct trial trial = {
        .request = request, .verifier = verifier, .detail = detail};
    enum sigv4_verdict verdict = claim_read(&trial.claim, request, detail);

    for (size_t i = 0; i < COUNT(steps) && verdict == SIGV4_OK; i++)
        verdict = steps[i](&trial);
    claim_finish(&trial.claim);
    return verdict;
}

static void say(struct trial *trial, const char *format, ...) PRINTS(2, 3);

static void say(struct trial *trial, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(trial->detail, SIGV4_DETAIL_BYTES, format, arguments);
    va_end(arguments);
}

static enum sigv4_verdict check_form(struct trial *trial)
{
    if (!trial->claim.is_presigned || trial->verifier->presigned)
        return SIGV4_OK;
    say(trial, "A signature in the query is not taken here: it belongs in the "
               "header Authorization.");
    return SIGV4_MISSING;
}

/* A token must be there, and be that of the key, exactly when the key has one;
 * whoever tries keys out learns no more than that. */
static enum sigv4_verdict check_key(struct trial *trial)
{
    const struct sigv4_verifier *verifier = trial->verifier;
    const char *token = trial->claim.parts[CLAIM_TOKEN];
    struct sigv4_credentials *credentials = &trial->credentials;

    if (verifier->find(verifier->owner, trial->claim.elements[CLAIM_ACCESS_KEY],
                       credentials)) {
        if (!credentials->token && !token)
            return SIGV4_OK;
        if (credentials->token && token &&
            digest_equal(credentials->token, token))
            return SIGV4_OK;
    }
    say(trial, "The security token included in the request is invalid.");
    return SIGV4_UNKNOWN_KEY;
}

static enum sigv4_verdict check_scope(struct trial *trial)
{
    const char *const *elements = trial->claim.elements;
    char date[CLOCK_COMPACT_BYTES];

    clock_compact(trial->claim.time_ms, date);
    date[strlen("20261121")] = '\0';
    if (strcmp(elements[CLAIM_REGION], trial->verifier->region) != 0)
        say(trial, "Credential should be scoped to a valid region.");
    else if (strcmp(elements[CLAIM_SERVICE], trial->verifier->service) != 0)
        say(trial, "Credential should be scoped to correct service: '%s'.",
            trial->verifier->service);
    else if (strcmp(elements[CLAIM_END], SIGNATURE_END) != 0)
        say(trial, "Credential should be scoped with a valid terminator: "
                   "'" SIGNATURE_END "'.");
    else if (strcmp(elements[CLAIM_DAY], date) != 0)
        say(trial, "Date in Credential scope does not match YYYYMMDD from "
                   "ISO-8601 version of date from HTTP");
    else
        return SIGV4_OK;
    return SIGV4_WRONG_SCOPE;
}

/* A presigned request is good from its date on for as long as it says; any
 * other, for the tolerance. */
static enum sigv4_verdict check_clock(struct trial *trial)
{
    const struct sigv4_verifier *verifier = trial->verifier;
    const struct claim *claim = &trial->claim;
    const long long minutes = verifier->tolerance_ms / 60000;
    char date[CLOCK_COMPACT_BYTES], limit[CLOCK_COMPACT_BYTES];
    char now[CLOCK_COMPACT_BYTES];

    clock_compact(claim->time_ms, date);
    clock_compact(verifier->now_ms, now);
    if (claim->time_ms > verifier->now_ms + verifier->tolerance_ms) {
        clock_compact(verifier->now_ms + verifier->tolerance_ms, limit);
        say(trial,
            "Signature not yet current: %s is still later than %s "
            "(%s + %lld min.)",
            date, limit, now, minutes);
        return SIGV4_NOT_YET;
    }
    if (claim->is_presigned) {
        if (verifier->now_ms <= claim->time_ms + claim->expires_s * 1000)
            return SIGV4_OK;
        say(trial, "Request has expired");
        return SIGV4_EXPIRED;
    }
    if (claim->time_ms < verifier->now_ms - verifier->tolerance_ms) {
        clock_compact(verifier->now_ms - verifier->tolerance_ms, limit);
        say(trial,
            "Signature expired: %s is now earlier than %s (%s - %lld min.)",
            date, limit, now, minutes);
        return SIGV4_EXPIRED;
    }
    return SIGV4_OK;
}

/* The hash that was signed must be that of the body which came, unless the
 * payload was left out and that is good enough. */
static enum sigv4_verdict check_payload(struct trial *trial)
{
    const struct sigv4_request *request = trial->request;
    const char *told = trial->claim.parts[CLAIM_HASH];
    char hash[DIGEST_HEX_BYTES];

    if (!told && trial->claim.is_presigned &&
        strcmp(trial->verifier->service, "s3") == 0)
        told = SIGNATURE_NO_PAYLOAD_HASH;
    if (told && strcmp(told, SIGNATURE_NO_PAYLOAD_HASH) == 0 &&
        trial->verifier->unsigned_payload) {
        snprintf(trial->payload_hash, sizeof trial->payload_hash, "%s", told);
        return SIGV4_OK;
    }
    if (request->payload_hash)
        snprintf(hash, sizeof hash, "%s", request->payload_hash);
    else
        digest_sha256_hex(request->body, request->body_bytes, hash);
    if (told && strcmp(told, hash) != 0) {
        say(trial, "The provided 'x-amz-content-sha256' header does not match "
                   "what was computed.");
        return SIGV4_WRONG_SIGNATURE;
    }
    memcpy(trial->payload_hash, hash, sizeof hash);
    return SIGV4_OK;
}

/* The headers that the claim names; one that is named and not sent is missing
 * here, and so the signature does not match. */
static struct sigv4_header *signed_headers(const struct trial *trial,
                                           size_t *count)
{
    const struct sigv4_request *request = trial->request;
    struct sigv4_header *headers =
        xcalloc(request->header_count, sizeof *headers);

    *count = 0;
    for (size_t i = 0; i < request->header_count; i++)
        if (claim_has_signed(&trial->claim, request->headers[i].name))
            headers[(*count)++] = request->headers[i];
    return headers;
}

static enum sigv4_verdict check_signature(struct trial *trial)
{
    const struct sigv4_scope scope = {.region = trial->verifier->region,
                                      .service = trial->verifier->service,
                                      .time_ms = trial->claim.time_ms};
    const bool is_s3 = strcmp(scope.service, "s3") == 0;
    struct canonical canonical = {
        .method = trial->request->method,
        .path = trial->request->path,
        .query = trial->request->query,
        .without = trial->claim.is_presigned ? "X-Amz-Signature" : NULL,
        .names = trial->claim.parts[CLAIM_NAMES],
        .payload_hash = trial->payload_hash,
        .options = is_s3 ? SIGV4_PATH_AS_IS : 0,
    };
    struct sigv4_header *headers;
    struct buffer text = {0}, to_sign = {0};
    char signature[SIGV4_SIGNATURE_BYTES];

    canonical.headers = headers =
        signed_headers(trial, &canonical.header_count);
    canonical_write(&canonical, &text);
    signature_add_text(&text, &scope, &to_sign);
    signature_make(trial->credentials.secret, &scope, to_sign.bytes,
                   to_sign.len, signature);
    free(headers);
    buffer_finish(&text);
    buffer_finish(&to_sign);

    if (digest_equal(signature, trial->claim.parts[CLAIM_SIGNATURE]))
        return SIGV4_OK;
    say(trial,
        "The request signature we calculated does not match the signature you "
        "provided. Check your AWS Secret Access Key and signing method. "
        "Consult the service documentation for details.");
    return SIGV4_WRONG_SIGNATURE;
}
