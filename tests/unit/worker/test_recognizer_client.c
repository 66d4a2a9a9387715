#include "unit.h"

#include "done.h"
#include "errors.h"
#include "recognizer_client.h"
#include "scripted_server.h"

/* A client, an endpoint that says what the test wants, one loop. */
struct stage {
    uv_loop_t loop;
    struct scripted_server server;
    struct recognizer_client *client;
    struct trace trace;
    struct stages stages;
    struct asker asker;
    size_t answers;
    int error;
    int meaning;
    char body[256];
};

static int open_stage(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    struct recognizer_options options = {.region = "eu-central-1",
                                         .access_key = "AKIDEXAMPLE",
                                         .secret_key = "secret",
                                         .session_token = "",
                                         .ca_file = "",
                                         .connections = 2};
    char endpoint[64], problem[256];

    uv_loop_init(&stage->loop);
    scripted_start(&stage->server, &stage->loop);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d",
             stage->server.port);
    options.endpoint = endpoint;
    stage->client = recognizer_client_create(&stage->loop, &options, problem);
    assert_non_null(stage->client);
    stage->asker = (struct asker){
        .job = "job1", .trace = &stage->trace, .stages = &stage->stages};
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;

    recognizer_client_destroy(stage->client);
    scripted_stop(&stage->server);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&stage->loop), 0);
    free(stage);
    return 0;
}

static void script(struct stage *stage, const char *const *answer)
{
    stage->server.pieces = answer;
    stage->server.piece_count = 1;
}

static void on_answer(void *owner, int error,
                      const struct recognizer_reply *reply)
{
    struct stage *stage = owner;

    stage->answers++;
    stage->error = error;
    stage->meaning = error == E_REFUSED ? (int)reply->refusal.meaning : -1;
    if (reply)
        snprintf(stage->body, sizeof stage->body, "%.*s", (int)reply->len,
                 reply->body);
}

static int ask(struct stage *stage)
{
    struct buffer body = {0};

    buffer_add_text(&body, "{\"CollectionId\":\"c\"}");
    return recognizer_client_ask(stage->client, RECOGNITION_CREATE_COLLECTION,
                                 &stage->asker, &body, on_answer, stage);
}

static int ask_and_wait(struct stage *stage)
{
    assert_int_equal(ask(stage), PENDING);
    stage->answers = 0;
    while (stage->answers == 0)
        uv_run(&stage->loop, UV_RUN_ONCE);
    return stage->error;
}

static void a_question_is_signed_and_names_its_operation(void **state)
{
    static const char *const answer[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"};
    struct stage *stage = *state;
    const char *heard;

    script(stage, answer);
    assert_int_equal(ask_and_wait(stage), 0);
    assert_string_equal(stage->body, "{}");
    heard = buffer_text(&stage->server.heard);
    assert_non_null(
        strstr(heard, "X-Amz-Target: RekognitionService.CreateCollection\r\n"));
    assert_non_null(strstr(
        heard, "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
    assert_non_null(strstr(heard, "/eu-central-1/rekognition/aws4_request"));
    assert_non_null(strstr(heard, "{\"CollectionId\":\"c\"}"));
    assert_string_equal(recognizer_client_engine(stage->client),
                        "Rekognition-compatible endpoint");
}

static void a_question_passes_the_trace_on(void **state)
{
    static const char *const answer[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"};
    static const char parent[] =
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    struct stage *stage = *state;
    const char *heard;

    assert_true(trace_read(&stage->trace, parent, "vendor=1"));
    script(stage, answer);
    assert_int_equal(ask_and_wait(stage), 0);
    heard = buffer_text(&stage->server.heard);
    assert_non_null(
        strstr(heard, "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-"));
    assert_null(strstr(heard, "00f067aa0ba902b7")); /* the call has its own */
    assert_non_null(strstr(heard, "-01\r\ntracestate: vendor=1\r\n"));
}

static void an_answer_is_put_down(void **state)
{
    static const char *const answer[] = {
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}"};
    struct stage *stage = *state;

    assert_true(stage->stages.when_us[STAGE_RECOGNIZED] == 0);
    script(stage, answer);
    assert_int_equal(ask_and_wait(stage), E_REFUSED);
    assert_true(stage->stages.when_us[STAGE_RECOGNIZED] > 0);
    assert_null(strstr(buffer_text(&stage->server.heard), "traceparent"));
}

static void an_engine_is_known_by_its_name(void **state)
{
    static const char *const answer[] = {
        "HTTP/1.1 200 OK\r\nServer: facewire-engine/1\r\n"
        "Content-Length: 2\r\n\r\n{}"};
    struct stage *stage = *state;

    script(stage, answer);
    assert_int_equal(ask_and_wait(stage), 0);
    assert_string_equal(recognizer_client_engine(stage->client),
                        "Facewire engine");
}

static void a_refusal_says_what_it_means(void **state)
{
    static const char *const answer[] = {
        "HTTP/1.1 400 Bad Request\r\n"
        "x-amzn-ErrorType: ThrottlingException\r\n"
        "Content-Length: 2\r\n\r\n{}"};
    struct stage *stage = *state;

    script(stage, answer);
    assert_int_equal(ask_and_wait(stage), E_REFUSED);
    assert_int_equal(stage->meaning, RECOGNITION_THROTTLED);
}

static void it_is_known_how_the_service_answered_lately(void **state)
{
    static const char *const well[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"};
    static const char *const no_image[] = {
        "HTTP/1.1 400 Bad Request\r\n"
        "x-amzn-ErrorType: InvalidImageFormatException\r\n"
        "Content-Length: 2\r\n\r\n{}"};
    static const char *const broken[] = {
        "HTTP/1.1 500 Internal Server Error\r\n"
        "x-amzn-ErrorType: InternalServerError\r\n"
        "Content-Length: 2\r\n\r\n{}"};
    struct stage *stage = *state;
    int failure;

    assert_false(recognizer_client_news(stage->client, &failure));
    script(stage, broken);
    assert_int_equal(ask_and_wait(stage), E_REFUSED);
    assert_true(recognizer_client_news(stage->client, &failure));
    assert_int_equal(failure, E_UNAVAILABLE);
    assert_false(recognizer_client_news(stage->client, &failure));
    script(stage, no_image);
    assert_int_equal(ask_and_wait(stage), E_REFUSED);
    assert_true(recognizer_client_news(stage->client, &failure));
    assert_int_equal(failure, 0);
    script(stage, well);
    assert_int_equal(ask_and_wait(stage), 0);
    script(stage, broken);
    assert_int_equal(ask_and_wait(stage), E_REFUSED);
    assert_true(recognizer_client_news(stage->client, &failure));
    assert_int_equal(failure, 0); /* one good answer was among them */
}

/* The clock that is wrong is ours, as far as the endpoint is concerned. */
static void a_refused_signature_is_tried_once_more_by_their_clock(void **state)
{
    static const char *const answer[] = {
        "HTTP/1.1 400 Bad Request\r\n"
        "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
        "x-amzn-ErrorType: InvalidSignatureException\r\n"
        "Content-Length: 2\r\n\r\n{}"};
    struct stage *stage = *state;

    script(stage, answer);
    assert_int_equal(ask_and_wait(stage), E_REFUSED);
    assert_int_equal(stage->meaning, RECOGNITION_DENIED);
    assert_int_equal(stage->server.requests, 2);
    assert_non_null(
        strstr(buffer_text(&stage->server.heard), "X-Amz-Date: 20000101T0000"));
    /* Now that it is known, nothing is gained by asking twice. */
    assert_int_equal(ask_and_wait(stage), E_REFUSED);
    assert_int_equal(stage->server.requests, 3);
}

static void what_is_asked_when_it_closes_is_cancelled(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(ask(stage), PENDING);
    assert_int_equal(ask(stage), PENDING);
    recognizer_client_close(stage->client);
    assert_int_equal(stage->answers, 2);
    assert_int_equal(stage->error, E_CANCELLED);
    assert_int_equal(ask(stage), E_CANCELLED);
    assert_int_equal(stage->answers, 2);
}

static void an_address_that_is_none_is_refused(void **state)
{
    struct stage *stage = *state;
    struct recognizer_options options = {.endpoint = "ftp://example.org",
                                         .region = "eu-central-1",
                                         .access_key = "a",
                                         .secret_key = "b",
                                         .session_token = "",
                                         .ca_file = "",
                                         .connections = 1};
    char problem[256];

    assert_null(recognizer_client_create(&stage->loop, &options, problem));
    assert_non_null(strstr(problem, "ftp://example.org"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_question_is_signed_and_names_its_operation),
        TEST(a_question_passes_the_trace_on),
        TEST(an_answer_is_put_down),
        TEST(an_engine_is_known_by_its_name),
        TEST(a_refusal_says_what_it_means),
        TEST(it_is_known_how_the_service_answered_lately),
        TEST(a_refused_signature_is_tried_once_more_by_their_clock),
        TEST(what_is_asked_when_it_closes_is_cancelled),
        TEST(an_address_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
