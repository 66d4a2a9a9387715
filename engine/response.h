#pragma once

#include "buffer.h"
#include "exception.h"
#include "exchange.h"

/*
 * How the engine answers.  Every answer names the engine and the request, so
 * that a client's log and ours can be laid side by side.
 */

/* Takes the JSON over.  HEAD and everything else is the exchange's matter. */
void response_send(struct exchange *exchange, const char *request_id,
                   char *json);

/* `message` NULL: the exception's own sentence. */
void response_refuse(struct exchange *exchange, const char *request_id,
                     enum exception exception, const char *message);

/* What is no operation's answer.  Takes the body over. */
void response_send_plain(struct exchange *exchange, int status,
                         const char *content_type, char *body);

/* The whole answer to a head that nobody can read; what it refuses with. */
enum exception response_refuse_head(struct buffer *answer,
                                    enum request_verdict verdict);
