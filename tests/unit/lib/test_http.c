#include "unit.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "done.h"
#include "errors.h"
#include "http.h"
#include "scripted_server.h"

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

static void stage_open(struct stage *stage, size_t connections)
{
    uv_loop_init(&stage->loop);
    scripted_start(&stage->server, &stage->loop);
    stage->http = http_create(&stage->loop, connections);
    snprintf(stage->url, sizeof stage->url, "http://127.0.0.1:%d/path",
             stage->server.port);
    ended = 0;
}

/* Nothing may be left on the loop. */
static void stage_close(struct stage *stage)
{
    http_destroy(stage->http);
    scripted_stop(&stage->server);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&stage->loop), 0);
}

static void script(struct stage *stage, const char *const *pieces, size_t count)
{
    stage->server.pieces = pieces;
    stage->server.piece_count = count;
}

/* A request that goes well unless the test spoils it. */
static struct http_request request_to(const char *url)
{
    return (struct http_request){.method = "GET",
                                 .url = url,
                                 .limit_ms = LONG_MS,
                                 .connect_ms = LONG_MS,
                                 .answer_bytes = 1 << 20};
}

static void on_done(void *owner, int error, const struct http_answer *answer)
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

static void wait_for(struct stage *stage, size_t count)
{
    while (ended < count)
        uv_run(&stage->loop, UV_RUN_ONCE);
}

/* Sends the request, and waits for its end. */
static struct outcome ask(struct stage *stage,
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

static void assert_ends_with(struct stage *stage,
                             const struct http_request *request, int error)
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

/*
 * What is sent.
 */
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

/*
 * Bounds.
 */
static void a_body_may_fill_its_bound_and_no_more(void **state)
{
    static const char *const chunked[] = {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3\r\nhel\r\n",
        "2\r\nlo\r\n", "0\r\n\r\n"};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    for (int form = 0; form < 2; form++) {
        if (form == 0)
            script(&stage, plain, COUNT(plain));
        else
            script(&stage, chunked, COUNT(chunked));
        request.answer_bytes = 5;
        assert_ends_with(&stage, &request, 0);
        request.answer_bytes = 4;
        assert_ends_with(&stage, &request, E_TOO_LARGE);
        request.answer_bytes = 0;
        assert_ends_with(&stage, &request, E_TOO_LARGE);
    }
    stage_close(&stage);
}

/* A head of `lines` lines, each with a value of `len` letters. */
static void assert_head_ends_with(size_t lines, size_t len, int error)
{
    struct buffer head = {0};
    struct stage stage;
    struct http_request request;
    const char *piece;

    buffer_add_text(&head, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
    for (size_t i = 0; i < lines; i++) {
        buffer_printf(&head, "X-%zu: ", i);
        memset(buffer_reserve(&head, len), 'x', len);
        head.len += len;
        buffer_add_text(&head, "\r\n");
    }
    buffer_add_text(&head, "\r\n");
    piece = buffer_text(&head);

    stage_open(&stage, CONNECTIONS);
    script(&stage, &piece, 1);
    request = request_to(stage.url);
    assert_ends_with(&stage, &request, error);
    stage_close(&stage);
    buffer_finish(&head);
}

static void a_head_is_bounded_in_lines_and_in_bytes(void **state)
{
    (void)state;
    assert_head_ends_with(200, 10, 0);
    assert_head_ends_with(300, 1, E_TOO_LARGE);
    assert_head_ends_with(1, 60000, 0);
    assert_head_ends_with(1, 70000, E_TOO_LARGE);
    assert_head_ends_with(20, 4000, E_TOO_LARGE);
    assert_head_ends_with(1, 1 << 20, E_TOO_LARGE);
}

static void a_server_cannot_go_on_hinting_for_ever(void **state)
{
    struct buffer hints = {0};
    struct stage stage;
    struct http_request request;
    const char *piece;

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        buffer_add_text(&hints, "HTTP/1.1 103 Early Hints\r\n\r\n");
    piece = buffer_text(&hints);
    stage_open(&stage, CONNECTIONS);
    script(&stage, &piece, 1);
    request = request_to(stage.url);
    assert_ends_with(&stage, &request, E_TOO_LARGE);
    stage_close(&stage);
    buffer_finish(&hints);
}

/*
 * What goes wrong.
 */
static void a_server_that_never_answers_times_out(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    request.limit_ms = SHORT_MS;
    assert_ends_with(&stage, &request, E_TIMEOUT);
    stage_close(&stage);
}

static void an_answer_that_never_ends_times_out(void **state)
{
    static const char *const half[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, half, COUNT(half));
    request = request_to(stage.url);
    request.limit_ms = SHORT_MS;
    assert_ends_with(&stage, &request, E_TIMEOUT);
    stage_close(&stage);
}

static void a_connection_that_is_lost_in_the_middle_is_told(void **state)
{
    static const char *const answers[] = {
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
    };
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    stage.server.is_closing = true;
    request = request_to(stage.url);
    for (size_t i = 0; i < COUNT(answers) * 2; i++) {
        script(&stage, &answers[i / 2], 1);
        stage.server.is_resetting = i % 2;
        assert_ends_with(&stage, &request, E_CONNECTION);
    }
    stage_close(&stage);
}

static void what_is_no_http_is_against_the_protocol(void **state)
{
    static const char *const answers[] = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "hello",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    };
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    stage.server.is_closing = true;
    request = request_to(stage.url);
    for (size_t i = 0; i < COUNT(answers); i++) {
        script(&stage, &answers[i], 1);
        assert_ends_with(&stage, &request, E_PROTOCOL);
    }
    stage_close(&stage);
}

/* A socket on a port of its own, which nobody else can take meanwhile. */
static int bound_socket(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void a_port_where_nobody_listens_is_unavailable(void **state)
{
    struct stage stage;
    struct http_request request;
    int port, fd = bound_socket(&port);

    (void)state;
    stage_open(&stage, CONNECTIONS);
    snprintf(stage.url, sizeof stage.url, "http://127.0.0.1:%d/", port);
    request = request_to(stage.url);
    assert_ends_with(&stage, &request, E_UNAVAILABLE);
    stage_close(&stage);
    close(fd);
}

/* No label of a name has more than 63 letters, so nobody is asked for it. */
static void a_name_that_does_not_exist_is_unavailable(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    snprintf(stage.url, sizeof stage.url, "http://%064d.invalid/", 0);
    request = request_to(stage.url);
    assert_ends_with(&stage, &request, E_UNAVAILABLE);
    stage_close(&stage);
}

/* A listener whose queue is full answers no call, which is how a machine that
 * is gone looks to us. */
static void a_connection_that_is_never_made_is_unavailable(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct stage stage;
    struct http_request request;
    int port, fd = bound_socket(&port), callers[4];

    (void)state;
    address.sin_port = htons((uint16_t)port);
    assert_int_equal(listen(fd, 0), 0);
    for (size_t i = 0; i < COUNT(callers); i++) {
        callers[i] =
            socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)!connect(callers[i], (struct sockaddr *)&address, sizeof address);
    }
    stage_open(&stage, CONNECTIONS);
    snprintf(stage.url, sizeof stage.url, "http://127.0.0.1:%d/", port);
    request = request_to(stage.url);
    request.connect_ms = SHORT_MS;
    assert_ends_with(&stage, &request, E_UNAVAILABLE);
    request.connect_ms = LONG_MS;
    request.limit_ms = SHORT_MS;
    assert_ends_with(&stage, &request, E_TIMEOUT);
    stage_close(&stage);
    for (size_t i = 0; i < COUNT(callers); i++)
        close(callers[i]);
    close(fd);
}

/*
 * Connections.
 */
static void a_connection_is_used_again(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    request = request_to(stage.url);
    for (size_t i = 0; i < 5; i++)
        assert_ends_with(&stage, &request, 0);
    assert_int_equal(stage.server.requests, 5);
    assert_int_equal(stage.server.accepted, 1);
    stage_close(&stage);
}

static void a_connection_that_was_closed_meanwhile_is_made_anew(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    stage.server.is_closing = true;
    request = request_to(stage.url);
    for (size_t i = 0; i < 5; i++)
        assert_ends_with(&stage, &request, 0);
    assert_int_equal(stage.server.requests, 5);
    stage_close(&stage);
}

static void many_requests_share_few_connections(void **state)
{
    enum { MANY = 100 };
    static struct outcome outcomes[MANY];
    struct stage stage;
    struct http_request request;

    (void)state;
    memset(outcomes, 0, sizeof outcomes);
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    request = request_to(stage.url);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(http_send(stage.http, &request, on_done, &outcomes[i]),
                         PENDING);
    wait_for(&stage, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_int_equal(outcomes[i].error, 0);
        buffer_finish(&outcomes[i].body);
    }
    assert_int_equal(stage.server.requests, MANY);
    assert_true(stage.server.open_most <= CONNECTIONS);
    stage_close(&stage);
}

/* The second waits for the connection that the first one has, and its limit
 * runs meanwhile. */
static void a_request_that_waits_for_a_connection_times_out_too(void **state)
{
    struct outcome first = {0}, second = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, 1);
    request = request_to(stage.url);
    assert_int_equal(http_send(stage.http, &request, on_done, &first), PENDING);
    request.limit_ms = SHORT_MS;
    assert_int_equal(http_send(stage.http, &request, on_done, &second),
                     PENDING);
    wait_for(&stage, 1);
    assert_int_equal(second.error, E_TIMEOUT);
    assert_int_equal(first.calls, 0);
    stage_close(&stage);
    assert_int_equal(first.error, E_CANCELLED);
}

/* Those that give up make way for those that wait behind them, also where one
 * of these gives up while it waits. */
static void a_request_that_times_out_makes_way(void **state)
{
    enum { MANY = 12 };
    struct outcome outcomes[MANY] = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, 2);
    request = request_to(stage.url);
    for (size_t i = 0; i < MANY; i++) {
        request.limit_ms = i % 3 == 2 ? LONG_MS : SOON_MS;
        assert_int_equal(http_send(stage.http, &request, on_done, &outcomes[i]),
                         PENDING);
    }
    while (stage.server.requests < 2)
        uv_run(&stage.loop, UV_RUN_ONCE);
    script(&stage, plain, COUNT(plain));
    wait_for(&stage, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(outcomes[i].error, i % 3 == 2 ? 0 : E_TIMEOUT);
        buffer_finish(&outcomes[i].body);
    }
    stage_close(&stage);
}

/* The last of them waits for longer than a connection may take. */
static void waiting_for_a_connection_is_not_connecting(void **state)
{
    struct outcome outcomes[8] = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, 1);
    script(&stage, plain, COUNT(plain));
    stage.server.delay_ms = SHORT_MS;
    request = request_to(stage.url);
    request.connect_ms = SOON_MS;
    for (size_t i = 0; i < COUNT(outcomes); i++)
        assert_int_equal(http_send(stage.http, &request, on_done, &outcomes[i]),
                         PENDING);
    wait_for(&stage, COUNT(outcomes));
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        assert_int_equal(outcomes[i].error, 0);
        buffer_finish(&outcomes[i].body);
    }
    assert_int_equal(stage.server.accepted, 1);
    stage_close(&stage);
}

/*
 * The end.
 */
static void destroying_the_client_cancels_what_is_under_way(void **state)
{
    struct outcome outcomes[10] = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    for (size_t i = 0; i < COUNT(outcomes); i++)
        assert_int_equal(http_send(stage.http, &request, on_done, &outcomes[i]),
                         PENDING);
    while (stage.server.requests < CONNECTIONS)
        uv_run(&stage.loop, UV_RUN_ONCE);
    http_destroy(stage.http);
    stage.http = NULL;
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_int_equal(outcomes[i].error, E_CANCELLED);
    }
    stage_close(&stage);
}

static void a_client_can_be_destroyed_before_anything_happened(void **state)
{
    struct outcome outcome = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    assert_int_equal(http_send(stage.http, &request, on_done, &outcome),
                     PENDING);
    stage_close(&stage);
    assert_int_equal(outcome.error, E_CANCELLED);

    stage_open(&stage, CONNECTIONS);
    stage_close(&stage);
}

static void on_done_destroy(void *owner, int error,
                            const struct http_answer *answer)
{
    struct stage *stage = owner;
    struct http *http = stage->http;

    (void)answer;
    assert_true(error == 0 || error == E_CANCELLED || error == E_TIMEOUT);
    ended++;
    stage->http = NULL;
    http_destroy(http);
}

static void a_client_can_be_destroyed_by_an_answer(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    request = request_to(stage.url);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            http_send(stage.http, &request, on_done_destroy, &stage), PENDING);
    wait_for(&stage, 3);
    stage_close(&stage);

    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    request.limit_ms = SHORT_MS;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            http_send(stage.http, &request, on_done_destroy, &stage), PENDING);
    wait_for(&stage, 3);
    stage_close(&stage);
}

static int refused_with; /* what on_done_again got for its second request */

static void on_done_again(void *owner, int error,
                          const struct http_answer *answer)
{
    struct stage *stage = owner;
    struct http_request request = request_to(stage->url);

    (void)answer;
    ended++;
    if (error == 0 && ended < 10)
        assert_int_equal(http_send(stage->http, &request, on_done_again, stage),
                         PENDING);
    else if (error == E_CANCELLED)
        refused_with = http_send(stage->http, &request, on_done_again, stage);
}

static void an_answer_can_lead_to_the_next_request(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    request = request_to(stage.url);
    assert_int_equal(http_send(stage.http, &request, on_done_again, &stage),
                     PENDING);
    wait_for(&stage, 10);
    assert_int_equal(stage.server.requests, 10);
    assert_int_equal(stage.server.accepted, 1);
    stage_close(&stage);
}

static void nothing_starts_while_the_client_is_destroyed(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    refused_with = 0;
    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    assert_int_equal(http_send(stage.http, &request, on_done_again, &stage),
                     PENDING);
    stage_close(&stage);
    assert_int_equal(ended, 1);
    assert_int_equal(refused_with, E_CANCELLED);
}

int main(void)
{
    static const char *const proxies[] = {
        "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
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
        cmocka_unit_test(a_body_may_fill_its_bound_and_no_more),
        cmocka_unit_test(a_head_is_bounded_in_lines_and_in_bytes),
        cmocka_unit_test(a_server_cannot_go_on_hinting_for_ever),
        cmocka_unit_test(a_server_that_never_answers_times_out),
        cmocka_unit_test(an_answer_that_never_ends_times_out),
        cmocka_unit_test(a_connection_that_is_lost_in_the_middle_is_told),
        cmocka_unit_test(what_is_no_http_is_against_the_protocol),
        cmocka_unit_test(a_port_where_nobody_listens_is_unavailable),
        cmocka_unit_test(a_name_that_does_not_exist_is_unavailable),
        cmocka_unit_test(a_connection_that_is_never_made_is_unavailable),
        cmocka_unit_test(a_connection_is_used_again),
        cmocka_unit_test(a_connection_that_was_closed_meanwhile_is_made_anew),
        cmocka_unit_test(many_requests_share_few_connections),
        cmocka_unit_test(a_request_that_waits_for_a_connection_times_out_too),
        cmocka_unit_test(a_request_that_times_out_makes_way),
        cmocka_unit_test(waiting_for_a_connection_is_not_connecting),
        cmocka_unit_test(destroying_the_client_cancels_what_is_under_way),
        cmocka_unit_test(a_client_can_be_destroyed_before_anything_happened),
        cmocka_unit_test(a_client_can_be_destroyed_by_an_answer),
        cmocka_unit_test(an_answer_can_lead_to_the_next_request),
        cmocka_unit_test(nothing_starts_while_the_client_is_destroyed),
    };

    for (size_t i = 0; i < COUNT(proxies); i++)
        unsetenv(proxies[i]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
