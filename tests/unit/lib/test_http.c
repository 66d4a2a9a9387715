#include "http_stage.h"

/* What is sent, and what is told of the answer. */

static void a_plain_answer_is_told(void **state)
{
    struct stage stage;
    struct http_request request;
    struct outcome outcome;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    request = request_to(stage.url);
    outcome = ask(&stage, &request);
    assert_int_equal(outcome.error, 0);
    assert_int_equal(outcome.status, 200);
    assert_string_equal(buffer_text(&outcome.body), "hello");
    assert_string_equal(outcome.type, "text/plain");
    buffer_finish(&outcome.body);
    stage_close(&stage);
}

static void an_answer_may_come_in_pieces(void **state)
{
    static const char *const pieces[] = {
        "HT",
        "TP/1.1 20",
        "0 OK\r\nContent-",
        "Type: text/plain\r\nTransfer-",
        "Encoding: chunked\r\n\r",
        "\n3\r\nh",
        "el\r\n2",
        "\r\nlo\r\n",
        "0\r\n",
        "\r\n",
    };
    struct stage stage;
    struct http_request request;
    struct outcome outcome;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, pieces, COUNT(pieces));
    request = request_to(stage.url);
    outcome = ask(&stage, &request);
    assert_int_equal(outcome.error, 0);
    assert_string_equal(buffer_text(&outcome.body), "hello");
    assert_string_equal(outcome.type, "text/plain");
    buffer_finish(&outcome.body);
    stage_close(&stage);
}

static void an_answer_may_end_with_its_connection(void **state)
{
    static const char *const pieces[] = {"HTTP/1.1 200 OK\r\n\r\nhel", "lo"};
    struct stage stage;
    struct http_request request;
    struct outcome outcome;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, pieces, COUNT(pieces));
    stage.server.is_closing = true;
    request = request_to(stage.url);
    outcome = ask(&stage, &request);
    assert_int_equal(outcome.error, 0);
    assert_string_equal(buffer_text(&outcome.body), "hello");
    assert_string_equal(outcome.type, "none");
    buffer_finish(&outcome.body);
    stage_close(&stage);
}

static void every_status_is_an_answer(void **state)
{
    static const struct {
        const char *pieces[1];
        int status;
        const char *body;
    } answers[] = {
        {{"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"},
         404,
         "none"},
        {{"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"}, 503, ""},
        {{"HTTP/1.1 204 No Content\r\n\r\n"}, 204, ""},
        {{"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
          "Content-Length: 0\r\n\r\n"},
         302,
         ""},
        {{"HTTP/1.1 103 Early Hints\r\nContent-Type: no\r\n\r\n"
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
         200,
         "ok"},
    };
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct outcome outcome;

        script(&stage, answers[i].pieces, 1);
        outcome = ask(&stage, &request);
        assert_int_equal(outcome.error, 0);
        assert_int_equal(outcome.status, answers[i].status);
        assert_string_equal(buffer_text(&outcome.body), answers[i].body);
        assert_string_equal(outcome.type, "none");
        buffer_finish(&outcome.body);
    }
    assert_int_equal(stage.server.requests, COUNT(answers));
    stage_close(&stage);
}

static void an_answer_to_head_has_no_body(void **state)
{
    static const char *const pieces[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"};
    struct stage stage;
    struct http_request request;
    struct outcome outcome;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, pieces, COUNT(pieces));
    request = request_to(stage.url);
    request.method = "HEAD";
    request.answer_bytes = 10;
    outcome = ask(&stage, &request);
    assert_int_equal(outcome.error, 0);
    assert_int_equal(outcome.body.len, 0);
    assert_memory_equal(buffer_text(&stage.server.heard), "HEAD /path ", 11);
    buffer_finish(&outcome.body);
    stage_close(&stage);
}

static void the_request_is_sent_as_it_was_given(void **state)
{
    static const struct http_header headers[] = {
        {"Host", "engine.example.test:4570"},
        {"X-Amz-Target", "RekognitionService.ListFaces"},
        {"X-Empty", ""},
    };
    struct stage stage;
    struct http_request request;
    char wanted[512];

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    snprintf(stage.url, sizeof stage.url,
             "http://127.0.0.1:%d/a//./b/../c%%20d?x=%%2F&y=+#fragment",
             stage.server.port);
    request = request_to(stage.url);
    request.method = "PUT";
    request.headers = headers;
    request.header_count = COUNT(headers);
    request.body = "a\0b";
    request.body_bytes = 3;
    assert_ends_with(&stage, &request, 0);
    snprintf(wanted, sizeof wanted,
             "PUT /a//./b/../c%%20d?x=%%2F&y=+ HTTP/1.1\r\n"
             "Host: engine.example.test:4570\r\n"
             "Accept: */*\r\n"
             "X-Amz-Target: RekognitionService.ListFaces\r\n"
             "X-Empty:\r\n"
             "Content-Length: 3\r\n\r\n");
    buffer_add_byte(&stage.server.heard, '|');
    assert_memory_equal(stage.server.heard.bytes, wanted, strlen(wanted));
    assert_memory_equal(stage.server.heard.bytes + strlen(wanted), "a\0b|", 4);
    stage_close(&stage);
}

static void assert_lines_are(struct stage *stage, const char *method,
                             const char *wanted)
{
    struct http_request request = request_to(stage->url);
    char text[256];

    request.method = method;
    assert_ends_with(stage, &request, 0);
    snprintf(text, sizeof text,
             "%s /path HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: */*\r\n%s\r\n",
             method, stage->server.port, wanted);
    assert_string_equal(buffer_text(&stage->server.heard), text);
}

static void a_method_says_that_it_has_no_body_where_one_belongs(void **state)
{
    struct stage stage;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    assert_lines_are(&stage, "GET", "");
    assert_lines_are(&stage, "DELETE", "");
    assert_lines_are(&stage, "POST", "Content-Length: 0\r\n");
    assert_lines_are(&stage, "PUT", "Content-Length: 0\r\n");
    assert_lines_are(&stage, "PATCH", "Content-Length: 0\r\n");
    stage_close(&stage);
}

static void a_large_body_is_sent_without_asking(void **state)
{
    enum { LARGE = 5 << 20 };
    struct stage stage;
    struct http_request request;
    char *body = malloc(LARGE);

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    memset(body, 'x', LARGE);
    request = request_to(stage.url);
    request.method = "POST";
    request.body = body;
    request.body_bytes = LARGE;
    assert_ends_with(&stage, &request, 0);
    assert_null(strstr(buffer_text(&stage.server.heard), "Expect"));
    assert_true(stage.server.heard.len > LARGE);
    assert_memory_equal(
        stage.server.heard.bytes + stage.server.heard.len - LARGE, body, LARGE);
    free(body);
    stage_close(&stage);
}

static void what_is_no_request_is_refused(void **state)
{
    static const struct http_header bad_headers[] = {
        {"", "x"},          {"A B", "x"},    {"A:", "x"},
        {"A\r\nB", "x"},    {"A", "x\ny"},   {"A", "x\r\nB: y"},
        {"A\xc3\xa9", "x"}, {"A", "x\x01y"}, {"A", "\x7f"},
    };
    static const char *const bad_urls[] = {
        "",
        "/path",
        "127.0.0.1/path",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://",
        "http://127.0.0.1:x/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/a\r\nHost: b",
        "http:// /",
    };
    static const char *const bad_methods[] = {"", "GE T", "GET\r\n", "G/"};
    struct outcome outcome = {0};
    struct http_request request;
    struct stage stage;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    for (size_t i = 0; i < COUNT(bad_headers); i++) {
        request = request_to(stage.url);
        request.headers = &bad_headers[i];
        request.header_count = 1;
        assert_int_equal(http_send(stage.http, &request, on_done, &outcome),
                         E_INVALID);
    }
    for (size_t i = 0; i < COUNT(bad_urls); i++) {
        request = request_to(bad_urls[i]);
        if (http_send(stage.http, &request, on_done, &outcome) != E_INVALID)
            fail_msg("taken for a URL: %s", bad_urls[i]);
    }
    for (size_t i = 0; i < COUNT(bad_methods); i++) {
        request = request_to(stage.url);
        request.method = bad_methods[i];
        assert_int_equal(http_send(stage.http, &request, on_done, &outcome),
                         E_INVALID);
    }
    request = request_to(stage.url);
    request.method = "HEAD";
    request.body = "x";
    request.body_bytes = 1;
    assert_int_equal(http_send(stage.http, &request, on_done, &outcome),
                     E_INVALID);
    assert_int_equal(outcome.calls, 0);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_answer_is_told),
        cmocka_unit_test(an_answer_may_come_in_pieces),
        cmocka_unit_test(an_answer_may_end_with_its_connection),
        cmocka_unit_test(every_status_is_an_answer),
        cmocka_unit_test(an_answer_to_head_has_no_body),
        cmocka_unit_test(the_request_is_sent_as_it_was_given),
        cmocka_unit_test(a_method_says_that_it_has_no_body_where_one_belongs),
        cmocka_unit_test(a_large_body_is_sent_without_asking),
        cmocka_unit_test(what_is_no_request_is_refused),
    };

    return cmocka_run_group_tests(tests, forget_proxies, NULL);
}
