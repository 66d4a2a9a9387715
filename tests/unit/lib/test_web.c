#include "unit.h"

#include <poll.h>
#include <signal.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "basics.h"
#include "errors.h"
#include "frame.h"
#include "port.h"
#include "program.h"
#include "raw_client.h"
#include "web.h"
#include "wire.h"

/*
 * The server runs in a process of its own, so that the tests can speak to it
 * from blocking sockets:
 *
 *   GET  /hello     "hello NAME" from the query, at once
 *   GET  /later     the same, after a turn of the loop
 *   POST /echo      the body
 *   POST /refused   413 before the body was read
 *   GET  /large     five million bytes
 *   GET  /stream    an endless answer: ten ticks
 *   websocket /live echoes texts; "close" closes with 4201, "flood" sends much
 */
static int port;
static pid_t server;

enum { LARGE = 5000000 };

struct host {
    struct program program;
    struct web *web;
    char *large;
};

struct later {
    uv_timer_t timer;
    struct exchange *exchange;
};

struct reading {
    struct exchange *exchange;
};

struct talk {
    struct websocket *websocket;
};

static void answer_text(struct exchange *exchange, int status, const char *text)
{
    const struct http_header headers[] = {{"Content-Type", "text/plain"}};

    exchange_answer(exchange, &(struct exchange_answer){
                                  .status = status,
                                  .headers = headers,
                                  .header_count = 1,
                                  .body = strdup(text),
                                  .body_bytes = strlen(text),
                                  .body_free = free,
                              });
}

static void say_hello(struct exchange *exchange)
{
    const char *name = request_query(exchange_request(exchange), "name");
    char text[128];

    snprintf(text, sizeof text, "hello %s", name ? name : "nobody");
    answer_text(exchange, 200, text);
}

static void on_later_closed(uv_handle_t *handle)
{
    struct later *later = container_of(handle, struct later, timer);

    say_hello(later->exchange);
    free(later);
}

static void on_later(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, on_later_closed);
}

static void on_body(void *owner, int error, const char *body, size_t len)
{
    struct reading *reading = owner;
    struct exchange *exchange = reading->exchange;

    free(reading);
    if (error == E_TIMEOUT) {
        answer_text(exchange, 408, "too slow");
        return;
    }
    if (error) {
        answer_text(exchange, 413, error_name(error));
        return;
    }
    exchange_answer(exchange, &(struct exchange_answer){.status = 200,
                                                        .body = body,
                                                        .body_bytes = len});
}

static void on_stream_writable(void *owner)
{
    (void)owner;
}

static void on_stream_gone(void *owner)
{
    (void)owner;
}

static void stream(struct exchange *exchange)
{
    static const struct exchange_stream events = {on_stream_writable,
                                                  on_stream_gone};
    struct wire *wire = exchange_stream(exchange, NULL, 0, &events, NULL);

    if (!wire)
        return;
    for (int i = 0; i < 10; i++)
        assert(wire_write(wire, "tick\n", 5) == 0);
    wire_hang_up(wire);
}

static void on_request(void *owner, struct exchange *exchange)
{
    struct host *host = owner;
    const char *path = exchange_request(exchange)->path;

    if (strcmp(path, "/hello") == 0) {
        say_hello(exchange);
    } else if (strcmp(path, "/later") == 0) {
        struct later *later = calloc(1, sizeof *later);

        later->exchange = exchange;
        uv_timer_init(&host->program.loop, &later->timer);
        uv_timer_start(&later->timer, on_later, 5, 0);
    } else if (strcmp(path, "/echo") == 0) {
        struct reading *reading = calloc(1, sizeof *reading);

        reading->exchange = exchange;
        exchange_read_all(exchange, 1 << 20, on_body, reading);
    } else if (strcmp(path, "/refused") == 0) {
        answer_text(exchange, 413, "too large");
    } else if (strcmp(path, "/large") == 0) {
        exchange_answer(exchange,
                        &(struct exchange_answer){.status = 200,
                                                  .body = host->large,
                                                  .body_bytes = LARGE});
    } else if (strcmp(path, "/stream") == 0) {
        stream(exchange);
    } else {
        answer_text(exchange, 404, path);
    }
}

static bool on_upgrade(void *owner, struct exchange *exchange)
{
    (void)owner;
    if (strcmp(exchange_request(exchange)->path, "/live") == 0)
        return true;
    answer_text(exchange, 404, "no");
    return false;
}

static void send_text(struct websocket *websocket, const char *text, size_t len)
{
    struct frame *frame = frame_text(text, len);

    if (wire_write(websocket_wire(websocket), frame->bytes, frame->len) < 0)
        fprintf(stderr, "the peer is gone\n");
    frame_unref(frame);
}

static void on_message(void *owner, const char *bytes, size_t len,
                       bool is_binary)
{
    struct talk *talk = owner;
    char text[32];

    if (is_binary) {
        snprintf(text, sizeof text, "%zu bytes", len);
        send_text(talk->websocket, text, strlen(text));
    } else if (len == 5 && memcmp(bytes, "close", 5) == 0) {
        websocket_close(talk->websocket, 4201, "drain");
    } else {
        send_text(talk->websocket, bytes, len);
    }
}

static void on_talk_gone(void *owner)
{
    free(owner);
}

static void on_open(void *owner, struct websocket *websocket,
                    const char *address, const struct request *request)
{
    static const struct websocket_events events = {
        on_message, on_stream_writable, on_stream_writable, on_talk_gone};
    struct talk *talk = calloc(1, sizeof *talk);

    (void)owner;
    (void)request;
    assert_string_equal(address, "127.0.0.1");
    talk->websocket = websocket;
    websocket_serve(websocket, &events, talk, 70000, 200000);
}

static void on_refuse(void *owner, enum request_verdict verdict,
                      struct buffer *answer)
{
    static const int statuses[] = {
        [REQUEST_UNFINISHED] = 408, [REQUEST_MALFORMED] = 400,
        [REQUEST_METHOD] = 405,     [REQUEST_LENGTH] = 411,
        [REQUEST_TARGET] = 414,     [REQUEST_HEADERS] = 431,
        [REQUEST_VERSION] = 505};

    (void)owner;
    buffer_printf(answer, "HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n",
                  statuses[verdict]);
}

static void on_drain(void *owner)
{
    struct host *host = owner;

    web_destroy(host->web);
    program_stop(&host->program);
}

static _Noreturn void serve(int ready)
{
    static const struct web_events events = {on_request, on_upgrade, on_open,
                                             on_refuse};
    static struct host host;
    struct web_options options = {
        .loop = &host.program.loop,
        .host = "127.0.0.1",
        .subprotocol = "test",
        .visitors = {.connections = 500,
                     .address_connections = 300,
                     .requests_s = 1000,
                     .burst = 1000},
        .head_ms = 300,
        .idle_ms = 5000,
        .body_grace_ms = 300,
        .body_least_s = 1000,
    };
    char problem[256];

    program_init(&host.program, 1, 5000, on_drain, &host);
    host.large = malloc(LARGE);
    memset(host.large, 'L', LARGE);
    host.web = web_create(&options, &events, &host, problem);
    port = web_port(host.web);
    if (write(ready, &port, sizeof port) != sizeof port)
        exit(EXIT_FAILURE);
    close(ready);
    program_run(&host.program);
    program_finish(&host.program);
    free(host.large);
    exit(EXIT_SUCCESS);
}

static int start_server(void **state)
{
    int ready[2];

    (void)state;
    assert_int_equal(pipe(ready), 0);
    fflush(NULL);
    server = fork();
    if (server == 0)
        serve(ready[1]);
    close(ready[1]);
    assert_int_equal(read(ready[0], &port, sizeof port), sizeof port);
    close(ready[0]);
    return 0;
}

/* Also that nothing leaks: the server ends by itself, with the sanitizers'
 * word.  cmocka does not count what fails in here, so we end the program. */
static int stop_server(void **state)
{
    int status;

    (void)state;
    kill(server, SIGTERM);
    waitpid(server, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "the server ended badly: %#x\n", (unsigned)status);
        exit(EXIT_FAILURE);
    }
    return 0;
}

static void expect(int fd, const char *request, int status, const char *body)
{
    struct raw_answer answer;

    assert_int_equal(raw_ask(fd, request, &answer), status);
    if (body)
        assert_string_equal(buffer_text(&answer.body), body);
    raw_answer_finish(&answer);
}

static void a_request_is_answered_and_the_connection_kept(void **state)
{
    int fd = raw_connect(port);

    (void)state;
    for (int i = 0; i < 3; i++) {
        expect(fd, "GET /hello?name=A%20B HTTP/1.1\r\nHost: x\r\n\r\n", 200,
               "hello A B");
        expect(fd, "GET /later?name=C HTTP/1.1\r\nHost: x\r\n\r\n", 200,
               "hello C");
        expect(
            fd,
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody",
            200, "body");
        expect(fd,
               "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
               200, "");
        expect(fd, "DELETE /x HTTP/1.1\r\nHost: x\r\n\r\n", 404, "/x");
        expect(fd, "PATCH /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n.",
               404, "/x");
        /* The last one's body was not read, so it closes. */
        if (i == 2)
            assert_true(raw_is_closed(fd, 8000));
        else {
            close(fd);
            fd = raw_connect(port);
        }
    }
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    struct raw_answer answer;
    int fd = raw_connect(port);

    (void)state;
    raw_say(fd, "GET /later?name=1 HTTP/1.1\r\nHost: x\r\n\r\n"
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo"
                "GET /later?name=3 HTTP/1.1\r\nHost: x\r\n\r\n"
                "GET /hello?name=4 HTTP/1.1\r\nHost: x\r\n\r\n");
    raw_hear(fd, &answer);
    assert_string_equal(buffer_text(&answer.body), "hello 1");
    raw_answer_finish(&answer);
    raw_hear(fd, &answer);
    assert_string_equal(buffer_text(&answer.body), "two");
    raw_answer_finish(&answer);
    raw_hear(fd, &answer);
    assert_string_equal(buffer_text(&answer.body), "hello 3");
    raw_answer_finish(&answer);
    raw_hear(fd, &answer);
    assert_string_equal(buffer_text(&answer.body), "hello 4");
    raw_answer_finish(&answer);
    close(fd);
}

/* Otherwise the answers would gather in the server's memory. */
static void who_reads_no_answers_is_not_heard_for_ever(void **state)
{
    enum { REQUESTS = 1000, BYTES_MAX = 64 * 1024 * 1024 };
    static const char one[] = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    struct buffer many = {0};
    struct pollfd waits = {.fd = raw_connect(port), .events = POLLOUT};
    size_t sent = 0;

    (void)state;
    for (size_t i = 0; i < REQUESTS; i++)
        buffer_add_text(&many, one);
    while (poll(&waits, 1, 1000) == 1) {
        ssize_t part =
            send(waits.fd, many.bytes, many.len, MSG_DONTWAIT | MSG_NOSIGNAL);

        assert_true(part > 0);
        sent += (size_t)part;
        assert_true(sent < BYTES_MAX);
    }
    close(waits.fd);
    buffer_finish(&many);
}

static void a_body_comes_in_pieces(void **state)
{
    enum { BODY = 300000 };
    struct raw_answer answer;
    char head[128];
    char *body = malloc(BODY);
    int fd = raw_connect(port);

    (void)state;
    for (int i = 0; i < BODY; i++)
        body[i] = (char)('a' + i % 26);
    snprintf(head, sizeof head,
             "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n",
             BODY);
    for (const char *c = head; *c; c++)
        raw_send(fd, c, 1);
    for (int sent = 0; sent < BODY; sent += 10000)
        raw_send(fd, body + sent, 10000);
    raw_hear(fd, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.len, BODY);
    assert_memory_equal(answer.body.bytes, body, BODY);
    raw_answer_finish(&answer);
    free(body);
    close(fd);
}

static void a_refused_body_gets_its_answer(void **state)
{
    struct raw_answer answer;
    char piece[65536] = {0};
    int fd = raw_connect(port);

    (void)state;
    raw_say(fd, "POST /refused HTTP/1.1\r\nHost: x\r\n"
                "Content-Length: 4000000\r\n\r\n");
    for (int i = 0; i < 40; i++)
        raw_send(fd, piece, sizeof piece);
    raw_hear(fd, &answer);
    assert_int_equal(answer.status, 413);
    assert_string_equal(raw_header(&answer, "connection"), "close");
    raw_answer_finish(&answer);
    close(fd);

    fd = raw_connect(port);
    expect(fd,
           "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n",
           413, "too_large");
    close(fd);
}

static void a_body_that_waits_is_called_for(void **state)
{
    static const char head[] = "POST /echo HTTP/1.1\r\nHost: x\r\n"
                               "Expect: 100-continue\r\n"
                               "Content-Length: 4\r\n\r\n";
    int fd = raw_connect(port);

    (void)state;
    expect(fd, head, 100, "");
    expect(fd, "body", 200, "body");

    /* One that nobody wants is not. */
    expect(fd,
           "POST /refused HTTP/1.1\r\nHost: x\r\n"
           "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n",
           413, "too large");
    assert_true(raw_is_closed(fd, 5000));
    close(fd);
}

/* RFC 9112, 9.3, and RFC 9110, 10.1.1. */
static void http_1_0_has_one_answer_unless_it_asks(void **state)
{
    struct raw_answer answer;
    int fd = raw_connect(port);

    (void)state;
    for (int i = 0; i < 2; i++) {
        raw_ask(fd, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                &answer);
        assert_string_equal(buffer_text(&answer.body), "hello nobody");
        assert_non_null(
            strstr(answer.head.bytes, "\r\nConnection: keep-alive\r\n"));
        raw_answer_finish(&answer);
    }
    raw_say(fd, "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\n"
                "Content-Length: 4\r\n\r\n");
    expect(fd, "body", 200, "body");
    assert_true(raw_is_closed(fd, 5000));
    close(fd);
}

static void a_large_answer_arrives_whole(void **state)
{
    struct raw_answer answer;
    int fd = raw_connect(port);

    (void)state;
    assert_int_equal(
        raw_ask(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", &answer), 200);
    assert_int_equal(answer.body.len, LARGE);
    raw_answer_finish(&answer);
    expect(fd, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", 200, "hello nobody");
    raw_say(fd, "HEAD /large HTTP/1.1\r\nHost: x\r\n\r\n"
                "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    char head[512] = "";
    while (!strstr(head, "\r\n\r\n")) {
        size_t len = strlen(head);
        assert_int_equal(read(fd, head + len, 1), 1);
    }
    assert_non_null(strstr(head, "Content-Length: 5000000"));
    raw_hear(fd, &answer);
    assert_string_equal(buffer_text(&answer.body), "hello nobody");
    raw_answer_finish(&answer);
    close(fd);
}

static void a_slow_body_is_given_up(void **state)
{
    struct raw_answer answer;
    int fd = raw_connect(port);

    (void)state;
    raw_say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
                "a");
    raw_hear(fd, &answer);
    assert_int_equal(answer.status, 408);
    raw_answer_finish(&answer);
    close(fd);
}

static void misshapen_heads_are_told_so(void **state)
{
    static const struct {
        const char *head;
        int status;
    } cases[] = {
        {"hello\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: x\n\n", 400},
        {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400},
        {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\nHost: x\r\n\r\n", 411},
        {"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
         411},
        {"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
         "Content-Length: 3\r\n\r\n",
         400},
        {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int fd = raw_connect(port);

        expect(fd, cases[i].head, cases[i].status, "");
        assert_true(raw_is_closed(fd, 5000));
        close(fd);
    }
}

static void a_head_has_a_limit_in_bytes_and_time(void **state)
{
    struct raw_answer answer;
    struct buffer many = {0};
    int fd = raw_connect(port);

    (void)state;
    buffer_add_text(&many, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 10000; i++)
        buffer_printf(&many, "X-%d: %d\r\n", i, i);
    buffer_add_text(&many, "\r\n");
    expect(fd, many.bytes, 431, "");
    close(fd);

    buffer_clear(&many);
    buffer_add_text(&many, "GET /");
    for (int i = 0; i < 5000; i++)
        buffer_add_byte(&many, 'a');
    buffer_add_text(&many, " HTTP/1.1\r\nHost: x\r\n\r\n");
    fd = raw_connect(port);
    expect(fd, many.bytes, 414, "");
    close(fd);
    buffer_finish(&many);

    fd = raw_connect(port);
    raw_say(fd, "GET / HT");
    raw_hear(fd, &answer);
    assert_int_equal(answer.status, 408);
    raw_answer_finish(&answer);
    close(fd);
}

static void a_stream_is_written_until_it_ends(void **state)
{
    char text[512] = "";
    size_t len = 0;
    ssize_t got;
    int fd = raw_connect(port);

    (void)state;
    raw_say(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    while ((got = read(fd, text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)got;
    assert_non_null(strstr(text, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(text, "tick\ntick\ntick\ntick\ntick\n"
                                 "tick\ntick\ntick\ntick\ntick\n"));
    close(fd);
}

static void expect_text(int fd, const char *text)
{
    struct buffer payload = {0};

    assert_int_equal(raw_read_frame(fd, &payload, 5000), 1);
    assert_string_equal(buffer_text(&payload), text);
    buffer_finish(&payload);
}

static void a_websocket_echoes(void **state)
{
    struct buffer large = {0}, pong = {0};
    int fd = raw_websocket(port, "/live", "Sec-WebSocket-Protocol: test\r\n");

    (void)state;
    assert_true(fd >= 0);
    raw_text(fd, "hello");
    expect_text(fd, "hello");
    raw_frame(fd, 0x01, "in ", 3);
    raw_frame(fd, 0x89, "ping", 4);
    /* What came in one read may be answered in another order. */
    assert_int_equal(raw_read_frame(fd, &pong, 5000), 10);
    raw_frame(fd, 0x80, "pieces", 6);
    expect_text(fd, "in pieces");
    for (int i = 0; i < 70000; i++)
        buffer_add_byte(&large, 'x');
    raw_frame(fd, 0x81, large.bytes, large.len);
    expect_text(fd, large.bytes);
    for (int i = 0; i < 130000; i++)
        buffer_add_byte(&large, 'x');
    raw_frame(fd, 0x82, large.bytes, large.len);
    expect_text(fd, "200000 bytes");
    buffer_finish(&large);
    buffer_finish(&pong);
    close(fd);
}

/* It is open when the group ends, which demands that the server ends well. */
static void a_websocket_may_outlast_its_server(void **state)
{
    (void)state;
    assert_true(
        raw_websocket(port, "/live", "Sec-WebSocket-Protocol: test\r\n") >= 0);
}

static void a_websocket_is_closed_with_a_reason(void **state)
{
    char reason[128];
    char large[70001];
    int fd = raw_websocket(port, "/live", "Sec-WebSocket-Protocol: test\r\n");

    (void)state;
    raw_text(fd, "close");
    assert_int_equal(raw_close_code(fd, reason), 4201);
    assert_string_equal(reason, "drain");
    close(fd);

    fd = raw_websocket(port, "/live", "Sec-WebSocket-Protocol: test\r\n");
    memset(large, 'x', sizeof large);
    raw_frame(fd, 0x81, large, sizeof large);
    assert_int_equal(raw_close_code(fd, reason), 1009);
    close(fd);

    fd = raw_websocket(port, "/live", "Sec-WebSocket-Protocol: test\r\n");
    raw_text(fd, "\xff\xfe");
    assert_int_equal(raw_close_code(fd, reason), 1007);
    close(fd);
}

static void other_upgrades_are_passed_over(void **state)
{
    int fd = raw_connect(port);

    (void)state;
    assert_int_equal(
        raw_websocket(port, "/elsewhere", "Sec-WebSocket-Protocol: test\r\n"),
        -1);
    assert_int_equal(raw_websocket(port, "/live", ""), -1);
    expect(fd,
           "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, "
           "HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
           200, "hello nobody");
    close(fd);
}

static void clients_that_vanish_leave_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        int fd = raw_connect(port);

        switch (i % 5) {
        case 0:
            raw_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
            break;
        case 1:
            raw_say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\n"
                        "Content-Length: 1000\r\n\r\nabc");
            break;
        case 2:
            raw_say(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
            break;
        case 3:
            raw_say(fd, "GET /hal");
            break;
        default:
            break;
        }
        close(fd);
    }
    a_request_is_answered_and_the_connection_kept(state);
}

static void one_address_has_so_many_connections(void **state)
{
    int fds[301];
    char byte;

    (void)state;
    for (int i = 0; i < 301; i++) {
        fds[i] = raw_connect(port);
        raw_say(fds[i], "GET /hello HTTP/1.1\r\n");
    }
    /* One of them was turned away at the door. */
    raw_say(fds[300], "Host: x\r\n\r\n");
    assert_true(read(fds[300], &byte, 1) <= 0);
    for (int i = 0; i < 301; i++)
        close(fds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_answered_and_the_connection_kept),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(who_reads_no_answers_is_not_heard_for_ever),
        cmocka_unit_test(a_body_comes_in_pieces),
        cmocka_unit_test(a_refused_body_gets_its_answer),
        cmocka_unit_test(a_body_that_waits_is_called_for),
        cmocka_unit_test(http_1_0_has_one_answer_unless_it_asks),
        cmocka_unit_test(a_large_answer_arrives_whole),
        cmocka_unit_test(a_slow_body_is_given_up),
        cmocka_unit_test(misshapen_heads_are_told_so),
        cmocka_unit_test(a_head_has_a_limit_in_bytes_and_time),
        cmocka_unit_test(a_stream_is_written_until_it_ends),
        cmocka_unit_test(a_websocket_echoes),
        cmocka_unit_test(a_websocket_may_outlast_its_server),
        cmocka_unit_test(a_websocket_is_closed_with_a_reason),
        cmocka_unit_test(other_upgrades_are_passed_over),
        cmocka_unit_test(clients_that_vanish_leave_nothing),
        cmocka_unit_test(one_address_has_so_many_connections),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
