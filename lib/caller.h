#pragma once

#include <stddef.h>

#include <uv.h>

#include "basics.h"
#include "buffer.h"
#include "request.h"
#include "wheel.h"
#include "wire.h"

/*
 * A client's HTTP/1.1 connection: heads come in, each followed by its body, one
 * request at a time.  What it asks is answered by an exchange, the layer above;
 * nobody else needs this header but exchange.c and web.c.
 */
struct caller;

struct caller_events {
    /* A request has come; its memory is the callee's.  Its body is not read
     * before caller_read_body. */
    void (*on_request)(void *owner, struct caller *caller,
                       const struct request *request);
    /* Fills the whole answer to a head that is refused: a verdict, or
     * REQUEST_UNFINISHED for one that took too long. */
    void (*on_refuse)(void *owner, enum request_verdict verdict,
                      struct buffer *answer);
    /* It is no more; `guest` goes back to whoever gave it. */
    void (*on_left)(void *owner, void *guest);
};

/* What happens to the request that is being served; `asker` is who serves it.
 */
struct caller_asker {
    void (*on_body)(void *asker, const char *bytes, size_t len);
    void (*on_body_end)(void *asker);
    void (*on_writable)(void *asker);
    void (*on_gone)(void *asker);
};

struct caller_limits {
    uv_loop_t *loop;
    struct wheel *wheel;
    int64_t head_ms; /* that a head may take */
    int64_t idle_ms; /* between two requests */
    bool is_leaving; /* who comes in now may ask once, and soon */
};

/* Callers that are there: each puts itself in, and takes itself out. */
struct caller_list {
    struct caller *first;
};

/* Takes a connected socket over.  The list, `limits`, `events` and what they
 * point to outlive every caller. */
void caller_welcome(struct caller_list *list, int fd, const char *address,
                    void *guest, const struct caller_limits *limits,
                    const struct caller_events *events, void *owner);

/* Says goodbye to everyone in the list who asks nothing now; the others'
 * answers will be their last.  Who has just come in may still ask. */
void caller_take_leave_of_all(struct caller_list *list);

/* Ends everyone in the list at once. */
void caller_dismiss_all(struct caller_list *list);

/* From on_request on, until the request's end. */
void caller_serve(struct caller *caller, const struct caller_asker *asker,
                  void *owner);

/* The body may come now, if there is one; where it came with the head, on_body
 * is called before this returns. */
void caller_read_body(struct caller *caller);

/* Nothing more of the body is wanted. */
void caller_stop_body(struct caller *caller);

/* As wire_want_writable; a peer that takes nothing for long is cut off. */
void caller_await_writable(struct caller *caller);

/* The request is answered.  The next one may come, or goodbye is said: when
 * `is_last`, or when a body was left unread. */
void caller_next(struct caller *caller, bool is_last);

/* Whether the answer to its request will be its last in any case. */
bool caller_is_leaving(const struct caller *caller);

/* The answer goes on for ever: only its end is told. */
void caller_stream(struct caller *caller);

/* Gives its socket away; -1 if something came behind the request's head (then
 * it is ended).  The caller is no more; the guest goes along. */
int caller_give(struct caller *caller);

struct wire *caller_wire(struct caller *caller);
const char *caller_address(const struct caller *caller);
void *caller_guest(const struct caller *caller);
