/*
 * The engine as those see it who look after it: its health, its figures, its
 * log, and what it does to clients that are slow, many or too much.
 */
#include <signal.h>
#include <unistd.h>

#include "clock.h"
#include "engine_stage.h"
#include "exposition.h"
#include "patience.h"
#include "port.h"
#include "talk.h"
#include "unit.h"
#include "xalloc.h"

enum { GROUP_FACES = 4 }; /* on f1-group.jpg */

static const char *const settings[] = {
    "FACEWIRE_ENGINE_THREADS",
    "FACEWIRE_ENGINE_WAITING",
    "FACEWIRE_ENGINE_WAITING_MS",
    "FACEWIRE_ENGINE_REQUEST_MS",
    "FACEWIRE_ENGINE_REQUESTS_BYTES",
    "FACEWIRE_ENGINE_ADDRESS_CONNECTIONS",
    "FACEWIRE_LOG_FORMAT",
    "FACEWIRE_LOG_LEVEL",
};

static struct engine_stage stage;

static int close_stage(void **state)
{
    (void)state;
    engine_stage_close(&stage);
    for (size_t i = 0; i < COUNT(settings); i++)
        unsetenv(settings[i]);
    return 0;
}

static void open_stage(void)
{
    engine_stage_open(&stage);
    recognition_do(&stage.client, "CreateCollection",
                   "{\"CollectionId\":\"people\"}");
}

/* What /metrics says, to be freed. */
static char *read_figures(void)
{
    struct raw_answer answer;
    char *text;

    talk_raw(stage.port, "GET", "/metrics", "", NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(raw_header(&answer, "Content-Type"),
                        "text/plain; version=0.0.4");
    text = buffer_take(&answer.body);
    raw_answer_finish(&answer);
    exposition_check(text);
    return text;
}

static void expect_figure(const char *figures, const char *series, double value)
{
    double found = exposition_value(figures, series);

    if (found < value || found > value)
        fail_msg("%s is %f and not %f", series, found, value);
}

static void send_photo(int fd, const char *photo)
{
    recognition_send(&stage.client, fd, "DetectFaces",
                     "{\"Image\":{\"Bytes\":\"%s\"}}", photo);
}

/* ---- health ---- */

static void health_tells_how_long_a_picture_took(void **state)
{
    struct json *first, *second;

    (void)state;
    open_stage();
    first = talk_get(stage.port, "/healthz");
    assert_string_equal(json_get_text(first, "status", ""), "ok");
    assert_true(json_get_number(first, "detect_ms", 0) > 0);
    assert_true(json_get_number(first, "took_ms", 0) >=
                json_get_number(first, "detect_ms", 0) +
                    json_get_number(first, "decode_ms", -1) - 0.01);

    /* Within a second nothing is looked at anew. */
    second = talk_get(stage.port, "/healthz");
    if (json_get_number(second, "age_ms", 0) > 0)
        assert_float_equal(json_get_number(first, "took_ms", 0),
                           json_get_number(second, "took_ms", 1), 1e-9);
    json_destroy(first);
    json_destroy(second);
}

/* Photos come faster than they are worked on, until the engine says so. */
static void who_is_overrun_is_not_well(void **state)
{
    char *photo = recognition_photo("f1-group-12mp.jpg");
    struct patience patience = patience_of(60000);
    int lines[4], status = 200;

    (void)state;
    setenv("FACEWIRE_ENGINE_THREADS", "1", 1);
    setenv("FACEWIRE_ENGINE_WAITING", "1", 1);
    open_stage();
    while (status == 200) {
        struct json *health;

        for (size_t i = 0; i < COUNT(lines); i++) {
            lines[i] = raw_connect(stage.port);
            send_photo(lines[i], photo);
        }
        health = talk(stage.port, "GET", "/healthz", &status);
        if (status != 200) {
            assert_int_equal(status, 503);
            assert_string_equal(json_get_text(health, "status", ""), "failing");
            assert_string_equal(json_get_text(health, "problem", ""),
                                "No more photos can wait.");
        }
        json_destroy(health);
        for (size_t i = 0; i < COUNT(lines); i++)
            close(lines[i]);
        assert_true(status != 200 || patience_lasts(&patience));
    }
    free(photo);
}

/* ---- figures ---- */

static void figures_tell_what_was_asked(void **state)
{
    char *photo = recognition_photo("f1-group.jpg"), *figures;
    struct recognition_client stranger;
    int status;

    (void)state;
    open_stage();
    recognition_do(&stage.client, "IndexFaces",
                   "{\"CollectionId\":\"people\",\"Image\":{\"Bytes\":\"%s\"}}",
                   photo);
    json_destroy(recognition_ask(&stage.client, &status, "DescribeCollection",
                                 "{\"CollectionId\":\"nobody\"}"));
    json_destroy(recognition_ask(&stage.client, &status, "Nothing", "{}"));
    stranger = stage.client;
    stranger.credentials.secret = "guessed";
    json_destroy(recognition_ask(&stranger, &status, "ListCollections", "{}"));
    json_destroy(talk(stage.port, "GET", "/elsewhere", &status));

    figures = read_figures();
    expect_figure(figures,
                  "facewire_engine_requests_total{operation=\"IndexFaces\","
                  "code=\"OK\",status=\"200\"}",
                  1);
    expect_figure(figures,
                  "facewire_engine_requests_total{operation="
                  "\"DescribeCollection\",code=\"ResourceNotFoundException\","
                  "status=\"400\"}",
                  1);
    expect_figure(figures,
                  "facewire_engine_requests_total{operation=\"none\","
                  "code=\"UnknownOperationException\",status=\"400\"}",
                  1);
    expect_figure(figures,
                  "facewire_engine_requests_total{operation=\"none\","
                  "code=\"UnknownOperationException\",status=\"404\"}",
                  1);
    expect_figure(figures,
                  "facewire_engine_requests_total{operation=\"none\","
                  "code=\"InvalidSignatureException\",status=\"400\"}",
                  1);
    expect_figure(
        figures,
        "facewire_engine_request_seconds_count{operation=\"IndexFaces\"}", 1);
    expect_figure(figures,
                  "facewire_engine_photos_total{result=\"recognized\"}", 1);
    expect_figure(figures, "facewire_engine_faces_found_total", GROUP_FACES);
    expect_figure(figures,
                  "facewire_engine_photo_seconds_count{step=\"embed\"}", 1);
    expect_figure(figures, "facewire_engine_collections", 1);
    expect_figure(figures, "facewire_engine_faces", GROUP_FACES);
    /* The collection and its faces. */
    expect_figure(figures, "facewire_engine_commit_seconds_count", 2);
    expect_figure(figures, "facewire_engine_waiting{queue=\"photos\"}", 0);
    expect_figure(figures, "facewire_engine_calls", 0);
    expect_figure(figures, "facewire_engine_requests_bytes", 0);
    assert_true(exposition_value(figures, "facewire_engine_connections") >= 1);
    assert_non_null(strstr(figures, "facewire_engine_build_info{version=\""));
    free(figures);
    free(photo);
}

/* ---- limits ---- */

static void a_photo_that_waits_too_long_is_throttled(void **state)
{
    enum { CROWD = 20 };
    char *photo = recognition_photo("f1-group-12mp.jpg"), *figures;
    int lines[CROWD], status;
    size_t late = 0;

    (void)state;
    setenv("FACEWIRE_ENGINE_THREADS", "1", 1);
    setenv("FACEWIRE_ENGINE_WAITING_MS", "100", 1);
    open_stage();
    for (size_t i = 0; i < CROWD; i++) {
        lines[i] = raw_connect(stage.port);
        send_photo(lines[i], photo);
    }
    for (size_t i = 0; i < CROWD; i++) {
        struct json *document = recognition_hear(lines[i], &status);

        if (status == 200) {
            json_destroy(document);
        } else {
            late++;
            recognition_expect(
                document, status,
                (struct recognition_refusal){
                    400, "ThrottlingException",
                    "Slow down; sudden increase in rate of requests."});
        }
        close(lines[i]);
    }
    assert_in_range(late, 1, CROWD - 1);
    figures = read_figures();
    expect_figure(figures, "facewire_engine_photos_total{result=\"late\"}",
                  (double)late);
    free(figures);
    free(photo);
}

static void a_body_that_takes_too_long_is_cut_off(void **state)
{
    struct json *answer;
    int fd, status;

    (void)state;
    setenv("FACEWIRE_ENGINE_REQUEST_MS", "1000", 1);
    open_stage();
    fd = raw_connect(stage.port);
    raw_say(fd, "POST / HTTP/1.1\r\nHost: localhost\r\n"
                "X-Amz-Target: RekognitionService.ListFaces\r\n"
                "Content-Length: 100000\r\n\r\n{");
    answer = recognition_hear(fd, &status);
    recognition_expect(
        answer, status,
        (struct recognition_refusal){408, "RequestTimeoutException",
                                     "The request took too long to come"});
    assert_true(raw_is_closed(fd, 10000));
    close(fd);
}

/* They promise more than all bodies together may have, and send little. */
static void who_promises_much_keeps_nobody_out(void **state)
{
    enum { CROWD = 8 };
    char *photo = recognition_photo("f1-group.jpg");
    int lines[CROWD];

    (void)state;
    setenv("FACEWIRE_ENGINE_REQUESTS_BYTES", "16M", 1);
    open_stage();
    for (size_t i = 0; i < CROWD; i++) {
        lines[i] = raw_connect(stage.port);
        raw_say(lines[i], "POST / HTTP/1.1\r\nHost: localhost\r\n"
                          "Content-Length: 15000000\r\n\r\n{");
    }
    recognition_do(&stage.client, "DetectFaces",
                   "{\"Image\":{\"Bytes\":\"%s\"}}", photo);
    for (size_t i = 0; i < CROWD; i++)
        close(lines[i]);
    free(photo);
}

/* Those who send it all do, for as long as they have it. */
static void bodies_that_are_too_much_together_are_refused(void **state)
{
    enum { BYTES = 15000000, SENT = 14000000 };
    char *bytes = xmalloc(SENT);
    char *head = xprintf("POST / HTTP/1.1\r\nHost: localhost\r\n"
                         "Content-Length: %d\r\n\r\n",
                         BYTES);
    struct recognition_refusal refusal = {
        400, "ProvisionedThroughputExceededException",
        "Provisioned rate exceeded."};
    struct json *answer;
    int one, other, status;

    (void)state;
    setenv("FACEWIRE_ENGINE_REQUESTS_BYTES", "16M", 1);
    open_stage();
    memset(bytes, ' ', SENT);
    one = raw_connect(stage.port);
    raw_say(one, head);
    raw_send(one, bytes, SENT);
    other = raw_connect(stage.port);
    raw_say(other, head);
    raw_send(other, bytes, SENT);
    answer = recognition_hear(other, &status);
    recognition_expect(answer, status, refusal);
    close(one);
    close(other);
    free(head);
    free(bytes);
}

/* Connections that were used before may still be on their way out. */
static void one_address_cannot_have_all_connections(void **state)
{
    struct patience patience = patience_of(10000);
    int lines[8];

    (void)state;
    setenv("FACEWIRE_ENGINE_ADDRESS_CONNECTIONS", "4", 1);
    open_stage();
    for (size_t i = 0; i < COUNT(lines); i++) {
        lines[i] = raw_connect(stage.port);
        raw_say(lines[i], "POST / HTTP/1.1\r\n");
    }
    assert_true(raw_is_closed(lines[COUNT(lines) - 1], 9000));
    for (size_t i = 0; i < COUNT(lines); i++)
        close(lines[i]);
    for (bool is_told = false; !is_told;) {
        struct raw_answer answer;

        talk_raw(stage.port, "GET", "/metrics", "", NULL, 0, &answer);
        is_told =
            answer.status == 200 &&
            exposition_value(buffer_text(&answer.body),
                             "facewire_engine_connections_refused_total") >= 4;
        raw_answer_finish(&answer);
        assert_true(is_told || patience_lasts(&patience));
    }
}

/* ---- the log ---- */

/* Whether a line of the log has all of these; demands that each is JSON. */
static bool log_says(const char *const *parts, size_t count)
{
    char *text = unit_read_file("engine.log", NULL), *rest = NULL;
    bool is_said = false;

    for (char *line = strtok_r(text, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        struct json *document = json_parse(line, strlen(line));
        bool has_all = true;

        assert_true(json_is_object(document));
        for (size_t i = 0; i < count; i++)
            has_all &= strstr(line, parts[i]) != NULL;
        is_said |= has_all;
        json_destroy(document);
    }
    free(text);
    return is_said;
}

static void each_line_of_a_request_has_its_id(void **state)
{
    /* It ends in the middle, of which libvips complains on a thread. */
    char *photo = recognition_photo("noface-coffee.png");
    struct raw_answer answer;
    char *request_id, *member;
    int fd;

    (void)state;
    setenv("FACEWIRE_LOG_FORMAT", "json", 1);
    setenv("FACEWIRE_LOG_LEVEL", "debug", 1);
    open_stage();
    photo[strlen(photo) / 2 & ~(size_t)3] = '\0';
    fd = raw_connect(stage.port);
    send_photo(fd, photo);
    raw_hear(fd, &answer);
    assert_int_equal(answer.status, 400);
    request_id = xstrdup(raw_header(&answer, "x-amzn-RequestId"));
    raw_answer_finish(&answer);
    close(fd);

    member = xprintf("\"request\":\"%s\"", request_id);
    {
        const char *end[] = {
            member, "\"trace\":\"", "\"operation\":\"DetectFaces\"",
            "\"code\":\"InvalidImageFormatException\"", "\"took_ms\":\""};
        const char *reason[] = {member, "\"picture cannot be "};

        assert_true(log_says(end, COUNT(end)));
        assert_true(log_says(reason, COUNT(reason)));
    }
    free(member);
    free(request_id);
    free(photo);
}

/* ---- the end ---- */

static void who_comes_during_the_drain_is_turned_away(void **state)
{
    char *photo = recognition_photo("f1-group-12mp.jpg");
    struct patience patience = patience_of(10000);
    enum { LINES = 8 };
    int lines[LINES], fd, status;

    (void)state;
    setenv("FACEWIRE_ENGINE_THREADS", "1", 1);
    open_stage();
    for (size_t i = 0; i < LINES; i++) {
        lines[i] = raw_connect(stage.port);
        send_photo(lines[i], photo);
    }
    json_destroy(talk_get(stage.port, "/healthz"));
    child_signal(&stage.engine, SIGTERM);
    while ((fd = raw_try_connect(stage.port)) >= 0 && patience_lasts(&patience))
        close(fd);
    assert_int_equal(fd, -1);
    for (size_t i = 0; i < LINES; i++) {
        json_destroy(recognition_hear(lines[i], &status));
        assert_int_equal(status, 200);
        close(lines[i]);
    }
    assert_int_equal(child_wait(&stage.engine, 30000), 0);
    free(photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, close_stage)
        TEST(health_tells_how_long_a_picture_took),
        TEST(who_is_overrun_is_not_well),
        TEST(figures_tell_what_was_asked),
        TEST(a_photo_that_waits_too_long_is_throttled),
        TEST(a_body_that_takes_too_long_is_cut_off),
        TEST(who_promises_much_keeps_nobody_out),
        TEST(bodies_that_are_too_much_together_are_refused),
        TEST(one_address_cannot_have_all_connections),
        TEST(each_line_of_a_request_has_its_id),
        TEST(who_comes_during_the_drain_is_turned_away),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
