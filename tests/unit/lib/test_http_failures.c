#include "http_stage.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers that are too large, too late, or none. */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };

    return cmocka_run_group_tests(tests, forget_proxies, NULL);
}
