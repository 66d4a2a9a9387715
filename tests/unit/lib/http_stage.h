#pragma once

/*
 * What the tests of the HTTP client share: a stage, and ways to ask.
 */
#include "scripted_server.h"

#include "done.h"
#include "errors.h"
#include "http.h"

enum { CONNECTIONS = 4, LONG_MS = 60000, SHORT_MS = 100, SOON_MS = 300 };

/* Where a test plays: a client, a server, one loop. */
struct stage {
    uv_loop_t loop;
    struct scripted_server server;
    struct http *http;
    char url[128];
};

/* How a request ended. */
struct outcome {
    size_t calls;
    int error;
    int status;
    struct buffer body;
    char type[64];   /* the answer's content-type */
    size_t sequence; /* which of all it was */
};

static size_t ended; /* requests of the test */

static inline void stage_open(struct stage *stage, size_t connections)
{
    uv_loop_init(&stage->loop);
    scripted_start(&stage->server, &stage->loop);
    stage->http = http_create(&stage->loop, connections);
    snprintf(stage->url, sizeof stage->url, "http://127.0.0.1:%d/path",
             stage->server.port);
    ended = 0;
}

/* Nothing may be left on the loop. */
static inline void stage_close(struct stage *stage)
{
    http_destroy(stage->http);
    scripted_stop(&stage->server);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&stage->loop), 0);
}

static inline void script(struct stage *stage, const char *const *pieces,
                          size_t count)
{
    stage->server.pieces = pieces;
    stage->server.piece_count = count;
}

/* A request that goes well unless the test spoils it. */
static inline struct http_request request_to(const char *url)
{
    return (struct http_request){.method = "GET",
                                 .url = url,
                                 .limit_ms = LONG_MS,
                                 .connect_ms = LONG_MS,
                                 .answer_bytes = 1 << 20};
}

static inline void on_done(void *owner, int error,
                           const struct http_answer *answer)
{
    struct outcome *outcome = owner;
    const char *type;

    outcome->calls++;
    outcome->error = error;
    outcome->sequence = ended++;
    assert_true((answer == NULL) == (error != 0));
    if (!answer)
        return;
    outcome->status = answer->status;
    assert_int_equal(answer->body[answer->body_bytes], '\0');
    buffer_clear(&outcome->body);
    buffer_add(&outcome->body, answer->body, answer->body_bytes);
    type = http_answer_header(answer, "content-type");
    snprintf(outcome->type, sizeof outcome->type, "%s", type ? type : "none");
}

static inline void wait_for(struct stage *stage, size_t count)
{
    while (ended < count)
        uv_run(&stage->loop, UV_RUN_ONCE);
}

/* Sends the request, and waits for its end. */
static inline struct outcome ask(struct stage *stage,
                                 const struct http_request *request)
{
    struct outcome outcome = {0};
    size_t before = ended;

    assert_int_equal(http_send(stage->http, request, on_done, &outcome),
                     PENDING);
    assert_int_equal(outcome.calls, 0);
    wait_for(stage, before + 1);
    assert_int_equal(outcome.calls, 1);
    return outcome;
}

static inline void assert_ends_with(struct stage *stage,
                                    const struct http_request *request,
                                    int error)
{
    struct outcome outcome = ask(stage, request);

    if (outcome.error != error)
        fail_msg("it ends with \"%s\" instead of \"%s\"",
                 error_name(outcome.error), error_name(error));
    buffer_finish(&outcome.body);
}

static const char *const plain[] = {"HTTP/1.1 200 OK\r\n"
                                    "Content-Type: text/plain\r\n"
                                    "Content-Length: 5\r\n\r\nhello"};

/* For a group of tests: no proxy of whoever runs them is asked. */
static inline int forget_proxies(void **state)
{
    static const char *const proxies[] = {
        "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

    (void)state;
    for (size_t i = 0; i < COUNT(proxies); i++)
        unsetenv(proxies[i]);
    return 0;
}
