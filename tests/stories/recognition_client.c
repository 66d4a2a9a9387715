/*
 * recognition_client.c - asks the engine as SDKs do
 */
#include <unistd.h>

#include "clock.h"
#include "digest.h"
#include "recognition_client.h"
#include "unit.h"
#include "uuid.h"
#include "xalloc.h"

void recognition_client_open(struct recognition_client *client, int port,
                             const char *keys_path)
{
    char *text = unit_read_file(keys_path, NULL);
    char *rest = NULL;
    const char *access_key = strtok_r(text, " \n", &rest);
    const char *secret = strtok_r(NULL, " \n", &rest);

    assert_non_null(secret);
    *client = (struct recognition_client){
        .port = port,
        .credentials = {.access_key = xstrdup(access_key),
                        .secret = xstrdup(secret)},
        .region = "us-east-1",
        .service = "rekognition",
        .target_prefix = "RekognitionService.",
    };
    free(text);
}

void recognition_client_close(struct recognition_client *client)
{
    free((char *)client->credentials.access_key);
    free((char *)client->credentials.secret);
    *client = (struct recognition_client){0};
}

char *recognition_photo(const char *name)
{
    size_t len;
    char *bytes =
        unit_read_file(unit_shared("FACEWIRE_PHOTOS", "photos", name), &len);
    char *text = base64_encode(bytes, len);

    free(bytes);
    return text;
}

/* ---- asking ---- */

void recognition_write(const struct recognition_client *client,
                       const char *operation, const char *body,
                       struct buffer *request)
{
    char *target = xprintf("%s%s", client->target_prefix, operation);
    char *host = xprintf("127.0.0.1:%d", client->port);
    const struct sigv4_header headers[] = {
        {"Content-Type", "application/x-amz-json-1.1"},
        {"Host", host},
        {"X-Amz-Target", target},
    };
    const struct sigv4_scope scope = {
        .region = client->region,
        .service = client->service,
        .time_ms = clock_wall_ms() + client->ahead_ms,
    };
    struct sigv4_signed added;

    sigv4_sign(&(struct sigv4_request){.method = "POST",
                                       .path = "/",
                                       .headers = headers,
                                       .header_count = COUNT(headers),
                                       .body = body,
                                       .body_bytes = strlen(body)},
               &client->credentials, &scope, 0, &added);
    buffer_add_text(request, "POST / HTTP/1.1\r\n");
    for (size_t i = 0; i < COUNT(headers); i++)
        buffer_printf(request, "%s: %s\r\n", headers[i].name, headers[i].value);
    buffer_printf(request,
                  "X-Amz-Date: %s\r\nAuthorization: %s\r\n"
                  "Content-Length: %zu\r\n\r\n",
                  added.date, added.authorization, strlen(body));
    buffer_add_text(request, body);
    sigv4_signed_finish(&added);
    free(target);
    free(host);
}

static bool send_body(const struct recognition_client *client, int fd,
                      const char *operation, const char *body)
{
    struct buffer request = {0};
    bool is_sent;

    recognition_write(client, operation, body, &request);
    is_sent = raw_send(fd, request.bytes, request.len);
    buffer_finish(&request);
    return is_sent;
}

static char *print(const char *format, va_list arguments)
{
    char *text;

    if (vasprintf(&text, format, arguments) < 0)
        fail_msg("memory is out");
    return text;
}

bool recognition_send(const struct recognition_client *client, int fd,
                      const char *operation, const char *format, ...)
{
    va_list arguments;
    char *body;
    bool is_sent;

    va_start(arguments, format);
    body = print(format, arguments);
    va_end(arguments);
    is_sent = send_body(client, fd, operation, body);
    free(body);
    return is_sent;
}

/* ---- hearing ---- */

static const char *header(const struct raw_answer *answer, const char *name)
{
    const char *value = raw_header(answer, name);

    if (!value)
        fail_msg("an answer (%d) has no %s", answer->status, name);
    return value;
}

struct json *recognition_hear(int fd, int *status)
{
    struct raw_answer answer;
    struct json *document;
    const char *type;

    raw_hear(fd, &answer);
    *status = answer.status;
    if (answer.status == 0) {
        raw_answer_finish(&answer);
        return NULL;
    }
    document = json_parse(buffer_text(&answer.body), answer.body.len);
    assert_true(json_is_object(document));
    assert_string_equal(header(&answer, "Content-Type"),
                        "application/x-amz-json-1.1");
    assert_true(uuid_is_valid(header(&answer, "x-amzn-RequestId")));
    assert_non_null(strstr(header(&answer, "Date"), " GMT"));
    type = json_get_text(document, "__type", NULL);
    assert_int_equal(type != NULL, answer.status != 200);
    if (type)
        assert_string_equal(header(&answer, "x-amzn-ErrorType"), type);
    raw_answer_finish(&answer);
    return document;
}

static struct json *ask(const struct recognition_client *client, int *status,
                        const char *operation, const char *body)
{
    int fd = raw_connect(client->port);
    struct json *document;

    send_body(client, fd, operation, body); /* a refusal may come before */
    document = recognition_hear(fd, status);
    close(fd);
    return document;
}

struct json *recognition_ask(const struct recognition_client *client,
                             int *status, const char *operation,
                             const char *format, ...)
{
    va_list arguments;
    struct json *document;
    char *body;

    va_start(arguments, format);
    body = print(format, arguments);
    va_end(arguments);
    document = ask(client, status, operation, body);
    free(body);
    return document;
}

static struct json *get(const struct recognition_client *client,
                        const char *operation, const char *format,
                        va_list arguments)
{
    char *body = print(format, arguments);
    int status;
    struct json *document = ask(client, &status, operation, body);

    free(body);
    if (status != 200)
        fail_msg("%s: %d %s: %s", operation, status,
                 json_get_text(document, "__type", ""),
                 json_get_text(document, "message", ""));
    return document;
}

struct json *recognition_get(const struct recognition_client *client,
                             const char *operation, const char *format, ...)
{
    va_list arguments;
    struct json *document;

    va_start(arguments, format);
    document = get(client, operation, format, arguments);
    va_end(arguments);
    return document;
}

void recognition_do(const struct recognition_client *client,
                    const char *operation, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    json_destroy(get(client, operation, format, arguments));
    va_end(arguments);
}

void recognition_expect(struct json *document, int status,
                        struct recognition_refusal refusal)
{
    const char *message = json_get_text(document, "message", "");

    assert_string_equal(json_get_text(document, "__type", ""), refusal.type);
    if (strncmp(message, refusal.message, strlen(refusal.message)) != 0)
        assert_string_equal(message, refusal.message);
    assert_int_equal(status, refusal.status);
    json_destroy(document);
}

void recognition_be_refused(const struct recognition_client *client,
                            struct recognition_refusal refusal,
                            const char *operation, const char *format, ...)
{
    va_list arguments;
    struct json *document;
    char *body;
    int status;

    va_start(arguments, format);
    body = print(format, arguments);
    va_end(arguments);
    document = ask(client, &status, operation, body);
    free(body);
    recognition_expect(document, status, refusal);
}
