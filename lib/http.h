#pragma once

#include <stddef.h>

#include <uv.h>

#include "basics.h"
#include "buffer.h"

/*
 * An HTTP client on the loop: many requests at a time, connections reused,
 * every answer bounded in bytes and time.  libcurl is behind it.
 */
struct http;

struct http_header {
    const char *name;
    const char *value;
};

/* Borrowed for the call to http_send, but for `body`, which stays until done.
 */
struct http_request {
    const char *method;
    const char *url; /* http or https; others are refused */
    const struct http_header *headers;
    size_t header_count;
    const void *body;
    size_t body_bytes;
    int64_t limit_ms;    /* of the whole request */
    int64_t connect_ms;  /* of the connection, name and TLS included */
    size_t answer_bytes; /* the most that the body may have */
    const char *ca_file; /* certificates to trust; NULL: the system's */
};

/* Borrowed for the call to `done`. */
struct http_answer {
    int status;
    const char *body; /* with a zero byte behind it */
    size_t body_bytes;
    const struct http_header *headers;
    size_t header_count;
};

/*
 * `error` is 0 when an answer came, whatever its status; else E_UNAVAILABLE (no
 * connection), E_TIMEOUT, E_CONNECTION (lost in the middle), E_TOO_LARGE,
 * E_PROTOCOL or E_CANCELLED, and `answer` is NULL.
 */
typedef void http_done_fn(void *owner, int error,
                          const struct http_answer *answer);

/* `connections` is the most that are open to one host. */
struct http *http_create(uv_loop_t *loop, size_t connections) MUST_CHECK;

/* Requests under way end with E_CANCELLED before it returns; then nothing of
 * it is left on the loop once the loop has turned. */
void http_destroy(struct http *http);

/* PENDING; E_INVALID (the request is not well formed) or E_CANCELLED (the
 * client is being destroyed), and nothing was started.  `done` is never called
 * before it returns. */
int http_send(struct http *http, const struct http_request *request,
              http_done_fn *done, void *owner) MUST_CHECK;

/* The value of the answer's header (any case); NULL: it has none. */
const char *http_answer_header(const struct http_answer *answer,
                               const char *name);
