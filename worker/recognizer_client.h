#pragma once

#include <uv.h>

#include "asker.h"
#include "buffer.h"
#include "recognition.h"

/*
 * The recognition endpoint: AWS Rekognition, or an engine that speaks as it
 * does.  One conversation, signed, whatever answers.
 */
struct recognizer_client;

struct recognizer_options {
    const char *endpoint; /* "": AWS in the region */
    const char *region;
    const char *access_key;
    const char *secret_key;
    const char *session_token; /* "": none */
    const char *ca_file;       /* "": the system's certificates */
    size_t connections;
};

/* An answer; borrowed for the call. */
struct recognizer_reply {
    const char *body;
    size_t len;
    struct recognition_refusal refusal; /* where the error is E_REFUSED */
};

/*
 * `error` is 0 (`reply` is the answer), E_REFUSED (`reply` says why), or
 * E_UNAVAILABLE, E_TIMEOUT, E_CONNECTION, E_PROTOCOL, E_CANCELLED, and `reply`
 * is NULL.
 */
typedef void recognizer_fn(void *owner, int error,
                           const struct recognizer_reply *reply);

/* NULL, with a sentence in `problem`, if it cannot be used so. */
struct recognizer_client *
recognizer_client_create(uv_loop_t *loop,
                         const struct recognizer_options *options,
                         char problem[static 256]) MUST_CHECK;

/* What is under way ends with E_CANCELLED before it returns, and so does what
 * is asked from now on. */
void recognizer_client_close(struct recognizer_client *client);

/* Closes it as well. */
void recognizer_client_destroy(struct recognizer_client *client);

/* Asks; the body is taken over.  PENDING, or an error and nothing was asked. */
int recognizer_client_ask(struct recognizer_client *client,
                          enum recognition_operation operation,
                          const struct asker *asker, struct buffer *body,
                          recognizer_fn *done, void *owner) MUST_CHECK;

/* How the service has answered since this was asked last: 0 well, else an
 * error.  False: it was not called.  What is wrong with a request or its photo
 * is no fault of the service. */
bool recognizer_client_news(struct recognizer_client *client, int *failure);

/* Who answers: "AWS Rekognition" or what the endpoint says that it is. */
const char *recognizer_client_engine(const struct recognizer_client *client);
