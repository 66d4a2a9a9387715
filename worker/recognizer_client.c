/*
 * recognizer_client.c - the recognition endpoint
 *
 * Every attempt is signed anew.  A signature that is refused because of our
 * clock is tried once more by the endpoint's, as AWS's own libraries do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "done.h"
#include "errors.h"
#include "http.h"
#include "log.h"
#include "recognizer_client.h"
#include "sigv4.h"
#include "text.h"
#include "xalloc.h"

enum {
    LIMIT_MS = 20000,
    CONNECT_MS = 3000,
    ANSWER_BYTES_MAX = 8 << 20,
    SKEW_MS = 4 * 60 * 1000, /* of a clock that is worth correcting */
    ENGINE_BYTES = 64,
};

struct recognizer_client {
    struct http *http;
    char *url;
    char *host; /* with the port, as it is signed */
    char *region;
    char *access_key;
    char *secret_key;
    char *session_token;
    char *ca_file;
    int64_t skew_ms; /* the endpoint's clock less ours */
    char engine[ENGINE_BYTES];
    bool has_news; /* it was called since that was asked last */
    int failure;   /* how it answered then; one good answer is enough */
};

/* A question on its way. */
struct question {
    struct recognizer_client *client;
    enum recognition_operation operation;
    const struct asker *asker;
    struct buffer body;
    recognizer_fn *done;
    void *owner;
    bool is_second; /* asked again by the endpoint's clock */
};

/* The part of a URL that names the host and its port. */
static char *host_of(const char *url)
{
    const char *host = strstr(url, "://");

    if (!host)
        return NULL;
    host += strlen("://");
    return xmemdup(host, strcspn(host, "/?#"));
}

struct recognizer_client *
recognizer_client_create(uv_loop_t *loop,
                         const struct recognizer_options *options,
                         char problem[static 256])
{
    struct recognizer_client *client = xcalloc(1, sizeof *client);
    bool is_aws = !options->endpoint[0];

    client->url =
        is_aws
            ? xprintf("https://rekognition.%s.amazonaws.com/", options->region)
            : xprintf("%s%s", options->endpoint,
                      options->endpoint[strlen(options->endpoint) - 1] == '/'
                          ? ""
                          : "/");
    client->host = host_of(client->url);
    client->region = xstrdup(options->region);
    client->access_key = xstrdup(options->access_key);
    client->secret_key = xstrdup(options->secret_key);
    client->session_token = xstrdup(options->session_token);
    client->ca_file = xstrdup(options->ca_file);
    text_copy(client->engine, sizeof client->engine,
              is_aws ? "AWS Rekognition" : "Rekognition-compatible endpoint");
    client->http = http_create(loop, options->connections);
    if (!client->host || (!text_begins(client->url, "http://") &&
                          !text_begins(client->url, "https://"))) {
        snprintf(problem, 256, "%.150s is no URL of an endpoint",
                 options->endpoint);
        recognizer_client_destroy(client);
        return NULL;
    }
    return client;
}

void recognizer_client_close(struct recognizer_client *client)
{
    struct http *http = client->http;

    client->http = NULL;
    http_destroy(http);
}

void recognizer_client_destroy(struct recognizer_client *client)
{
    if (!client)
        return;
    recognizer_client_close(client);
    free(client->url);
    free(client->host);
    free(client->region);
    free(client->access_key);
    free(client->secret_key);
    free(client->session_token);
    free(client->ca_file);
    free(client);
}

const char *recognizer_client_engine(const struct recognizer_client *client)
{
    return client->engine;
}

/* ---- answers ---- */

static int failure_of(int error, const struct recognizer_reply *reply)
{
    if (error != E_REFUSED || !reply)
        return error;
    switch (reply->refusal.meaning) {
    case RECOGNITION_TRANSIENT:
        return E_UNAVAILABLE;
    case RECOGNITION_THROTTLED:
        return E_THROTTLED;
    case RECOGNITION_DENIED:
        return E_DENIED;
    default:
        return 0; /* it works, and does not want this */
    }
}

static void remember(struct recognizer_client *client, int failure)
{
    if (failure == E_CANCELLED)
        return; /* by us */
    if (!client->has_news || failure == 0)
        client->failure = failure;
    client->has_news = true;
}

bool recognizer_client_news(struct recognizer_client *client, int *failure)
{
    bool has_news = client->has_news;

    *failure = client->failure;
    client->has_news = false;
    return has_news;
}

static void end(struct question *question, int error,
                const struct recognizer_reply *reply)
{
    remember(question->client, failure_of(error, reply));
    question->done(question->owner, error, reply);
    buffer_finish(&question->body);
    free(question);
}

static int send_question(struct question *question);

/* Whether the endpoint's clock is far from what we sign with; then ours is set
 * by it. */
static bool correct_clock(struct recognizer_client *client,
                          const struct http_answer *answer)
{
    const char *date = http_answer_header(answer, "date");
    int64_t theirs, skew;

    if (!date || http_answer_header(answer, "age") ||
        clock_parse_http(date, &theirs) < 0)
        return false;
    skew = theirs - clock_wall_ms();
    if (llabs(skew - client->skew_ms) < SKEW_MS)
        return false;
    log_warn("recognition: the endpoint's clock is %lld s from ours",
             (long long)(skew / 1000));
    client->skew_ms = skew;
    return true;
}

/* An engine says who it is; AWS does not. */
static void remember_engine(struct recognizer_client *client,
                            const struct http_answer *answer)
{
    const char *server = http_answer_header(answer, "server");

    if (server && text_begins(server, "facewire-engine"))
        text_copy(client->engine, sizeof client->engine, "Facewire engine");
}

/* The endpoint's name of the request is what its own log has. */
static void put_down(const struct question *question,
                     const struct http_answer *answer)
{
    const char *request = http_answer_header(answer, "x-amzn-requestid");

    stages_mark(question->asker->stages, STAGE_RECOGNIZED);
    log_debug("job=%s trace=%s request=%s %s: %d", question->asker->job,
              question->asker->trace->id, request ? request : "",
              recognition_target(question->operation), answer->status);
}

static void on_answer(void *owner, int error, const struct http_answer *answer)
{
    struct question *question = owner;
    struct recognizer_reply reply = {0};

    if (error) {
        end(question, error, NULL);
        return;
    }
    put_down(question, answer);
    reply.body = answer->body;
    reply.len = answer->body_bytes;
    remember_engine(question->client, answer);
    if (answer->status == 200) {
        end(question, 0, &reply);
        return;
    }
    recognition_refusal_read(&reply.refusal, question->operation,
                             answer->status,
                             http_answer_header(answer, "x-amzn-errortype"),
                             answer->body, answer->body_bytes);
    if (reply.refusal.meaning == RECOGNITION_DENIED && !question->is_second &&
        correct_clock(question->client, answer)) {
        question->is_second = true;
        error = send_question(question);
        if (error != PENDING)
            end(question, error, NULL);
        return;
    }
    end(question, E_REFUSED, &reply);
}

/* ---- asking ---- */

static int send_question(struct question *question)
{
    struct recognizer_client *client = question->client;
    const char *target = recognition_target(question->operation);
    struct sigv4_header signable[] = {
        {"Host", client->host},
        {"Content-Type", RECOGNITION_CONTENT_TYPE},
        {"X-Amz-Target", target},
    };
    struct sigv4_request request = {.method = "POST",
                                    .path = "/",
                                    .headers = signable,
                                    .header_count = COUNT(signable),
                                    .body = question->body.bytes,
                                    .body_bytes = question->body.len};
    struct sigv4_credentials credentials = {
        .access_key = client->access_key,
        .secret = client->secret_key,
        .token = client->session_token[0] ? client->session_token : NULL,
    };
    struct sigv4_scope scope = {.region = client->region,
                                .service = "rekognition",
                                .time_ms = clock_wall_ms() + client->skew_ms};
    const struct trace *trace = question->asker->trace;
    struct sigv4_signed signature;
    struct http_header headers[8];
    char traceparent[TRACE_PARENT_BYTES];
    size_t count = 0;
    int result;

    if (!client->http)
        return E_CANCELLED;
    sigv4_sign(&request, &credentials, &scope, 0, &signature);
    for (; count < COUNT(signable); count++)
        headers[count] =
            (struct http_header){signable[count].name, signable[count].value};
    headers[count++] = (struct http_header){"X-Amz-Date", signature.date};
    headers[count++] =
        (struct http_header){"Authorization", signature.authorization};
    if (signature.token)
        headers[count++] =
            (struct http_header){"X-Amz-Security-Token", signature.token};
    trace_write_call(trace, traceparent);
    if (trace->id[0])
        headers[count++] = (struct http_header){"traceparent", traceparent};
    if (trace->state[0])
        headers[count++] = (struct http_header){"tracestate", trace->state};
    result =
        http_send(client->http,
                  &(struct http_request){
                      .method = "POST",
                      .url = client->url,
                      .headers = headers,
                      .header_count = count,
                      .body = question->body.bytes,
                      .body_bytes = question->body.len,
                      .limit_ms = LIMIT_MS,
                      .connect_ms = CONNECT_MS,
                      .answer_bytes = ANSWER_BYTES_MAX,
                      .ca_file = client->ca_file[0] ? client->ca_file : NULL},
                  on_answer, question);
    sigv4_signed_finish(&signature);
    return result;
}

int recognizer_client_ask(struct recognizer_client *client,
                          enum recognition_operation operation,
                          const struct asker *asker, struct buffer *body,
                          recognizer_fn *done, void *owner)
{
    struct question *question = xcalloc(1, sizeof *question);
    int result;

    *question = (struct question){.client = client,
                                  .operation = operation,
                                  .asker = asker,
                                  .body = *body,
                                  .done = done,
                                  .owner = owner};
    *body = (struct buffer){0};
    result = send_question(question);
    if (result != PENDING) {
        buffer_finish(&question->body);
        free(question);
    }
    return result;
}
