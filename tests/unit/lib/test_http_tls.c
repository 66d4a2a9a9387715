/* The client against a TLS server, which is openssl's, with a certificate that
 * is made here and good for 127.0.0.1 alone. */
#include "unit.h"

#include <signal.h>
#include <unistd.h>

#include <uv.h>

#include "basics.h"
#include "buffer.h"
#include "done.h"
#include "errors.h"
#include "http.h"

#define KEY "tls-key.pem"
#define CERTIFICATE "tls-certificate.pem"

static uv_loop_t loop;
static uv_process_t server;
static uv_pipe_t output;          /* the server's */
static struct buffer said;        /* by the server */
static char port[sizeof "65535"]; /* that it said it listens on */

static void on_process_end(uv_process_t *process, int64_t status, int number)
{
    (void)number;
    process->data = (void *)(intptr_t)(status == 0 ? 1 : -1);
    uv_close((uv_handle_t *)process, NULL);
}

/* Starts a program, with its output in `out` (NULL: nowhere). */
static void start(uv_process_t *process, const char *const *arguments,
                  uv_pipe_t *out)
{
    uv_stdio_container_t files[3] = {
        {.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_IGNORE}};
    const uv_process_options_t options = {
        .file = arguments[0],
        .args = (char **)(uintptr_t)arguments,
        .exit_cb = on_process_end,
        .stdio = files,
        .stdio_count = 3,
    };

    if (out) {
        files[1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
        files[1].data.stream = (uv_stream_t *)out;
    }
    process->data = NULL;
    if (uv_spawn(&loop, process, &options) < 0)
        unit_skip("there is no openssl program here");
}

static void make_certificate(void)
{
    static const char *const arguments[] = {"openssl",
                                            "req",
                                            "-x509",
                                            "-newkey",
                                            "ec",
                                            "-pkeyopt",
                                            "ec_paramgen_curve:P-256",
                                            "-nodes",
                                            "-days",
                                            "2",
                                            "-subj",
                                            "/CN=test",
                                            "-addext",
                                            "subjectAltName=IP:127.0.0.1",
                                            "-keyout",
                                            KEY,
                                            "-out",
                                            CERTIFICATE,
                                            NULL};
    uv_process_t maker;

    start(&maker, arguments, NULL);
    while (!maker.data)
        uv_run(&loop, UV_RUN_ONCE);
    assert_true((intptr_t)maker.data > 0);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *bytes)
{
    (void)handle;
    (void)wanted;
    *bytes = uv_buf_init(buffer_reserve(&said, 4096), 4096);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes)
{
    (void)bytes;
    if (count < 0) {
        uv_close((uv_handle_t *)stream, NULL);
        return;
    }
    said.len += (size_t)count;
    said.bytes[said.len] = '\0';
}

/* The server says "ACCEPT 127.0.0.1:12345" once it listens. */
static int start_server(void **state)
{
    static const char *const arguments[] = {
        "openssl", "s_server",  "-accept", "127.0.0.1:0", "-www",
        "-cert",   CERTIFICATE, "-key",    KEY,           NULL};
    const char *line;

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&loop);
    make_certificate();
    uv_pipe_init(&loop, &output, 0);
    start(&server, arguments, &output);
    uv_read_start((uv_stream_t *)&output, on_alloc, on_read);
    do {
        uv_run(&loop, UV_RUN_ONCE);
        if (server.data)
            return -1;
        line = strstr(buffer_text(&said), "ACCEPT 127.0.0.1:");
    } while (!line || !strchr(line, '\n'));
    line += strlen("ACCEPT 127.0.0.1:");
    snprintf(port, sizeof port, "%.*s", (int)strspn(line, "0123456789"), line);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    uv_process_kill(&server, SIGKILL);
    uv_run(&loop, UV_RUN_DEFAULT);
    buffer_finish(&said);
    unlink(KEY);
    unlink(CERTIFICATE);
    return uv_loop_close(&loop);
}

/* How a request ended: its status, or the error. */
static void on_done(void *owner, int error, const struct http_answer *answer)
{
    int *result = owner;

    *result = error ? error : answer->status;
}

static int ask(const char *host, const char *ca_file)
{
    struct http *http = http_create(&loop, 1);
    struct http_request request = {.method = "GET",
                                   .limit_ms = 60000,
                                   .connect_ms = 60000,
                                   .answer_bytes = 1 << 20,
                                   .ca_file = ca_file};
    char url[64];
    int result = 0;

    snprintf(url, sizeof url, "https://%s:%s/", host, port);
    request.url = url;
    assert_int_equal(http_send(http, &request, on_done, &result), PENDING);
    while (result == 0)
        uv_run(&loop, UV_RUN_ONCE);
    http_destroy(http);
    return result;
}

static void a_server_whose_certificate_we_trust_answers(void **state)
{
    (void)state;
    assert_int_equal(ask("127.0.0.1", CERTIFICATE), 200);
}

static void a_certificate_that_nobody_vouches_for_is_not_trusted(void **state)
{
    (void)state;
    assert_int_equal(ask("127.0.0.1", NULL), E_UNAVAILABLE);
}

static void a_certificate_of_another_host_is_not_trusted(void **state)
{
    (void)state;
    assert_int_equal(ask("localhost", CERTIFICATE), E_UNAVAILABLE);
}

static void a_file_without_certificates_trusts_nobody(void **state)
{
    (void)state;
    assert_int_equal(ask("127.0.0.1", "no-such-file.pem"), E_UNAVAILABLE);
    assert_int_equal(ask("127.0.0.1", KEY), E_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_whose_certificate_we_trust_answers),
        cmocka_unit_test(a_certificate_that_nobody_vouches_for_is_not_trusted),
        cmocka_unit_test(a_certificate_of_another_host_is_not_trusted),
        cmocka_unit_test(a_file_without_certificates_trusts_nobody),
    };

    unsetenv("https_proxy");
    unsetenv("HTTPS_PROXY");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
