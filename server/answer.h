#pragma once

#include "exchange.h"
#include "problem.h"

/*
 * How this server answers: JSON and problem documents, with the headers that
 * every answer has.
 */

/* More headers than most answers have; NULL texts are left out. */
struct answer_extras {
    const char *location;
    const char *offset; /* Facewire-Offset */
    const char *allow;  /* of a 405 */
    const char *cache;  /* Cache-Control; NULL: no-store */
    const char *etag;
    const char *encoding; /* Content-Encoding */
    const char *policy;   /* Content-Security-Policy; NULL: of an API */
    bool is_repeated;     /* Idempotency-Replayed: true */
    bool is_upgrade;      /* of a 426: what to upgrade to */
};

/* Answers with JSON, which is taken over. */
void answer_json(struct exchange *exchange, int status, char *json,
                 const struct answer_extras *extras);

/* Answers with a problem; `detail` NULL: its own sentence. */
void answer_problem(struct exchange *exchange, enum problem problem,
                    const char *detail);

/* 405, with the methods that the address takes. */
void answer_wrong_method(struct exchange *exchange, const char *allow);

/* 426: come again with the handshake of a WebSocket. */
void answer_upgrade_required(struct exchange *exchange);

/* The same with what went wrong on our side: E_UNAVAILABLE and its like are
 * `unavailable`, with `part` in the sentence; all else is `internal`. */
void answer_failure(struct exchange *exchange, int error, const char *part);

/* Answers with bytes.  `bytes_free` NULL: they live long enough. */
void answer_bytes(struct exchange *exchange, int status, const char *type,
                  const void *bytes, size_t len, void (*bytes_free)(void *),
                  const struct answer_extras *extras);

/* A whole answer for a request that was refused before there was an exchange.
 */
struct buffer;
void answer_refusal(struct buffer *answer, enum problem problem);
