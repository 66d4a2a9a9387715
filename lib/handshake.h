#pragma once

#include "basics.h"
#include "buffer.h"
#include "request.h"

/* A WebSocket's opening handshake (RFC 6455, section 4), the server's side. */

/* Whether the request is a well-formed one that offers the subprotocol. */
bool handshake_is_asked(const struct request *request, const char *subprotocol);

/* Writes the answer to such a request. */
void handshake_write(const struct request *request, const char *subprotocol,
                     struct buffer *out);
