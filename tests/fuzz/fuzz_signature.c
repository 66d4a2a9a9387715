/*
 * fuzz_signature.c - requests that say they are signed
 *
 * The input is a request: its head and its body.  Nobody gets in without the
 * secret, and whatever we sign ourselves is found good.
 */
#include <strings.h>

#include "fuzz.h"
#include "request.h"
#include "sigv4.h"

#define ACCESS_KEY "AKIDEXAMPLE"

static const struct sigv4_credentials credentials = {
    .access_key = ACCESS_KEY,
    .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

enum { NOW_S = 1440938160 }; /* 30 August 2015, 12:36, as in AWS's examples */

static bool find(void *owner, const char *access_key,
                 struct sigv4_credentials *found)
{
    *found = credentials;
    found->token = owner;
    return strcmp(access_key, ACCESS_KEY) == 0;
}

static struct sigv4_verifier verifier_of(const char *service)
{
    return (struct sigv4_verifier){.region = "us-east-1",
                                   .service = service,
                                   .now_ms = (int64_t)NOW_S * 1000,
                                   .tolerance_ms = 300000,
                                   .presigned = true,
                                   .find = find};
}

/* A header of ours takes the place of any that came, of a date too, which must
 * not be there twice. */
static bool is_ours(const char *name)
{
    return strncasecmp(name, "x-amz-", strlen("x-amz-")) == 0 ||
           strcasecmp(name, "authorization") == 0 ||
           strcasecmp(name, "date") == 0;
}

static void sign_and_verify(struct sigv4_request *request, const char *service)
{
    struct sigv4_header headers[REQUEST_HEADERS_MAX + 2];
    const struct sigv4_verifier verifier = verifier_of(service);
    const struct sigv4_scope scope = {verifier.region, service,
                                      verifier.now_ms};
    struct sigv4_request signed_request = *request;
    struct sigv4_signed signature;
    char detail[SIGV4_DETAIL_BYTES];
    size_t count = 0;

    for (size_t i = 0; i < request->header_count; i++)
        if (!is_ours(request->headers[i].name))
            headers[count++] = request->headers[i];
    signed_request.headers = headers;
    signed_request.header_count = count;
    sigv4_sign(&signed_request, &credentials, &scope, 0, &signature);
    headers[count++] = (struct sigv4_header){"X-Amz-Date", signature.date};
    headers[count++] =
        (struct sigv4_header){"Authorization", signature.authorization};
    signed_request.header_count = count;
    if (sigv4_verify(&signed_request, &verifier, detail) != SIGV4_OK)
        fprintf(stderr, "%s\n", detail);
    MUST(detail[0] == '\0');
    sigv4_signed_finish(&signature);
}

static void verify(const struct sigv4_request *request, const char *service)
{
    const struct sigv4_verifier verifier = verifier_of(service);
    char detail[SIGV4_DETAIL_BYTES];
    enum sigv4_verdict verdict = sigv4_verify(request, &verifier, detail);

    MUST((verdict == SIGV4_OK) == (detail[0] == '\0'));
}

static void take(const struct request *head, const char *body, size_t len)
{
    struct sigv4_header headers[REQUEST_HEADERS_MAX];
    const char *query = strchr(head->target, '?');
    char *path = xmemdup(head->target, strcspn(head->target, "?"));
    struct sigv4_request request = {.method = head->method,
                                    .path = path,
                                    .query = query ? query + 1 : NULL,
                                    .headers = headers,
                                    .header_count = head->header_count,
                                    .body = body,
                                    .body_bytes = len};

    for (size_t i = 0; i < head->header_count; i++)
        headers[i] = (struct sigv4_header){head->headers[i].name,
                                           head->headers[i].value};
    verify(&request, "service");
    verify(&request, "s3");
    if (request_header(head, "host") && !(query && strstr(query, "X-Amz-")))
        sign_and_verify(&request, "service");
    free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct request head;

    if (request_read((const char *)bytes, len, &head) != REQUEST_WHOLE)
        return 0;
    take(&head, (const char *)bytes + head.head_bytes, len - head.head_bytes);
    request_finish(&head);
    return 0;
}
