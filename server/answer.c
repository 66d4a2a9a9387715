/*
 * answer.c - how this server answers
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "answer_head.h"
#include "buffer.h"
#include "errors.h"

enum { HEADERS_MAX = 16 };

/* Nothing that an API answers is a page. */
static const char api_policy[] = "default-src 'none'; frame-ancestors 'none'";

struct headers {
    struct http_header list[HEADERS_MAX];
    size_t count;
};

static void add(struct headers *headers, const char *name, const char *value)
{
    if (!value)
        return;
    assert(headers->count < HEADERS_MAX);
    headers->list[headers->count++] = (struct http_header){name, value};
}

static void add_common(struct headers *headers, const char *type,
                       const struct answer_extras *extras)
{
    add(headers, "Content-Type", type);
    add(headers, "Cache-Control", extras->cache ? extras->cache : "no-store");
    add(headers, "Content-Security-Policy",
        extras->policy ? extras->policy : api_policy);
    add(headers, "X-Content-Type-Options", "nosniff");
    add(headers, "X-Frame-Options", "DENY");
    add(headers, "Referrer-Policy", "no-referrer");
    add(headers, "Cross-Origin-Resource-Policy", "same-origin");
    add(headers, "Permissions-Policy", "camera=(self), microphone=()");
    add(headers, "Location", extras->location);
    add(headers, "Facewire-Offset", extras->offset);
    add(headers, "Allow", extras->allow);
    add(headers, "Upgrade", extras->is_upgrade ? "websocket" : NULL);
    add(headers, "Connection", extras->is_upgrade ? "Upgrade" : NULL);
    add(headers, "Sec-WebSocket-Version", extras->is_upgrade ? "13" : NULL);
    add(headers, "ETag", extras->etag);
    add(headers, "Content-Encoding", extras->encoding);
    add(headers, "Vary", extras->etag ? "Accept-Encoding" : NULL);
    add(headers, "Idempotency-Replayed", extras->is_repeated ? "true" : NULL);
}

void answer_bytes(struct exchange *exchange, int status, const char *type,
                  const void *bytes, size_t len, void (*bytes_free)(void *),
                  const struct answer_extras *extras)
{
    static const struct answer_extras none;
    struct headers headers = {0};

    add_common(&headers, type, extras ? extras : &none);
    if (status == 429 || status == 503)
        add(&headers, "Retry-After", "2");
    if (status == 401)
        add(&headers, "WWW-Authenticate", "Bearer");
    exchange_answer(exchange,
                    &(struct exchange_answer){.status = status,
                                              .headers = headers.list,
                                              .header_count = headers.count,
                                              .body = bytes,
                                              .body_bytes = len,
                                              .body_free = bytes_free});
}

void answer_json(struct exchange *exchange, int status, char *json,
                 const struct answer_extras *extras)
{
    answer_bytes(exchange, status, "application/json", json, strlen(json), free,
                 extras);
}

static void answer_document(struct exchange *exchange, enum problem problem,
                            const char *detail,
                            const struct answer_extras *extras)
{
    char *document = problem_document(problem, detail);

    answer_bytes(exchange, problem_status(problem), "application/problem+json",
                 document, strlen(document), free, extras);
}

void answer_problem(struct exchange *exchange, enum problem problem,
                    const char *detail)
{
    answer_document(exchange, problem, detail && *detail ? detail : NULL, NULL);
}

void answer_wrong_method(struct exchange *exchange, const char *allow)
{
    answer_document(exchange, PROBLEM_METHOD_NOT_ALLOWED, NULL,
                    &(struct answer_extras){.allow = allow});
}

void answer_upgrade_required(struct exchange *exchange)
{
    answer_document(exchange, PROBLEM_UPGRADE_REQUIRED, NULL,
                    &(struct answer_extras){.is_upgrade = true});
}

void answer_failure(struct exchange *exchange, int error, const char *part)
{
    char detail[128];

    switch (error) {
    case E_CONNECTION:
        snprintf(detail, sizeof detail,
                 "The %s was lost in the middle; what was asked for may have "
                 "been done.",
                 part);
        answer_problem(exchange, PROBLEM_UNAVAILABLE, detail);
        break;
    case E_UNAVAILABLE:
    case E_TIMEOUT:
    case E_BUSY:
    case E_IO:
        snprintf(detail, sizeof detail,
                 "The %s cannot be used now; nothing was changed.", part);
        answer_problem(exchange, PROBLEM_UNAVAILABLE, detail);
        break;
    default:
        answer_problem(exchange, PROBLEM_INTERNAL, NULL);
    }
}

void answer_refusal(struct buffer *answer, enum problem problem)
{
    /* A method that nobody here takes; what an address takes is not known. */
    struct answer_extras extras = {.allow = problem_status(problem) == 405
                                                ? "GET, HEAD, POST, PATCH, "
                                                  "DELETE"
                                                : NULL};
    char *document = problem_document(problem, NULL);
    struct headers headers = {0};

    add_common(&headers, "application/problem+json", &extras);
    answer_head(answer, problem_status(problem), headers.list, headers.count);
    buffer_printf(answer, "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                  strlen(document), document);
    free(document);
}
