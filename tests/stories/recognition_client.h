#pragma once

#include "basics.h"
#include "buffer.h"
#include "json.h"
#include "raw_client.h"
#include "sigv4.h"

/*
 * A client of the engine that asks as SDKs do: a signed request for an
 * operation, on a connection of its own unless it is given one.  A story that
 * wants a request with something wrong changes the client's members.
 */
struct recognition_client {
    int port;
    struct sigv4_credentials credentials; /* its texts are ours */
    const char *region;
    const char *service;
    const char *target_prefix;
    int64_t ahead_ms; /* of the right time: what its clock shows */
};

/* With the first pair of the engine's file of access keys. */
void recognition_client_open(struct recognition_client *client, int port,
                             const char *keys_path);
void recognition_client_close(struct recognition_client *client);

/* A photo's bytes in base64, to be freed; the story is skipped without it. */
char *recognition_photo(const char *name) MUST_CHECK;

/* Writes a request: the whole of it, head and body. */
void recognition_write(const struct recognition_client *client,
                       const char *operation, const char *body,
                       struct buffer *request);

/* Sends a request on an open connection; false: the engine hung up. */
bool recognition_send(const struct recognition_client *client, int fd,
                      const char *operation, const char *format, ...)
    PRINTS(4, 5);

/* Hears an answer, demands of it what every answer has, and gives its document;
 * NULL, with status 0, if the connection ended without one. */
struct json *recognition_hear(int fd, int *status) MUST_CHECK;

/* Asks and hears. */
struct json *recognition_ask(const struct recognition_client *client,
                             int *status, const char *operation,
                             const char *format, ...) MUST_CHECK PRINTS(4, 5);

/* Asks for what must be answered with 200. */
struct json *recognition_get(const struct recognition_client *client,
                             const char *operation, const char *format,
                             ...) MUST_CHECK PRINTS(3, 4);

/* The same, where the document does not matter. */
void recognition_do(const struct recognition_client *client,
                    const char *operation, const char *format, ...)
    PRINTS(3, 4);

/* How a request must be refused. */
struct recognition_refusal {
    int status;
    const char *type;    /* "ValidationException" */
    const char *message; /* its beginning */
};

/* Asks for what must be refused. */
void recognition_be_refused(const struct recognition_client *client,
                            struct recognition_refusal refusal,
                            const char *operation, const char *format, ...)
    PRINTS(4, 5);

/* Demands that a document, which it destroys, is that refusal. */
void recognition_expect(struct json *document, int status,
                        struct recognition_refusal refusal);
