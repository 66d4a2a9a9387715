/*
 * bucket_client.c - fetches pictures from S3
 *
 * Buckets are named in the path, which every server of the protocol takes.
 * Whatever an object cannot be had for is one exception, as with AWS: what the
 * store said exactly is in the log, not for a stranger to probe buckets with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bucket_client.h"
#include "clock.h"
#include "done.h"
#include "errors.h"
#include "http.h"
#include "log.h"
#include "query.h"
#include "sigv4.h"
#include "text.h"
#include "xalloc.h"

enum { CONNECTIONS = 16, CONNECT_MS = 3000 };

struct bucket_client {
    struct http *http;
    char *endpoint; /* without a slash behind it */
    char *host;     /* with the port, as it is signed */
    char *region;
    char *access_key;
    char *secret_key;
    int64_t limit_ms;
};

/* An object on its way. */
struct fetch {
    bucket_done_fn *done;
    void *owner;
    struct log_about about; /* as it was when the object was asked for */
};

/* The host of the endpoint, with its port; NULL: it is no URL of one. */
static char *host_of(const char *endpoint)
{
    const char *host = strstr(endpoint, "://");

    if (!host || (!text_begins(endpoint, "http://") &&
                  !text_begins(endpoint, "https://")))
        return NULL;
    host += strlen("://");
    /* Anything behind the host would have to be signed, too. */
    return host[0] && !host[strcspn(host, "/?#@")] ? xstrdup(host) : NULL;
}

struct bucket_client *bucket_client_create(uv_loop_t *loop,
                                           const struct bucket_options *options,
                                           char problem[static 256])
{
    struct bucket_client *client = xcalloc(1, sizeof *client);
    size_t len = strlen(options->endpoint);

    if (len > 0 && options->endpoint[len - 1] == '/')
        len--;
    client->endpoint = xmemdup(options->endpoint, len);
    client->host = host_of(client->endpoint);
    client->region = xstrdup(options->region);
    client->access_key = xstrdup(options->access_key);
    client->secret_key = xstrdup(options->secret_key);
    client->limit_ms = options->limit_ms;
    if (client->host) {
        client->http = http_create(loop, CONNECTIONS);
        return client;
    }
    snprintf(problem, 256, "%.150s is no URL of an endpoint",
             options->endpoint);
    bucket_client_destroy(client);
    return NULL;
}

void bucket_client_destroy(struct bucket_client *client)
{
    if (!client)
        return;
    if (client->http)
        http_destroy(client->http);
    explicit_bzero(client->secret_key, strlen(client->secret_key));
    free(client->endpoint);
    free(client->host);
    free(client->region);
    free(client->access_key);
    free(client->secret_key);
    free(client);
}

/* ---- the answer ---- */

static enum exception exception_of_error(int error)
{
    if (error == E_TOO_LARGE)
        return EXCEPTION_IMAGE_TOO_LARGE;
    log_warn("s3: an object could not be fetched: %s", error_name(error));
    return EXCEPTION_INTERNAL;
}

static enum exception exception_of_status(int status)
{
    if (status == 200)
        return EXCEPTION_NONE;
    log_info("s3: an object could not be fetched: status %d", status);
    if (status == 429 || status == 503)
        return EXCEPTION_S3_THROTTLED;
    return status >= 500 ? EXCEPTION_INTERNAL : EXCEPTION_S3_OBJECT;
}

static void on_answer(void *owner, int error, const struct http_answer *answer)
{
    struct fetch *fetch = owner;
    enum exception exception;

    log_set_about(&fetch->about);
    exception =
        error ? exception_of_error(error) : exception_of_status(answer->status);
    if (exception)
        fetch->done(fetch->owner, exception, NULL, 0);
    else
        fetch->done(fetch->owner, EXCEPTION_NONE, answer->body,
                    answer->body_bytes);
    log_set_about(NULL);
    free(fetch);
}

/* ---- the request ---- */

static int send_signed(struct bucket_client *client, const char *path,
                       const char *query, struct fetch *fetch)
{
    const struct sigv4_header host = {"Host", client->host};
    const struct sigv4_credentials credentials = {
        .access_key = client->access_key, .secret = client->secret_key};
    const struct sigv4_scope scope = {
        .region = client->region, .service = "s3", .time_ms = clock_wall_ms()};
    struct sigv4_signed added;
    char *url =
        xprintf("%s%s%s%s", client->endpoint, path, query[0] ? "?" : "", query);
    int error;

    sigv4_sign(&(struct sigv4_request){.method = "GET",
                                       .path = path,
                                       .query = query,
                                       .headers = &host,
                                       .header_count = 1,
                                       .body = ""},
               &credentials, &scope, SIGV4_PATH_AS_IS | SIGV4_SEND_HASH,
               &added);
    const struct http_header headers[] = {
        {"Host", client->host},
        {"X-Amz-Date", added.date},
        {"X-Amz-Content-Sha256", added.content_sha256},
        {"Authorization", added.authorization},
    };
    error = http_send(client->http,
                      &(struct http_request){
                          .method = "GET",
                          .url = url,
                          .headers = headers,
                          .header_count = COUNT(headers),
                          .limit_ms = client->limit_ms,
                          .connect_ms = CONNECT_MS,
                          .answer_bytes = BUCKET_OBJECT_BYTES_MAX,
                      },
                      on_answer, fetch);
    sigv4_signed_finish(&added);
    free(url);
    return error;
}

enum exception bucket_client_fetch(struct bucket_client *client,
                                   const char *bucket, const char *name,
                                   const char *version, bucket_done_fn *done,
                                   void *owner)
{
    struct fetch *fetch = xcalloc(1, sizeof *fetch);
    struct buffer path = {0}, query = {0};
    int error;

    *fetch = (struct fetch){done, owner, *log_get_about()};
    buffer_printf(&path, "/%s/", bucket);
    percent_encode(&path, name, strlen(name), "/");
    if (version) {
        buffer_add_text(&query, "versionId=");
        percent_encode(&query, version, strlen(version), "");
    }
    error = send_signed(client, buffer_text(&path), buffer_text(&query), fetch);
    buffer_finish(&path);
    buffer_finish(&query);
    if (error == PENDING)
        return EXCEPTION_NONE;
    free(fetch);
    return exception_of_error(error);
}
