/*
 * The engine's door: what is said to a request before any operation looks at
 * it, in the words that SDKs know.
 */
#include <unistd.h>

#include "clock.h"
#include "engine_stage.h"
#include "unit.h"
#include "xalloc.h"

static const int64_t minute_ms = 60000;

static struct engine_stage stage;

static int open_stage(void **state)
{
    (void)state;
    engine_stage_open(&stage);
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    engine_stage_close(&stage);
    return 0;
}

/* Sends `text` as it stands. */
static void raw_refused(const char *text, struct recognition_refusal refusal)
{
    int fd = raw_connect(stage.port), status;
    struct json *document;

    raw_say(fd, text);
    document = recognition_hear(fd, &status);
    close(fd);
    recognition_expect(document, status, refusal);
}

/* A good request in which `part` is replaced. */
static void refused_with(const char *part, const char *replacement,
                         struct recognition_refusal refusal)
{
    struct buffer request = {0};
    char *text, *place;

    recognition_write(&stage.client, "ListCollections", "{}", &request);
    place = strstr(request.bytes, part);
    assert_non_null(place);
    text = xprintf("%.*s%s%s", (int)(place - request.bytes), request.bytes,
                   replacement, place + strlen(part));
    raw_refused(text, refusal);
    free(text);
    buffer_finish(&request);
}

/* ---- signatures ---- */

static void a_request_without_a_signature_is_told_so(void **state)
{
    (void)state;
    raw_refused(
        "POST / HTTP/1.1\r\nHost: localhost\r\n"
        "X-Amz-Target: RekognitionService.ListCollections\r\n"
        "Content-Length: 2\r\n\r\n{}",
        (struct recognition_refusal){400, "MissingAuthenticationTokenException",
                                     "Missing Authentication Token"});
}

static void a_signature_that_lacks_a_part_is_told_so(void **state)
{
    (void)state;
    refused_with(
        ", SignedHeaders=", ", Headers=",
        (struct recognition_refusal){400, "IncompleteSignatureException", ""});
}

static void a_target_that_is_not_signed_is_refused(void **state)
{
    (void)state;
    refused_with(
        ";x-amz-target", "",
        (struct recognition_refusal){400, "IncompleteSignatureException", ""});
}

static void a_wrong_secret_is_a_wrong_signature(void **state)
{
    struct recognition_client stranger = stage.client;

    (void)state;
    stranger.credentials.secret = "guessed";
    recognition_be_refused(
        &stranger,
        (struct recognition_refusal){
            400, "InvalidSignatureException",
            "The request signature we calculated does not match the signature "
            "you provided. Check your AWS Secret Access Key and signing "
            "method. Consult the service documentation for details."},
        "ListCollections", "{}");
}

static void a_changed_body_is_a_wrong_signature(void **state)
{
    (void)state;
    refused_with("\r\n\r\n{}", "\r\n\r\n[]",
                 (struct recognition_refusal){
                     400, "InvalidSignatureException",
                     "The request signature we calculated does not match"});
}

static void an_access_key_that_nobody_has_is_told_so(void **state)
{
    struct recognition_client stranger = stage.client;

    (void)state;
    stranger.credentials.access_key = "AKIAIOSFODNN7EXAMPLE";
    recognition_be_refused(
        &stranger,
        (struct recognition_refusal){
            400, "UnrecognizedClientException",
            "The security token included in the request is invalid."},
        "ListCollections", "{}");
}

static void a_session_token_is_none_of_ours(void **state)
{
    (void)state;
    refused_with(
        "X-Amz-Date:", "X-Amz-Security-Token: stale\r\nX-Amz-Date:",
        (struct recognition_refusal){400, "IncompleteSignatureException", ""});
}

/* It would be good for as long as it says itself: a week, perhaps. */
static void a_signature_in_the_query_is_not_taken(void **state)
{
    static const char target[] = "RekognitionService.ListCollections";
    const struct recognition_client *client = &stage.client;
    const struct sigv4_scope scope = {.region = client->region,
                                      .service = client->service,
                                      .time_ms = clock_wall_ms()};
    const struct sigv4_header headers[] = {{"Host", "localhost"},
                                           {"X-Amz-Target", target}};
    char *query = sigv4_presign(&(struct sigv4_request){.method = "POST",
                                                        .path = "/",
                                                        .headers = headers,
                                                        .header_count = 2,
                                                        .body = "{}",
                                                        .body_bytes = 2},
                                &client->credentials, &scope, 60, 0);
    char *text = xprintf("POST /?%s HTTP/1.1\r\nHost: localhost\r\n"
                         "X-Amz-Target: %s\r\nContent-Length: 2\r\n\r\n{}",
                         query, target);

    (void)state;
    raw_refused(text, (struct recognition_refusal){
                          400, "MissingAuthenticationTokenException",
                          "A signature in the query is not taken here"});
    free(text);
    free(query);
}

static void a_clock_five_minutes_off_is_told_which_way(void **state)
{
    struct recognition_client late = stage.client, early = stage.client;

    (void)state;
    late.ahead_ms = -6 * minute_ms;
    recognition_be_refused(
        &late,
        (struct recognition_refusal){400, "InvalidSignatureException",
                                     "Signature expired: "},
        "ListCollections", "{}");
    early.ahead_ms = 6 * minute_ms;
    recognition_be_refused(
        &early,
        (struct recognition_refusal){400, "InvalidSignatureException",
                                     "Signature not yet current: "},
        "ListCollections", "{}");
    early.ahead_ms = 4 * minute_ms;
    recognition_do(&early, "ListCollections", "{}");
}

static void another_region_or_service_is_told_so(void **state)
{
    struct recognition_client elsewhere = stage.client;

    (void)state;
    elsewhere.region = "eu-west-1";
    recognition_be_refused(
        &elsewhere,
        (struct recognition_refusal){
            400, "InvalidSignatureException",
            "Credential should be scoped to a valid region."},
        "ListCollections", "{}");
    elsewhere = stage.client;
    elsewhere.service = "s3";
    recognition_be_refused(
        &elsewhere,
        (struct recognition_refusal){400, "InvalidSignatureException",
                                     "Credential should be scoped to correct "
                                     "service: 'rekognition'."},
        "ListCollections", "{}");
}

/* ---- targets and bodies ---- */

static void a_target_that_names_nothing_is_unknown(void **state)
{
    static const struct recognition_refusal unknown = {
        400, "UnknownOperationException", "The header X-Amz-Target"};
    struct recognition_client other = stage.client;

    (void)state;
    recognition_be_refused(&stage.client, unknown, "DetectModerationLabels",
                           "{}");
    recognition_be_refused(&stage.client, unknown, "", "{}");
    recognition_be_refused(&stage.client, unknown, "listcollections", "{}");
    other.target_prefix = "AmazonSQS.";
    recognition_be_refused(&other, unknown, "ListCollections", "{}");
}

static void a_body_that_is_no_object_cannot_be_read(void **state)
{
    static const char *const bodies[] = {
        "", "{", "[]", "7", "\"x\"", "{} {}", "{\"CollectionId\":\"\\u0000\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++)
        recognition_be_refused(
            &stage.client,
            (struct recognition_refusal){400, "SerializationException",
                                         "The body is no JSON object"},
            "ListCollections", "%s", bodies[i]);
}

static void a_member_of_another_type_cannot_be_read(void **state)
{
    (void)state;
    recognition_be_refused(
        &stage.client,
        (struct recognition_refusal){
            400, "SerializationException",
            "'collectionId' has a number where a string should be"},
        "DescribeCollection", "{\"CollectionId\":7}");
    recognition_be_refused(
        &stage.client,
        (struct recognition_refusal){
            400, "SerializationException",
            "'image.bytes' has a string where base64 should be"},
        "DetectFaces", "{\"Image\":{\"Bytes\":\"no base64!\"}}");
}

static void all_that_breaks_a_rule_is_told_at_once(void **state)
{
    (void)state;
    recognition_be_refused(
        &stage.client,
        (struct recognition_refusal){
            400, "ValidationException",
            "3 validation errors detected: Value 'a b' at 'collectionId' "
            "failed to satisfy constraint: Member must satisfy regular "
            "expression pattern: [a-zA-Z0-9_.\\-]+; Value null at 'image' "
            "failed to satisfy constraint: Member must not be null; Value '0' "
            "at 'maxFaces' failed to satisfy constraint: Member must have "
            "value greater than or equal to 1"},
        "IndexFaces", "{\"CollectionId\":\"a b\",\"MaxFaces\":0}");
}

static void a_body_over_the_limit_is_not_even_read(void **state)
{
    struct recognition_refusal refusal = {413, "RequestEntityTooLargeException",
                                          "The request's body is too large"};

    (void)state;
    refused_with("Content-Length: 2\r\n", "Content-Length: 15728641\r\n",
                 refusal);
}

static void bytes_over_five_megabytes_break_a_rule(void **state)
{
    enum { LETTERS = 7000000 };
    char *letters = xmalloc(LETTERS + 1);

    (void)state;
    memset(letters, 'A', LETTERS);
    letters[LETTERS] = '\0';
    recognition_be_refused(
        &stage.client,
        (struct recognition_refusal){
            400, "ValidationException",
            "1 validation error detected: Value '...' at 'image.bytes' failed "
            "to satisfy constraint: Member must have length less than or equal "
            "to 5242880"},
        "DetectFaces", "{\"Image\":{\"Bytes\":\"%s\"}}", letters);
    free(letters);
}

static void a_body_of_very_many_values_is_refused(void **state)
{
    struct buffer body = {0};

    (void)state;
    buffer_add_text(&body, "{\"FaceIds\":[1");
    for (size_t i = 0; i < 100000; i++)
        buffer_add_text(&body, ",1");
    buffer_add_text(&body, "]}");
    recognition_be_refused(
        &stage.client,
        (struct recognition_refusal){400, "SerializationException", ""},
        "DeleteFaces", "%s", buffer_text(&body));
    buffer_finish(&body);
}

/* ---- HTTP ---- */

static void other_methods_and_paths_are_shown_the_way(void **state)
{
    static const struct {
        const char *line;
        int status;
    } others[] = {
        {"GET /", 405},         {"DELETE /", 405},
        {"BREW /", 405},        {"GET /elsewhere", 404},
        {"POST /healthz", 404}, {"POST /elsewhere", 404},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        char *text = xprintf("%s HTTP/1.1\r\nHost: localhost\r\n"
                             "Content-Length: 0\r\n\r\n",
                             others[i].line);
        struct raw_answer answer;
        int fd = raw_connect(stage.port);

        raw_refused(text, (struct recognition_refusal){
                              others[i].status, "UnknownOperationException",
                              "Operations are asked for with POST /"});
        raw_ask(fd, text, &answer);
        assert_int_equal(strstr(answer.head.bytes, "\r\nAllow: POST\r\n") !=
                             NULL,
                         others[i].status == 405);
        raw_answer_finish(&answer);
        close(fd);
        free(text);
    }
}

static void a_head_that_nobody_can_read_is_answered(void **state)
{
    (void)state;
    raw_refused(
        "POST / HTTP/1.1\nHost: localhost\n\n",
        (struct recognition_refusal){400, "MalformedHttpRequestException", ""});
    raw_refused(
        "POST / HTTP/1.1\r\nHost: localhost\r\n"
        "Transfer-Encoding: chunked\r\n\r\n",
        (struct recognition_refusal){411, "MalformedHttpRequestException", ""});
}

static void a_connection_takes_one_request_after_another(void **state)
{
    int fd = raw_connect(stage.port), status;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        recognition_send(&stage.client, fd, "ListCollections", "{}");
        json_destroy(recognition_hear(fd, &status));
        assert_int_equal(status, 200);
        recognition_send(&stage.client, fd, "Nothing", "{}");
        json_destroy(recognition_hear(fd, &status));
        assert_int_equal(status, 400);
    }
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_without_a_signature_is_told_so),
        cmocka_unit_test(a_signature_that_lacks_a_part_is_told_so),
        cmocka_unit_test(a_target_that_is_not_signed_is_refused),
        cmocka_unit_test(a_wrong_secret_is_a_wrong_signature),
        cmocka_unit_test(a_changed_body_is_a_wrong_signature),
        cmocka_unit_test(an_access_key_that_nobody_has_is_told_so),
        cmocka_unit_test(a_session_token_is_none_of_ours),
        cmocka_unit_test(a_signature_in_the_query_is_not_taken),
        cmocka_unit_test(a_clock_five_minutes_off_is_told_which_way),
        cmocka_unit_test(another_region_or_service_is_told_so),
        cmocka_unit_test(a_target_that_names_nothing_is_unknown),
        cmocka_unit_test(a_body_that_is_no_object_cannot_be_read),
        cmocka_unit_test(a_member_of_another_type_cannot_be_read),
        cmocka_unit_test(all_that_breaks_a_rule_is_told_at_once),
        cmocka_unit_test(a_body_over_the_limit_is_not_even_read),
        cmocka_unit_test(bytes_over_five_megabytes_break_a_rule),
        cmocka_unit_test(a_body_of_very_many_values_is_refused),
        cmocka_unit_test(other_methods_and_paths_are_shown_the_way),
        cmocka_unit_test(a_head_that_nobody_can_read_is_answered),
        cmocka_unit_test(a_connection_takes_one_request_after_another),
    };

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
