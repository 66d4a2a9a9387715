/*
 * sigv4.c - signs requests, in their headers or in their query
 *
 * Either way a request becomes a draft first: the headers that count, the
 * payload's hash, the canonical request and the string to sign.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "canonical.h"
#include "clock.h"
#include "query.h"
#include "signature.h"
#include "xalloc.h"

/* What is on its way to a signature. */
struct draft {
    char date[CLOCK_COMPACT_BYTES];
    char body_hash[DIGEST_HEX_BYTES]; /* "" while nobody asked for it */
    const char *payload_hash;         /* borrowed, body_hash perhaps */
    struct sigv4_header *headers;     /* that are signed; borrowed texts */
    size_t header_count;
    struct buffer names; /* of them */
    struct buffer canonical;
    struct buffer to_sign;
};

enum { ADDED_MAX = 3 }; /* headers that the signer adds */

/* What proxies and HTTP libraries add, change and take away.  A "-" at the end
 * stands for every name that begins so. */
static const char *const never_signed[] = {
    "authorization", "connection",      "expect",
    "keep-alive",    "proxy-",          "te",
    "trailer",       "upgrade",         "transfer-encoding",
    "user-agent",    "x-amzn-trace-id",
};

static bool is_signable(const char *name)
{
    for (size_t i = 0; i < COUNT(never_signed); i++) {
        size_t len = strlen(never_signed[i]);

        if (never_signed[i][len - 1] != '-')
            len++; /* the zero byte too */
        if (strncasecmp(name, never_signed[i], len) == 0)
            return false;
    }
    return true;
}

static const char *header_value(const struct sigv4_header *headers,
                                size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return headers[i].value;
    return NULL;
}

/* The first step of either form; `fallback` is the hash of a payload whose hash
 * the request does not tell, NULL: it is computed. */
static void draft_start(struct draft *draft,
                        const struct sigv4_request *request,
                        const struct sigv4_scope *scope, const char *fallback)
{
    *draft = (struct draft){.payload_hash = request->payload_hash};
    clock_compact(scope->time_ms, draft->date);
    if (!draft->payload_hash)
        draft->payload_hash = header_value(
            request->headers, request->header_count, "x-amz-content-sha256");
    if (!draft->payload_hash)
        draft->payload_hash = fallback;
    if (!draft->payload_hash) {
        digest_sha256_hex(request->body, request->body_bytes, draft->body_hash);
        draft->payload_hash = draft->body_hash;
    }
}

/* The second: the request's headers that may be signed, and the added ones,
 * which stand for any of the same name. */
static void draft_headers(struct draft *draft,
                          const struct sigv4_request *request,
                          const struct sigv4_header *added, size_t added_count)
{
    draft->headers =
        xcalloc(request->header_count + added_count, sizeof *draft->headers);
    for (size_t i = 0; i < request->header_count; i++) {
        const struct sigv4_header *header = &request->headers[i];

        if (is_signable(header->name) &&
            !header_value(added, added_count, header->name))
            draft->headers[draft->header_count++] = *header;
    }
    for (size_t i = 0; i < added_count; i++)
        draft->headers[draft->header_count++] = added[i];
    canonical_names(draft->headers, draft->header_count, &draft->names);
}

/* The last. */
static void draft_texts(struct draft *draft,
                        const struct sigv4_request *request, const char *query,
                        const struct sigv4_scope *scope, int options)
{
    const struct canonical canonical = {
        .method = request->method,
        .path = request->path,
        .query = query,
        .headers = draft->headers,
        .header_count = draft->header_count,
        .names = buffer_text(&draft->names),
        .payload_hash = draft->payload_hash,
        .options = options,
    };

    canonical_write(&canonical, &draft->canonical);
    signature_add_text(&draft->canonical, scope, &draft->to_sign);
}

static void draft_finish(struct draft *draft)
{
    free(draft->headers);
    buffer_finish(&draft->names);
    buffer_finish(&draft->canonical);
    buffer_finish(&draft->to_sign);
}

static void draft_in_headers(struct draft *draft,
                             const struct sigv4_request *request,
                             const struct sigv4_credentials *credentials,
                             const struct sigv4_scope *scope, int options)
{
    struct sigv4_header added[ADDED_MAX];
    size_t count = 0;

    draft_start(draft, request, scope, NULL);
    added[count++] = (struct sigv4_header){"x-amz-date", draft->date};
    if (credentials->token && !(options & SIGV4_TOKEN_AFTER))
        added[count++] =
            (struct sigv4_header){"x-amz-security-token", credentials->token};
    if (options & SIGV4_SEND_HASH)
        added[count++] =
            (struct sigv4_header){"x-amz-content-sha256", draft->payload_hash};
    draft_headers(draft, request, added, count);
    draft_texts(draft, request, request->query, scope, options);
}

static void add_credential(const struct sigv4_credentials *credentials,
                           const struct sigv4_scope *scope, struct buffer *out)
{
    buffer_printf(out, "%s/", credentials->access_key);
    signature_add_scope(scope, out);
}

void sigv4_sign(const struct sigv4_request *request,
                const struct sigv4_credentials *credentials,
                const struct sigv4_scope *scope, int options,
                struct sigv4_signed *out)
{
    struct buffer authorization = {0};
    struct draft draft;

    draft_in_headers(&draft, request, credentials, scope, options);
    *out = (struct sigv4_signed){.token = xstrdup(credentials->token)};
    memcpy(out->date, draft.date, sizeof out->date);
    if (options & SIGV4_SEND_HASH)
        out->content_sha256 = xstrdup(draft.payload_hash);
    signature_make(credentials->secret, scope, draft.to_sign.bytes,
                   draft.to_sign.len, out->signature);
    buffer_add_text(&authorization, SIGNATURE_ALGORITHM " Credential=");
    add_credential(credentials, scope, &authorization);
    buffer_printf(&authorization, ", SignedHeaders=%s, Signature=%s",
                  buffer_text(&draft.names), out->signature);
    out->authorization = buffer_take(&authorization);
    draft_finish(&draft);
}

void sigv4_signed_finish(struct sigv4_signed *out)
{
    free(out->token);
    free(out->content_sha256);
    free(out->authorization);
    *out = (struct sigv4_signed){0};
}

static void add_parameter(struct buffer *query, const char *name,
                          const char *value)
{
    buffer_printf(query, "%s%s=", query->len ? "&" : "", name);
    percent_encode(query, value, strlen(value), "");
}

/* Adds all of a presigned query but the token and the signature. */
static void add_parameters(const struct draft *draft,
                           const struct sigv4_credentials *credentials,
                           const struct sigv4_scope *scope, int64_t expires_s,
                           struct buffer *query)
{
    struct buffer credential = {0};

    add_credential(credentials, scope, &credential);
    add_parameter(query, "X-Amz-Algorithm", SIGNATURE_ALGORITHM);
    add_parameter(query, "X-Amz-Credential", buffer_text(&credential));
    add_parameter(query, "X-Amz-Date", draft->date);
    buffer_printf(query, "&X-Amz-Expires=%lld", (long long)expires_s);
    add_parameter(query, "X-Amz-SignedHeaders", buffer_text(&draft->names));
    buffer_finish(&credential);
}

char *sigv4_presign(const struct sigv4_request *request,
                    const struct sigv4_credentials *credentials,
                    const struct sigv4_scope *scope, int64_t expires_s,
                    int options)
{
    bool is_s3 = strcmp(scope->service, "s3") == 0;
    struct buffer query = {0};
    char signature[DIGEST_HEX_BYTES];
    struct draft draft;

    assert(expires_s >= 1 && expires_s <= SIGV4_EXPIRES_MAX);
    draft_start(&draft, request, scope,
                is_s3 ? SIGNATURE_NO_PAYLOAD_HASH : NULL);
    draft_headers(&draft, request, NULL, 0);
    buffer_add_text(&query, request->query ? request->query : "");
    add_parameters(&draft, credentials, scope, expires_s, &query);
    if (credentials->token && !(options & SIGV4_TOKEN_AFTER))
        add_parameter(&query, "X-Amz-Security-Token", credentials->token);
    draft_texts(&draft, request, buffer_text(&query), scope, options);
    signature_make(credentials->secret, scope, draft.to_sign.bytes,
                   draft.to_sign.len, signature);
    if (credentials->token && options & SIGV4_TOKEN_AFTER)
        add_parameter(&query, "X-Amz-Security-Token", credentials->token);
    add_parameter(&query, "X-Amz-Signature", signature);
    draft_finish(&draft);
    return buffer_take(&query);
}

void sigv4_sign_policy(const char *policy,
                       const struct sigv4_credentials *credentials,
                       const struct sigv4_scope *scope,
                       char signature[static SIGV4_SIGNATURE_BYTES])
{
    signature_make(credentials->secret, scope, policy, strlen(policy),
                   signature);
}

void sigv4_explain(const struct sigv4_request *request,
                   const struct sigv4_credentials *credentials,
                   const struct sigv4_scope *scope, int options,
                   struct buffer *canonical, struct buffer *to_sign)
{
    struct draft draft;

    draft_in_headers(&draft, request, credentials, scope, options);
    buffer_clear(canonical);
    buffer_add(canonical, draft.canonical.bytes, draft.canonical.len);
    buffer_clear(to_sign);
    buffer_add(to_sign, draft.to_sign.bytes, draft.to_sign.len);
    draft_finish(&draft);
}
