/*
 * exchange.c - one HTTP request and its answer
 *
 * An exchange is held by two: by its caller, until the answer is written or the
 * connection has ended, and by whoever answers it, until they have.  It is
 * freed when both have let go.
 */
#include <stdlib.h>
#include <string.h>

#include "answer_head.h"
#include "buffer.h"
#include "caller.h"
#include "clock.h"
#include "errors.h"
#include "exchange.h"
#include "xalloc.h"

enum {
    WRITE_BYTES = 64 * 1024, /* at a time */
    CHECK_MS = 1000,         /* how often a body's pace is looked at */
};

enum state {
    ASKED,     /* whoever answers has it; nothing of a body was asked for */
    READING,   /* its body goes to the reader */
    THINKING,  /* its body has ended; an answer is awaited */
    ANSWERING, /* the answer is being written */
    STREAMING, /* the answer has no end */
};

struct exchange {
    struct caller *caller; /* NULL: it is gone, or has its answer */
    const struct exchange_limits *limits;
    struct request request; /* ours */
    char *address;
    enum state state;
    bool is_answered;

    size_t body_read; /* bytes so far */
    int64_t began_ms;
    struct wheel_entry pace;
    const struct exchange_reader *reader;
    void *reader_owner;
    struct buffer body; /* of exchange_read_all */
    exchange_body_fn *on_body;
    void *body_owner;

    struct exchange_answer answer;
    size_t written; /* of the answer's body */

    const struct exchange_stream *stream;
    void *stream_owner;
};

static void let_go(struct exchange *exchange)
{
    if (!exchange->is_answered || exchange->caller)
        return;
    wheel_cancel(&exchange->pace);
    if (exchange->answer.body_free)
        exchange->answer.body_free((void *)exchange->answer.body);
    buffer_finish(&exchange->body);
    request_finish(&exchange->request);
    free(exchange->address);
    free(exchange);
}

const struct request *exchange_request(const struct exchange *exchange)
{
    return &exchange->request;
}

const char *exchange_address(const struct exchange *exchange)
{
    return exchange->address;
}

struct visitor *exchange_visitor(const struct exchange *exchange)
{
    return exchange->caller ? caller_guest(exchange->caller) : NULL;
}

/* ---- its body ---- */

static void body_ended(struct exchange *exchange, int error)
{
    assert(exchange->state == READING);
    exchange->state = THINKING;
    wheel_cancel(&exchange->pace);
    exchange->reader->on_end(exchange->reader_owner, error);
}

/* A body may pause for a while; then it must have made its least pace since it
 * began. */
static bool is_too_slow(const struct exchange *exchange)
{
    const struct exchange_limits *limits = exchange->limits;
    int64_t took_ms = clock_steady_ms() - exchange->began_ms;
    int64_t late_ms = took_ms - limits->body_grace_ms;

    return (limits->body_ms && took_ms > limits->body_ms) ||
           (late_ms > 0 && exchange->body_read / limits->body_least_s * 1000 <
                               (size_t)late_ms);
}

static void on_pace(struct wheel_entry *entry)
{
    struct exchange *exchange = container_of(entry, struct exchange, pace);

    if (is_too_slow(exchange)) {
        caller_stop_body(exchange->caller);
        body_ended(exchange, E_TIMEOUT);
        return;
    }
    wheel_set(exchange->limits->wheel, &exchange->pace, CHECK_MS, on_pace);
}

void exchange_read(struct exchange *exchange,
                   const struct exchange_reader *reader, void *owner)
{
    assert(exchange->state == ASKED);
    exchange->state = READING;
    exchange->reader = reader;
    exchange->reader_owner = owner;
    exchange->began_ms = clock_steady_ms();
    if (!exchange->caller || exchange->request.body_bytes == 0) {
        body_ended(exchange, exchange->caller ? 0 : E_CONNECTION);
        return;
    }
    wheel_set(exchange->limits->wheel, &exchange->pace, CHECK_MS, on_pace);
    caller_read_body(exchange->caller);
}

static void on_asker_body(void *owner, const char *bytes, size_t len)
{
    struct exchange *exchange = owner;

    exchange->body_read += len;
    if (exchange->state == READING)
        exchange->reader->on_bytes(exchange->reader_owner, bytes, len);
}

static void on_asker_body_end(void *owner)
{
    struct exchange *exchange = owner;

    if (exchange->state == READING)
        body_ended(exchange, 0);
}

static void on_all_bytes(void *owner, const char *bytes, size_t len)
{
    struct exchange *exchange = owner;

    buffer_add(&exchange->body, bytes, len);
}

static void on_all_end(void *owner, int error)
{
    struct exchange *exchange = owner;

    exchange->on_body(exchange->body_owner, error, buffer_text(&exchange->body),
                      exchange->body.len);
}

void exchange_read_all(struct exchange *exchange, size_t limit,
                       exchange_body_fn *on_end, void *owner)
{
    static const struct exchange_reader reader = {on_all_bytes, on_all_end};

    if (exchange->request.body_bytes > limit) {
        on_end(owner, E_TOO_LARGE, NULL, 0);
        return;
    }
    exchange->on_body = on_end;
    exchange->body_owner = owner;
    exchange_read(exchange, &reader, exchange);
}

/* ---- the answer ---- */

/* The answer is written, or nobody is there to read it. */
static void finish(struct exchange *exchange)
{
    struct caller *caller = exchange->caller;
    bool is_last = exchange->answer.is_last;

    exchange->caller = NULL;
    let_go(exchange);
    if (caller)
        caller_next(caller, is_last);
}

/* Writes the next part of the answer's body, behind what `head` holds. */
static void write_more(struct exchange *exchange, struct buffer *head)
{
    const struct exchange_answer *answer = &exchange->answer;
    size_t left = answer->body_bytes - exchange->written;
    size_t part = left < WRITE_BYTES ? left : WRITE_BYTES;
    struct wire *wire = caller_wire(exchange->caller);

    buffer_add(head, (const char *)answer->body + exchange->written, part);
    exchange->written += part;
    if (wire_write(wire, head->bytes, head->len) < 0)
        return; /* on_gone follows */
    if (part < left)
        caller_await_writable(exchange->caller);
    else
        finish(exchange);
}

/* Whether a body is left that nobody will read: then the connection ends. */
static bool has_unread_body(const struct exchange *exchange)
{
    return exchange->body_read < exchange->request.body_bytes;
}

void exchange_answer(struct exchange *exchange,
                     const struct exchange_answer *answer)
{
    struct buffer head = {0};
    bool has_body = answer->status != 204 && answer->status != 304;

    assert(!exchange->is_answered);
    wheel_cancel(&exchange->pace);
    exchange->is_answered = true;
    exchange->state = ANSWERING;
    exchange->answer = *answer;
    if (!exchange->caller) {
        finish(exchange);
        return;
    }
    exchange->answer.is_last |=
        caller_is_leaving(exchange->caller) || has_unread_body(exchange);
    answer_head(&head, answer->status, answer->headers, answer->header_count);
    if (has_body)
        buffer_printf(&head, "Content-Length: %zu\r\n", answer->body_bytes);
    if (exchange->answer.is_last)
        buffer_add_text(&head, "Connection: close\r\n");
    else if (exchange->request.wants_kept)
        buffer_add_text(&head, "Connection: keep-alive\r\n");
    buffer_add_text(&head, "\r\n");
    if (!has_body || strcmp(exchange->request.method, "HEAD") == 0)
        exchange->written = answer->body_bytes;
    write_more(exchange, &head);
    buffer_finish(&head);
}

static void on_asker_writable(void *owner)
{
    struct exchange *exchange = owner;
    struct buffer nothing = {0};

    if (exchange->state == STREAMING)
        exchange->stream->on_writable(exchange->stream_owner);
    else if (exchange->state == ANSWERING)
        write_more(exchange, &nothing);
    buffer_finish(&nothing);
}

struct wire *exchange_stream(struct exchange *exchange,
                             const struct http_header *headers,
                             size_t header_count,
                             const struct exchange_stream *stream, void *owner)
{
    struct buffer head = {0};
    struct wire *wire;

    exchange->is_answered = true;
    exchange->state = STREAMING;
    if (!exchange->caller) {
        let_go(exchange);
        return NULL;
    }
    exchange->stream = stream;
    exchange->stream_owner = owner;
    caller_stream(exchange->caller);
    wire = caller_wire(exchange->caller);
    answer_head(&head, 200, headers, header_count);
    buffer_add_text(&head, "Connection: close\r\n\r\n");
    if (wire_write(wire, head.bytes, head.len) < 0)
        wire_hang_up(wire); /* on_gone tells */
    buffer_finish(&head);
    return wire;
}

static void on_asker_gone(void *owner)
{
    struct exchange *exchange = owner;

    exchange->caller = NULL;
    if (exchange->state == STREAMING)
        exchange->stream->on_gone(exchange->stream_owner);
    if (exchange->state == READING)
        body_ended(exchange, E_CONNECTION);
    else
        let_go(exchange);
}

/* ---- for web.c ---- */

struct exchange *exchange_begin(struct caller *caller,
                                const struct request *request,
                                const struct exchange_limits *limits)
{
    static const struct caller_asker asker = {on_asker_body, on_asker_body_end,
                                              on_asker_writable, on_asker_gone};
    struct exchange *exchange = xcalloc(1, sizeof *exchange);

    exchange->caller = caller;
    exchange->limits = limits;
    exchange->request = *request;
    exchange->address = xstrdup(caller_address(caller));
    caller_serve(caller, &asker, exchange);
    return exchange;
}

struct caller *exchange_abandon(struct exchange *exchange,
                                struct request *request)
{
    struct caller *caller = exchange->caller;

    *request = exchange->request;
    exchange->request = (struct request){0};

    exchange->caller = NULL;
    exchange->is_answered = true;
    let_go(exchange);
    return caller;
}
