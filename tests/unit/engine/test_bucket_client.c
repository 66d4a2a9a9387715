#include "unit.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bucket_client.h"
#include "clock.h"
#include "scripted_server.h"
#include "sigv4.h"

static const struct bucket_options usual = {
    .region = "eu-north-1",
    .access_key = "AKIAENGINE",
    .secret_key = "secret",
    .limit_ms = 60000,
};

/* Where a test plays: a client, a server, one loop. */
struct stage {
    uv_loop_t loop;
    struct scripted_server server;
    struct bucket_client *client;
    const char *answer;
};

/* How a fetch ended. */
struct outcome {
    size_t calls;
    enum exception exception;
    struct buffer bytes;
};

static void stage_open(struct stage *stage, const char *answer,
                       int64_t limit_ms)
{
    struct bucket_options options = usual;
    char endpoint[64], problem[256];

    *stage = (struct stage){.answer = answer};
    uv_loop_init(&stage->loop);
    scripted_start(&stage->server, &stage->loop);
    stage->server.pieces = answer ? &stage->answer : NULL;
    stage->server.piece_count = 1;
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d/",
             stage->server.port);
    options.endpoint = endpoint;
    options.limit_ms = limit_ms;
    stage->client = bucket_client_create(&stage->loop, &options, problem);
    assert_non_null(stage->client);
}

static void stage_close(struct stage *stage)
{
    bucket_client_destroy(stage->client);
    scripted_stop(&stage->server);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&stage->loop), 0);
}

static void on_fetched(void *owner, enum exception exception, const char *bytes,
                       size_t len)
{
    struct outcome *outcome = owner;

    outcome->calls++;
    outcome->exception = exception;
    assert_int_equal(bytes == NULL, exception != EXCEPTION_NONE);
    if (bytes)
        buffer_add(&outcome->bytes, bytes, len);
}

static void fetch(struct stage *stage, const char *name, const char *version,
                  struct outcome *outcome)
{
    *outcome = (struct outcome){0};
    assert_int_equal(bucket_client_fetch(stage->client, "photos", name, version,
                                         on_fetched, outcome),
                     EXCEPTION_NONE);
    assert_int_equal(outcome->calls, 0);
    while (outcome->calls == 0)
        uv_run(&stage->loop, UV_RUN_ONCE);
}

/* What a fetch is refused with where the store gives that answer. */
static enum exception exception_after(const char *answer, int64_t limit_ms)
{
    struct stage stage;
    struct outcome outcome;

    stage_open(&stage, answer, limit_ms);
    fetch(&stage, "a.jpg", NULL, &outcome);
    assert_int_equal(outcome.bytes.len, 0);
    stage_close(&stage);
    return outcome.exception;
}

static void an_object_s_bytes_come(void **state)
{
    struct stage stage;
    struct outcome outcome;

    (void)state;
    stage_open(&stage, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes",
               60000);
    fetch(&stage, "a.jpg", NULL, &outcome);
    assert_int_equal(outcome.exception, EXCEPTION_NONE);
    assert_string_equal(buffer_text(&outcome.bytes), "bytes");
    buffer_finish(&outcome.bytes);
    stage_close(&stage);
}

/* What a header of the request that was heard says. */
static const char *heard(const struct stage *stage, const char *name)
{
    const char *header = strstr(buffer_text(&stage->server.heard), name);

    if (!header)
        fail_msg("the request has no %s", name);
    return header + strlen(name);
}

/* The signature that the request should have, as sigv4_verify computes it. */
static bool find_key(void *owner, const char *access_key,
                     struct sigv4_credentials *credentials)
{
    (void)owner;
    credentials->access_key = usual.access_key;
    credentials->secret = usual.secret_key;
    return strcmp(access_key, usual.access_key) == 0;
}

static void assert_signed(struct stage *stage, const char *path,
                          const char *query)
{
    static const char *const names[] = {
        "Host", "X-Amz-Date", "X-Amz-Content-Sha256", "Authorization"};
    char values[COUNT(names)][512], line[32], detail[SIGV4_DETAIL_BYTES];
    struct sigv4_header headers[COUNT(names)];
    const struct sigv4_verifier verifier = {.region = usual.region,
                                            .service = "s3",
                                            .now_ms = clock_wall_ms(),
                                            .tolerance_ms = 60000,
                                            .find = find_key};

    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(line, sizeof line, "\r\n%s: ", names[i]);
        assert_int_equal(sscanf(heard(stage, line), "%511[^\r]", values[i]), 1);
        headers[i] = (struct sigv4_header){names[i], values[i]};
    }
    assert_int_equal(sigv4_verify(
                         &(struct sigv4_request){
                             .method = "GET",
                             .path = path,
                             .query = query,
                             .headers = headers,
                             .header_count = COUNT(headers),
                             .body = "",
                         },
                         &verifier, detail),
                     SIGV4_OK);
}

static void a_request_names_the_object_and_is_signed(void **state)
{
    struct stage stage;
    struct outcome outcome;

    (void)state;
    stage_open(&stage, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
               60000);
    fetch(&stage, "2026/a b+\u00e9.jpg", NULL, &outcome);
    assert_memory_equal(heard(&stage, "GET "),
                        "/photos/2026/a%20b%2B%C3%A9.jpg HTTP/1.1\r\n", 42);
    assert_signed(&stage, "/photos/2026/a%20b%2B%C3%A9.jpg", NULL);
    fetch(&stage, "a", "v/1=", &outcome);
    assert_memory_equal(heard(&stage, "GET "),
                        "/photos/a?versionId=v%2F1%3D HTTP/1.1\r\n", 39);
    assert_signed(&stage, "/photos/a", "versionId=v%2F1%3D");
    stage_close(&stage);
}

static void an_object_that_cannot_be_had_is_one_exception(void **state)
{
    static const char *const lines[] = {
        "404 Not Found", "403 Forbidden", "301 Moved Permanently",
        "400 Bad Request", "412 Precondition Failed"};

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        char answer[128];

        snprintf(answer, sizeof answer,
                 "HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nno", lines[i]);
        assert_int_equal(exception_after(answer, 60000), EXCEPTION_S3_OBJECT);
    }
}

static void a_store_that_is_busy_or_broken_may_be_asked_again(void **state)
{
    (void)state;
    assert_int_equal(
        exception_after("HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n",
                        60000),
        EXCEPTION_S3_THROTTLED);
    assert_int_equal(
        exception_after("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", 60000),
        EXCEPTION_INTERNAL);
    assert_int_equal(exception_after("this is no HTTP\r\n\r\n", 60000),
                     EXCEPTION_INTERNAL);
    assert_int_equal(exception_after(NULL, 100), EXCEPTION_INTERNAL);
}

static void an_object_past_15_megabytes_is_not_taken(void **state)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 15728641\r\n\r\n";
    char *answer = malloc(sizeof head + 15728641);

    (void)state;
    memcpy(answer, head, sizeof head);
    memset(answer + sizeof head - 1, 'x', 15728641);
    answer[sizeof head + 15728640] = '\0';
    assert_int_equal(exception_after(answer, 60000), EXCEPTION_IMAGE_TOO_LARGE);
    free(answer);
}

static void an_endpoint_that_is_none_is_told(void **state)
{
    static const char *const endpoints[] = {"localhost:9000", "ftp://s3",
                                            "http://", "https://s3/below",
                                            "http://user@s3"};
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    for (size_t i = 0; i < COUNT(endpoints); i++) {
        struct bucket_options options = usual;
        char problem[256], expected[256];

        options.endpoint = endpoints[i];
        snprintf(expected, sizeof expected, "%s is no URL of an endpoint",
                 endpoints[i]);
        assert_null(bucket_client_create(&loop, &options, problem));
        assert_string_equal(problem, expected);
    }
    uv_loop_close(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_s_bytes_come),
        cmocka_unit_test(a_request_names_the_object_and_is_signed),
        cmocka_unit_test(an_object_that_cannot_be_had_is_one_exception),
        cmocka_unit_test(a_store_that_is_busy_or_broken_may_be_asked_again),
        cmocka_unit_test(an_object_past_15_megabytes_is_not_taken),
        cmocka_unit_test(an_endpoint_that_is_none_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
