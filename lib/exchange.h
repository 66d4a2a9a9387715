#pragma once

#include <stddef.h>

#include "basics.h"
#include "http.h"
#include "request.h"

/*
 * One HTTP request and its answer.
 *
 * Whoever is handed an exchange answers it exactly once, now or later, whatever
 * happens: if the client goes away meanwhile the answer is dropped.  After the
 * answer the exchange is no longer theirs.  What the accessors give lives until
 * then.
 */
struct exchange;

const struct request *exchange_request(const struct exchange *exchange);

/* The client's address. */
const char *exchange_address(const struct exchange *exchange);

/* Who asks, to count requests; NULL if the client is gone. */
struct visitor *exchange_visitor(const struct exchange *exchange);

/*
 * Reads the body as it comes.  `on_bytes` may answer the exchange: then no more
 * comes.  `on_end` is called once unless it did: with 0 when all of it is
 * there, E_TIMEOUT when it came too slowly, or E_CONNECTION when the client is
 * gone; and whoever gets it still answers.  Both may be called before
 * exchange_read returns.
 */
struct exchange_reader {
    void (*on_bytes)(void *owner, const char *bytes, size_t len);
    void (*on_end)(void *owner, int error);
};
void exchange_read(struct exchange *exchange,
                   const struct exchange_reader *reader, void *owner);

/*
 * Reads the body into memory.  `on_end`'s error is also E_TOO_LARGE, when the
 * Content-Length is over `limit`: then nothing was read.  The body is borrowed
 * until the exchange is answered.
 */
typedef void exchange_body_fn(void *owner, int error, const char *body,
                              size_t len);
void exchange_read_all(struct exchange *exchange, size_t limit,
                       exchange_body_fn *on_end, void *owner);

/* An answer.  Date, Content-Length and Connection are added. */
struct exchange_answer {
    int status;
    const struct http_header *headers;
    size_t header_count;
    const void *body;
    size_t body_bytes;
    /* Called with `body` when it is no longer needed, even if the client is
     * gone; NULL: it lives long enough by itself. */
    void (*body_free)(void *body);
    bool is_last; /* close the connection behind it */
};
void exchange_answer(struct exchange *exchange,
                     const struct exchange_answer *answer);

/*
 * Makes the answer a stream without an end (Server-Sent Events): writes the
 * head, and gives the wire to write to.  `on_writable` comes after
 * wire_want_writable, `on_gone` once, at the end, and wire_hang_up brings it
 * about.  NULL if the client is gone already (on_gone is not called).
 */
struct wire;
struct exchange_stream {
    void (*on_writable)(void *owner);
    void (*on_gone)(void *owner);
};
struct wire *exchange_stream(struct exchange *exchange,
                             const struct http_header *headers,
                             size_t header_count,
                             const struct exchange_stream *stream, void *owner);

/* ---- for web.c ---- */

struct caller;
struct exchange_limits {
    struct wheel *wheel;
    int64_t body_grace_ms; /* that a body may be slow */
    size_t body_least_s;   /* bytes a second that it must make after that */
    int64_t body_ms;       /* that it may take at all; 0: any time */
};
struct exchange *exchange_begin(struct caller *caller,
                                const struct request *request,
                                const struct exchange_limits *limits);

/* Nobody answers it: its connection becomes something else.  The request is the
 * caller's again. */
struct caller *exchange_abandon(struct exchange *exchange,
                                struct request *request);
