#pragma once

#include <uv.h>

#include "basics.h"

/*
 * Where connections come in: a listening socket of our own.  Several processes
 * can listen at one port (SO_REUSEPORT); the kernel spreads connections over
 * them.
 */
struct reception;

/* A connection: the socket, non-blocking, is the callee's. */
typedef void reception_fn(void *owner, int fd, const char *address);

/* `host` is an address ("127.0.0.1", "::"), `port` 0 any free one.  Where
 * `is_alone`, no other process may listen at the port.  NULL, with the reason
 * in `problem`, if nobody can listen there. */
struct reception *reception_create(uv_loop_t *loop, const char *host, int port,
                                   bool is_alone, reception_fn *on_connection,
                                   void *owner,
                                   char problem[static 256]) MUST_CHECK;

/* Lets in those whose connection has begun, for a quarter of a second, and
 * closes then; whoever comes meanwhile gets no answer, and asks again by
 * himself when others may listen there. */
void reception_close(struct reception *reception);

/* Lets in those who wait, and closes. */
void reception_close_now(struct reception *reception);

/* Whether somebody may still come in. */
bool reception_is_open(const struct reception *reception);

/* Closes it at once if need be, and frees it once the loop has turned. */
void reception_destroy(struct reception *reception);

int reception_port(const struct reception *reception);
