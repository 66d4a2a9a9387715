#include "unit.h"

#include <strings.h>

#include "basics.h"
#include "sigv4.h"

enum { HEADERS_MAX = 12 };

static const int64_t signed_at = 1440938160000; /* 20150830T123600Z */
static const int64_t minute = 60000;

static const struct sigv4_credentials credentials = {
    .access_key = "AKIDEXAMPLE",
    .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

/* A request on its way to the verifier.  Texts that a test changes are copies
 * of its own. */
struct letter {
    struct sigv4_request request;
    struct sigv4_header headers[HEADERS_MAX];
    struct sigv4_credentials credentials; /* of the sender */
    struct sigv4_scope scope;
    struct sigv4_verifier verifier;
    struct sigv4_signed added;
    char *query;
    char detail[SIGV4_DETAIL_BYTES];
};

static bool find_key(void *owner, const char *access_key,
                     struct sigv4_credentials *found)
{
    const struct letter *letter = owner;

    *found = letter->credentials;
    return strcmp(access_key, credentials.access_key) == 0;
}

static void put_header(struct letter *letter, const char *name,
                       const char *value)
{
    assert_true(letter->request.header_count < HEADERS_MAX);
    letter->headers[letter->request.header_count++] =
        (struct sigv4_header){name, value};
    letter->request.headers = letter->headers;
}

static struct sigv4_header *header(struct letter *letter, const char *name)
{
    for (size_t i = 0; i < letter->request.header_count; i++)
        if (strcasecmp(letter->headers[i].name, name) == 0)
            return &letter->headers[i];
    fail_msg("no header %s", name);
    return NULL;
}

static void drop_header(struct letter *letter, const char *name)
{
    struct sigv4_header *it = header(letter, name);

    *it = letter->headers[--letter->request.header_count];
}

/* A letter that nobody has signed yet. */
static void write_letter(struct letter *letter)
{
    *letter = (struct letter){
        .request = {.method = "POST",
                    .path = "/v1/my%20faces",
                    .query = "b=two%20words&a=1",
                    .body = "{\"CollectionId\":\"people\"}",
                    .body_bytes = 25},
        .credentials = credentials,
        .scope = {.region = "eu-west-1",
                  .service = "rekognition",
                  .time_ms = signed_at},
        .verifier = {.region = "eu-west-1",
                     .service = "rekognition",
                     .now_ms = signed_at,
                     .tolerance_ms = 5 * minute,
                     .presigned = true,
                     .find = find_key,
                     .owner = letter},
    };
    put_header(letter, "Host", "engine.example.test:4570");
    put_header(letter, "Content-Type", "application/x-amz-json-1.1");
    put_header(letter, "X-Amz-Target", "RekognitionService.ListFaces");
    put_header(letter, "User-Agent", "test/1");
}

static void sign_letter(struct letter *letter, int options)
{
    sigv4_sign(&letter->request, &letter->credentials, &letter->scope, options,
               &letter->added);
    put_header(letter, "X-Amz-Date", letter->added.date);
    if (letter->added.token)
        put_header(letter, "X-Amz-Security-Token", letter->added.token);
    if (letter->added.content_sha256)
        put_header(letter, "X-Amz-Content-Sha256",
                   letter->added.content_sha256);
    put_header(letter, "Authorization", letter->added.authorization);
}

static void presign_letter(struct letter *letter, int64_t expires_s,
                           int options)
{
    letter->query = sigv4_presign(&letter->request, &letter->credentials,
                                  &letter->scope, expires_s, options);
    letter->request.query = letter->query;
}

static void burn_letter(struct letter *letter)
{
    sigv4_signed_finish(&letter->added);
    free(letter->query);
}

static enum sigv4_verdict verdict_on(struct letter *letter)
{
    return sigv4_verify(&letter->request, &letter->verifier, letter->detail);
}

static void assert_refused(struct letter *letter, enum sigv4_verdict verdict,
                           const char *detail)
{
    assert_int_equal(verdict_on(letter), verdict);
    if (strncmp(letter->detail, detail, strlen(detail)) != 0)
        fail_msg("it says \"%s\" instead of \"%s\"", letter->detail, detail);
}

static void what_is_signed_verifies(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    sign_letter(&letter, 0);
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);

    write_letter(&letter);
    letter.credentials.token = "IQoJ//+/=";
    sign_letter(&letter, SIGV4_SEND_HASH);
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);
}

static void what_is_presigned_verifies(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    presign_letter(&letter, 60, 0);
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);

    write_letter(&letter);
    letter.credentials.token = "IQoJ//+/=";
    letter.request.query = NULL;
    presign_letter(&letter, 60, 0);
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);
}

static void a_hash_of_the_body_can_stand_for_the_body(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    sign_letter(&letter, SIGV4_SEND_HASH);
    letter.request.body = NULL;
    letter.request.body_bytes = 0;
    assert_refused(&letter, SIGV4_WRONG_SIGNATURE, "The provided");
    letter.request.payload_hash = letter.added.content_sha256;
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);
}

/* Changes each byte of the text in turn; none may be taken for the same. */
static void assert_every_byte_counts(struct letter *letter, const char **text)
{
    const char *original = *text;
    char *changed = strdup(original);

    *text = changed;
    for (char *c = changed; *c; c++) {
        *c ^= 1;
        if (verdict_on(letter) == SIGV4_OK)
            fail_msg("taken for the same: %s", changed);
        *c ^= 1;
    }
    assert_int_equal(verdict_on(letter), SIGV4_OK);
    *text = original;
    free(changed);
}

static void what_is_presigned_may_not_be_good_enough(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    letter.verifier.presigned = false;
    presign_letter(&letter, 60, 0);
    assert_refused(&letter, SIGV4_MISSING,
                   "A signature in the query is not taken here: it belongs in "
                   "the header Authorization.");
    burn_letter(&letter);
}

static void no_byte_of_a_signed_request_can_be_changed(void **state)
{
    static const char *const names[] = {
        "Host",          "Content-Type",         "X-Amz-Target",
        "X-Amz-Date",    "X-Amz-Security-Token", "X-Amz-Content-Sha256",
        "Authorization",
    };
    struct letter letter;

    (void)state;
    write_letter(&letter);
    letter.credentials.token = "IQoJ//+/=";
    sign_letter(&letter, SIGV4_SEND_HASH);
    assert_every_byte_counts(&letter, &letter.request.method);
    assert_every_byte_counts(&letter, &letter.request.path);
    assert_every_byte_counts(&letter, &letter.request.query);
    for (size_t i = 0; i < COUNT(names); i++)
        assert_every_byte_counts(&letter, &header(&letter, names[i])->value);
    burn_letter(&letter);
}

static void no_byte_of_a_presigned_request_can_be_changed(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    letter.credentials.token = "IQoJ//+/=";
    presign_letter(&letter, 60, 0);
    assert_every_byte_counts(&letter, &letter.request.method);
    assert_every_byte_counts(&letter, &letter.request.path);
    assert_every_byte_counts(&letter, &letter.request.query);
    assert_every_byte_counts(&letter, &header(&letter, "Host")->value);
    burn_letter(&letter);
}

static void no_byte_of_the_body_can_be_changed(void **state)
{
    static const char *const others[] = {"", "{\"CollectionId\":\"peoplf\"}",
                                         "{\"CollectionId\":\"people\"} "};

    (void)state;
    for (int presigned = 0; presigned < 2; presigned++) {
        struct letter letter;

        write_letter(&letter);
        if (presigned)
            presign_letter(&letter, 60, 0);
        else
            sign_letter(&letter, 0);
        for (size_t i = 0; i < COUNT(others); i++) {
            letter.request.body = others[i];
            letter.request.body_bytes = strlen(others[i]);
            assert_refused(&letter, SIGV4_WRONG_SIGNATURE, "The request sig");
        }
        burn_letter(&letter);
    }
}

static void another_secret_does_not_verify(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    sign_letter(&letter, 0);
    letter.credentials.secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEZ";
    assert_refused(&letter, SIGV4_WRONG_SIGNATURE,
                   "The request signature we calculated does not match the "
                   "signature you provided. Check your AWS Secret Access Key "
                   "and signing method. Consult the service documentation for "
                   "details.");
    burn_letter(&letter);
}

static void headers_that_are_not_signed_may_come_and_go(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    sign_letter(&letter, 0);
    header(&letter, "User-Agent")->value = "proxy/2";
    put_header(&letter, "X-Amz-Cf-Id", "added on the way");
    assert_refused(&letter, SIGV4_OK, "");
    drop_header(&letter, "User-Agent");
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);
}

static void a_signed_header_cannot_be_dropped_or_doubled(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    sign_letter(&letter, 0);
    put_header(&letter, "content-type", "text/plain");
    assert_refused(&letter, SIGV4_WRONG_SIGNATURE, "The request sig");
    drop_header(&letter, "Content-Type");
    drop_header(&letter, "Content-Type");
    assert_refused(&letter, SIGV4_WRONG_SIGNATURE, "The request sig");
    burn_letter(&letter);
}

static void
the_case_of_names_and_blanks_around_values_do_not_count(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    sign_letter(&letter, SIGV4_SEND_HASH);
    header(&letter, "Content-Type")->name = "CONTENT-TYPE";
    header(&letter, "Host")->value = " engine.example.test:4570 ";
    header(&letter, "X-Amz-Date")->value = "\t20150830T123600Z";
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);
}

static void a_key_that_nobody_has_is_unknown(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    letter.credentials.access_key = "AKIDNOBODY";
    sign_letter(&letter, 0);
    letter.verifier.now_ms += 60 * minute; /* told only to those we know */
    assert_refused(&letter, SIGV4_UNKNOWN_KEY,
                   "The security token included in the request is invalid.");
    burn_letter(&letter);
}

static void the_token_must_be_that_of_the_key(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    letter.credentials.token = "IQoJ//+/=";
    sign_letter(&letter, 0);
    letter.credentials.token = "IQoJ//+/!";
    assert_refused(&letter, SIGV4_UNKNOWN_KEY, "The security token");
    letter.credentials.token = NULL;
    assert_refused(&letter, SIGV4_UNKNOWN_KEY, "The security token");
    burn_letter(&letter);

    write_letter(&letter);
    sign_letter(&letter, 0);
    letter.credentials.token = "IQoJ//+/=";
    assert_refused(&letter, SIGV4_UNKNOWN_KEY, "The security token");
    burn_letter(&letter);

    write_letter(&letter);
    presign_letter(&letter, 60, 0);
    letter.credentials.token = "IQoJ//+/=";
    assert_refused(&letter, SIGV4_UNKNOWN_KEY, "The security token");
    burn_letter(&letter);
}

static void another_scope_is_refused(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    sign_letter(&letter, 0);
    letter.verifier.region = "us-east-1";
    assert_refused(&letter, SIGV4_WRONG_SCOPE,
                   "Credential should be scoped to a valid region.");
    letter.verifier.region = "eu-west-1";
    letter.verifier.service = "sts";
    assert_refused(&letter, SIGV4_WRONG_SCOPE,
                   "Credential should be scoped to correct service: 'sts'.");
    letter.verifier.service = "rekognition";
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);
}

static void
the_credential_must_end_well_and_have_the_day_of_the_date(void **state)
{
    static const struct {
        const char *credential;
        const char *detail;
    } cases[] = {
        {"AKIDEXAMPLE/20150830/eu-west-1/rekognition/aws5_request",
         "Credential should be scoped with a valid terminator: "
         "'aws4_request'."},
        {"AKIDEXAMPLE/20150829/eu-west-1/rekognition/aws4_request",
         "Date in Credential scope does not match YYYYMMDD from ISO-8601 "
         "version of date from HTTP"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct letter letter;
        char text[512];

        write_letter(&letter);
        sign_letter(&letter, 0);
        snprintf(text, sizeof text,
                 "AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=content-type;"
                 "host;x-amz-date;x-amz-target, Signature=%s",
                 cases[i].credential, letter.added.signature);
        header(&letter, "Authorization")->value = text;
        assert_refused(&letter, SIGV4_WRONG_SCOPE, cases[i].detail);
        burn_letter(&letter);
    }
}

static void a_clock_may_be_wrong_by_the_tolerance(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    sign_letter(&letter, 0);
    letter.verifier.now_ms = signed_at + 5 * minute;
    assert_refused(&letter, SIGV4_OK, "");
    letter.verifier.now_ms = signed_at - 5 * minute;
    assert_refused(&letter, SIGV4_OK, "");
    letter.verifier.now_ms = signed_at + 6 * minute;
    assert_refused(&letter, SIGV4_EXPIRED,
                   "Signature expired: 20150830T123600Z is now earlier than "
                   "20150830T123700Z (20150830T124200Z - 5 min.)");
    letter.verifier.now_ms = signed_at - 6 * minute;
    assert_refused(&letter, SIGV4_NOT_YET,
                   "Signature not yet current: 20150830T123600Z is still later "
                   "than 20150830T123500Z (20150830T123000Z + 5 min.)");
    burn_letter(&letter);
}

static void a_presigned_request_is_good_for_as_long_as_it_says(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    presign_letter(&letter, 3600, 0);
    letter.verifier.now_ms = signed_at + 60 * minute;
    assert_refused(&letter, SIGV4_OK, "");
    letter.verifier.now_ms = signed_at + 60 * minute + 1;
    assert_refused(&letter, SIGV4_EXPIRED, "Request has expired");
    letter.verifier.now_ms = signed_at - 5 * minute;
    assert_refused(&letter, SIGV4_OK, "");
    letter.verifier.now_ms = signed_at - 5 * minute - 1;
    assert_refused(&letter, SIGV4_NOT_YET, "Signature not yet current:");
    burn_letter(&letter);
}

static void an_unsigned_payload_is_good_where_it_is_allowed(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    letter.request.payload_hash = "UNSIGNED-PAYLOAD";
    sign_letter(&letter, SIGV4_SEND_HASH);
    letter.request.payload_hash = NULL;
    assert_refused(&letter, SIGV4_WRONG_SIGNATURE,
                   "The provided 'x-amz-content-sha256' header does not match "
                   "what was computed.");
    letter.verifier.unsigned_payload = true;
    assert_refused(&letter, SIGV4_OK, "");
    letter.request.body = "something else";
    letter.request.body_bytes = 14;
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);
}

static void a_body_that_must_be_hashed_cannot_be_left_out(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    sign_letter(&letter, SIGV4_SEND_HASH);
    letter.verifier.unsigned_payload = true;
    header(&letter, "X-Amz-Content-Sha256")->value = "UNSIGNED-PAYLOAD";
    assert_refused(&letter, SIGV4_WRONG_SIGNATURE, "The request signature");
    header(&letter, "X-Amz-Content-Sha256")->value =
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    assert_refused(&letter, SIGV4_WRONG_SIGNATURE, "The provided");
    burn_letter(&letter);
}

static void for_s3_the_path_counts_as_it_is(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    letter.verifier.service = letter.scope.service = "s3";
    letter.request.path = "/photos//a/../b%20c.jpg";
    sign_letter(&letter, SIGV4_PATH_AS_IS | SIGV4_SEND_HASH);
    assert_refused(&letter, SIGV4_OK, "");
    letter.request.path = "/photos/b%20c.jpg";
    assert_refused(&letter, SIGV4_WRONG_SIGNATURE, "The request signature");
    burn_letter(&letter);
}

static void a_presigned_upload_to_s3_needs_unsigned_payloads(void **state)
{
    struct letter letter;

    (void)state;
    write_letter(&letter);
    letter.verifier.service = letter.scope.service = "s3";
    presign_letter(&letter, 60, SIGV4_PATH_AS_IS);
    assert_int_equal(verdict_on(&letter), SIGV4_WRONG_SIGNATURE);
    letter.verifier.unsigned_payload = true;
    assert_refused(&letter, SIGV4_OK, "");
    burn_letter(&letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_signed_verifies),
        cmocka_unit_test(what_is_presigned_verifies),
        cmocka_unit_test(what_is_presigned_may_not_be_good_enough),
        cmocka_unit_test(a_hash_of_the_body_can_stand_for_the_body),
        cmocka_unit_test(no_byte_of_a_signed_request_can_be_changed),
        cmocka_unit_test(no_byte_of_a_presigned_request_can_be_changed),
        cmocka_unit_test(no_byte_of_the_body_can_be_changed),
        cmocka_unit_test(another_secret_does_not_verify),
        cmocka_unit_test(headers_that_are_not_signed_may_come_and_go),
        cmocka_unit_test(a_signed_header_cannot_be_dropped_or_doubled),
        cmocka_unit_test(
            the_case_of_names_and_blanks_around_values_do_not_count),
        cmocka_unit_test(a_key_that_nobody_has_is_unknown),
        cmocka_unit_test(the_token_must_be_that_of_the_key),
        cmocka_unit_test(another_scope_is_refused),
        cmocka_unit_test(
            the_credential_must_end_well_and_have_the_day_of_the_date),
        cmocka_unit_test(a_clock_may_be_wrong_by_the_tolerance),
        cmocka_unit_test(a_presigned_request_is_good_for_as_long_as_it_says),
        cmocka_unit_test(an_unsigned_payload_is_good_where_it_is_allowed),
        cmocka_unit_test(a_body_that_must_be_hashed_cannot_be_left_out),
        cmocka_unit_test(for_s3_the_path_counts_as_it_is),
        cmocka_unit_test(a_presigned_upload_to_s3_needs_unsigned_payloads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
