#pragma once

#include "buffer.h"
#include "sample.h"

/*
 * What the parts of the pipeline take by themselves for one photo, in
 * milliseconds: nobody gets below their sum.
 */

/* The request that asks for its faces: base64, and the hash that its signature
 * needs. */
void bare_request(const struct buffer *photo, struct sample *waits_ms);

/* A stub_recognition at the port reads it and answers. */
void bare_recognition(int port, const struct buffer *photo,
                      struct sample *waits_ms);

/* A Redis takes it as a live frame and gives it back, in one trip. */
void bare_redis(const struct buffer *photo, struct sample *waits_ms);

/* The disk keeps it: write, fsync, rename. */
void bare_disk(const struct buffer *photo, struct sample *waits_ms);

/* A MariaDB at the socket commits a row of the table `searches`. */
void bare_commit(const char *socket, struct sample *waits_ms);
