/*
 * response.c - how the engine answers
 *
 * AWS JSON 1.1: an error is a document with the exception's name and a message.
 * Some clients read the name from a header instead, so it stands there too.
 */
#include <stdlib.h>
#include <string.h>

#include "answer_head.h"
#include "json.h"
#include "response.h"
#include "uuid.h"

enum { HEADERS = 5 };

static const struct http_header server_header = {
    "Server", "facewire-engine/" FACEWIRE_VERSION};

/* The headers of every answer, and those of a refusal. */
static size_t list_headers(struct http_header headers[static HEADERS],
                           const char *request_id, enum exception exception)
{
    size_t count = 0;

    headers[count++] =
        (struct http_header){"Content-Type", "application/x-amz-json-1.1"};
    headers[count++] = server_header;
    headers[count++] = (struct http_header){"x-amzn-RequestId", request_id};
    if (exception != EXCEPTION_NONE)
        headers[count++] =
            (struct http_header){"x-amzn-ErrorType", exception_name(exception)};
    if (exception == EXCEPTION_METHOD) /* RFC 9110, 15.5.6 */
        headers[count++] = (struct http_header){"Allow", "POST"};
    return count;
}

static void answer(struct exchange *exchange, const char *request_id,
                   enum exception exception, char *json)
{
    struct http_header headers[HEADERS];
    size_t count = list_headers(headers, request_id, exception);
    int status =
        exception == EXCEPTION_NONE ? 200 : exception_status(exception);

    exchange_answer(exchange, &(struct exchange_answer){
                                  .status = status,
                                  .headers = headers,
                                  .header_count = count,
                                  .body = json,
                                  .body_bytes = strlen(json),
                                  .body_free = free,
                              });
}

void response_send(struct exchange *exchange, const char *request_id,
                   char *json)
{
    answer(exchange, request_id, EXCEPTION_NONE, json);
}

static char *document_of(enum exception exception, const char *message)
{
    struct json *document = json_object();

    json_add_text(document, "__type", exception_name(exception));
    json_add_text(document, "message",
                  message ? message : exception_sentence(exception));
    return json_print_and_destroy(document);
}

void response_refuse(struct exchange *exchange, const char *request_id,
                     enum exception exception, const char *message)
{
    answer(exchange, request_id, exception, document_of(exception, message));
}

void response_send_plain(struct exchange *exchange, int status,
                         const char *content_type, char *body)
{
    const struct http_header headers[] = {{"Content-Type", content_type},
                                          {"Cache-Control", "no-store"},
                                          server_header};

    exchange_answer(exchange, &(struct exchange_answer){
                                  .status = status,
                                  .headers = headers,
                                  .header_count = COUNT(headers),
                                  .body = body,
                                  .body_bytes = strlen(body),
                                  .body_free = free,
                              });
}

enum exception response_refuse_head(struct buffer *answer,
                                    enum request_verdict verdict)
{
    static const enum exception exceptions[] = {
        [REQUEST_WHOLE] = EXCEPTION_MALFORMED,
        [REQUEST_UNFINISHED] = EXCEPTION_TIMEOUT,
        [REQUEST_MALFORMED] = EXCEPTION_MALFORMED,
        [REQUEST_METHOD] = EXCEPTION_METHOD,
        [REQUEST_LENGTH] = EXCEPTION_LENGTH_REQUIRED,
        [REQUEST_TARGET] = EXCEPTION_TARGET_TOO_LONG,
        [REQUEST_HEADERS] = EXCEPTION_HEAD_TOO_LARGE,
        [REQUEST_VERSION] = EXCEPTION_HTTP_VERSION,
    };
    enum exception exception = exceptions[verdict];
    char *json = document_of(exception, NULL);
    struct http_header headers[HEADERS];
    char request_id[UUID_BYTES];

    uuid_make(request_id);
    answer_head(answer, exception_status(exception), headers,
                list_headers(headers, request_id, exception));
    buffer_printf(answer, "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                  strlen(json), json);
    free(json);
    return exception;
}
