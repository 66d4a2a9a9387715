#include "unit.h"

#include <strings.h>

#include "basics.h"
#include "claim.h"

enum { HEADERS_MAX = 8 };

#define CREDENTIAL "Credential=AKID/20150830/eu-west-1/rekognition/aws4_request"
#define HEADERS "SignedHeaders=host;x-amz-date;x-amz-target"
#define SIGNATURE "Signature=abc"

static const int64_t signed_at = 1440938160000; /* 20150830T123600Z */

/* A request, and what was read from it last. */
struct scene {
    struct sigv4_request request;
    struct sigv4_header headers[HEADERS_MAX];
    struct claim claim;
    char detail[SIGV4_DETAIL_BYTES];
};

static void put_header(struct scene *scene, const char *name, const char *value)
{
    assert_true(scene->request.header_count < HEADERS_MAX);
    scene->headers[scene->request.header_count++] =
        (struct sigv4_header){name, value};
    scene->request.headers = scene->headers;
}

static struct sigv4_header *header(struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->request.header_count; i++)
        if (strcasecmp(scene->headers[i].name, name) == 0)
            return &scene->headers[i];
    fail_msg("no header %s", name);
    return NULL;
}

static void drop_header(struct scene *scene, const char *name)
{
    struct sigv4_header *it = header(scene, name);

    *it = scene->headers[--scene->request.header_count];
}

static void set_unsigned(struct scene *scene)
{
    *scene = (struct scene){.request = {.method = "POST", .path = "/"}};
    put_header(scene, "Host", "engine.example.test");
    put_header(scene, "X-Amz-Target", "RekognitionService.ListFaces");
}

static void set_in_headers(struct scene *scene)
{
    set_unsigned(scene);
    put_header(scene, "X-Amz-Date", "20150830T123600Z");
    put_header(scene, "Authorization",
               "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ", " SIGNATURE);
}

static void set_in_query(struct scene *scene, const char *query)
{
    set_unsigned(scene);
    scene->request.query = query;
}

static enum sigv4_verdict verdict_on(struct scene *scene)
{
    enum sigv4_verdict verdict;

    claim_finish(&scene->claim);
    verdict = claim_read(&scene->claim, &scene->request, scene->detail);
    assert_true((verdict == SIGV4_OK) == (*scene->detail == '\0'));
    return verdict;
}

static void assert_read(struct scene *scene, enum sigv4_verdict verdict,
                        const char *detail)
{
    assert_int_equal(verdict_on(scene), verdict);
    if (strncmp(scene->detail, detail, strlen(detail)) != 0)
        fail_msg("it says \"%s\" instead of \"%s\"", scene->detail, detail);
    claim_finish(&scene->claim);
}

static void assert_claim_is_ours(const struct claim *claim)
{
    static const char *const wanted[CLAIM_ELEMENTS] = {
        "AKID", "20150830", "eu-west-1", "rekognition", "aws4_request"};

    for (size_t i = 0; i < CLAIM_ELEMENTS; i++)
        assert_string_equal(claim->elements[i], wanted[i]);
    assert_string_equal(claim->parts[CLAIM_SIGNATURE], "abc");
    assert_true(claim->time_ms == signed_at);
    assert_true(claim_has_signed(claim, "Host"));
    assert_true(claim_has_signed(claim, "x-amz-target"));
    assert_false(claim_has_signed(claim, "hos"));
    assert_false(claim_has_signed(claim, "hosts"));
    assert_false(claim_has_signed(claim, ""));
    assert_false(claim_has_signed(claim, "Content-Type"));
}

static void blanks_and_order_in_authorization_do_not_count(void **state)
{
    static const char *const good[] = {
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL "," HEADERS "," SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ",   " HEADERS ",\t " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL " , " HEADERS " , " SIGNATURE " ",
        "  AWS4-HMAC-SHA256   " CREDENTIAL "," HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256\t" CREDENTIAL "," HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " SIGNATURE ", " HEADERS,
        "AWS4-HMAC-SHA256 " SIGNATURE "," HEADERS "," CREDENTIAL,
        "AWS4-HMAC-SHA256 " CREDENTIAL "," HEADERS "," SIGNATURE ", New=thing",
    };
    struct scene scene;

    (void)state;
    set_in_headers(&scene);
    for (size_t i = 0; i < COUNT(good); i++) {
        header(&scene, "Authorization")->value = good[i];
        if (verdict_on(&scene) != SIGV4_OK)
            fail_msg("refused: %s: %s", good[i], scene.detail);
        assert_claim_is_ours(&scene.claim);
        assert_false(scene.claim.is_presigned);
    }
    claim_finish(&scene.claim);
}

static void a_request_without_a_signature_is_missing_one(void **state)
{
    struct scene scene;

    (void)state;
    set_unsigned(&scene);
    assert_read(&scene, SIGV4_MISSING, "Missing Authentication Token");
    scene.request.query = "AWSAccessKeyId=AKID&Signature=x&Expires=1";
    assert_read(&scene, SIGV4_MISSING, "Missing Authentication Token");
    put_header(&scene, "Authorization", "");
    assert_read(&scene, SIGV4_MISSING, "Missing Authentication Token");
    header(&scene, "Authorization")->value = " \t";
    assert_read(&scene, SIGV4_MISSING, "Missing Authentication Token");
}

static void a_misshapen_authorization_is_incomplete(void **state)
{
    static const char *const bad[] = {
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 ",
        "AWS4-HMAC-SHA256" CREDENTIAL ", " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256," CREDENTIAL ", " HEADERS ", " SIGNATURE,
        "aws4-hmac-sha256 " CREDENTIAL ", " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA512 " CREDENTIAL ", " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA2567 " CREDENTIAL ", " HEADERS ", " SIGNATURE,
        "Bearer abc",
        CREDENTIAL ", " HEADERS ", " SIGNATURE,
        ",",
        "AWS4-HMAC-SHA256 ,",
        "AWS4-HMAC-SHA256 =",
        "AWS4-HMAC-SHA256 " CREDENTIAL,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ",",
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ", Signature=",
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ", Signature",
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ", " SIGNATURE ",",
        "AWS4-HMAC-SHA256 , " CREDENTIAL ", " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ",, " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS " " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL "; " HEADERS "; " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ", signature=abc",
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ", Signature =abc",
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " CREDENTIAL ", " HEADERS
        ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ", " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS ", " SIGNATURE
        ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=, " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", SignedHeaders=, " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL ", SignedHeaders=;;;, " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL "/more, " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " CREDENTIAL "/, " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=AKID, " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=a/b/c/d, " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/, " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=a/b//d/e, " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=/b/c/d/e, " HEADERS ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=////, " HEADERS ", " SIGNATURE,
    };
    struct scene scene;

    (void)state;
    set_in_headers(&scene);
    for (size_t i = 0; i < COUNT(bad); i++) {
        header(&scene, "Authorization")->value = bad[i];
        if (verdict_on(&scene) != SIGV4_INCOMPLETE)
            fail_msg("not incomplete: %s", bad[i]);
    }
    claim_finish(&scene.claim);
}

static void an_incomplete_authorization_is_told_what_it_lacks(void **state)
{
    struct scene scene;

    (void)state;
    set_in_headers(&scene);
    header(&scene, "Authorization")->value =
        "AWS4-HMAC-SHA256 " HEADERS ", " SIGNATURE;
    assert_read(&scene, SIGV4_INCOMPLETE,
                "Authorization header requires 'Credential' parameter.");
    header(&scene, "Authorization")->value =
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " HEADERS;
    assert_read(&scene, SIGV4_INCOMPLETE,
                "Authorization header requires 'Signature' parameter.");
    header(&scene, "Authorization")->value =
        "AWS4-HMAC-SHA256 " CREDENTIAL ", " SIGNATURE;
    assert_read(&scene, SIGV4_INCOMPLETE,
                "Authorization header requires 'SignedHeaders' parameter.");
    set_in_headers(&scene);
    drop_header(&scene, "X-Amz-Date");
    assert_read(&scene, SIGV4_INCOMPLETE,
                "Authorization header requires existence of either a "
                "'X-Amz-Date' or a 'Date' header.");
}

static void headers_that_matter_must_be_signed(void **state)
{
    static const char *const bad[] = {
        "x-amz-date;x-amz-security-token;x-amz-target",
        "host;x-amz-security-token;x-amz-target",
        "host;x-amz-date;x-amz-security-token",
        "host;x-amz-date;x-amz-target",
        "hos;t;x-amz-date;x-amz-security-token;x-amz-target",
        "Host;x-amz-date;x-amz-security-token;x-amz-target",
        "host,x-amz-date,x-amz-security-token,x-amz-target",
    };
    struct scene scene;
    char text[512];

    (void)state;
    set_in_headers(&scene);
    put_header(&scene, "X-Amz-Security-Token", "token");
    for (size_t i = 0; i < COUNT(bad); i++) {
        snprintf(text, sizeof text,
                 "AWS4-HMAC-SHA256 " CREDENTIAL
                 ", SignedHeaders=%s, " SIGNATURE,
                 bad[i]);
        header(&scene, "Authorization")->value = text;
        if (verdict_on(&scene) != SIGV4_INCOMPLETE)
            fail_msg("not incomplete: %s", bad[i]);
    }
    claim_finish(&scene.claim);
}

static void headers_that_matter_come_once(void **state)
{
    static const char *const names[] = {"authorization", "HOST", "x-amz-date",
                                        "X-Amz-Target"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct scene scene;

        set_in_headers(&scene);
        put_header(&scene, names[i], header(&scene, names[i])->value);
        assert_read(&scene, SIGV4_INCOMPLETE, "A header that the signature");
    }
}

static void a_request_without_a_host_is_incomplete(void **state)
{
    struct scene scene;

    (void)state;
    set_in_headers(&scene);
    drop_header(&scene, "Host");
    assert_read(&scene, SIGV4_INCOMPLETE, "'Host' or ':authority' must");
}

static void a_misshapen_date_is_incomplete(void **state)
{
    static const char *const bad[] = {
        "20150830T123600",
        "20150830",
        "2015-08-30T12:36:00Z",
        "20151330T123600Z",
        "20150830t123600z",
        "1440938160",
        "20150830T123600Z\n",
        /* X-Amz-Date has one form alone. */
        "Sun, 30 Aug 2015 12:36:00 GMT",
    };
    struct scene scene;

    (void)state;
    set_in_headers(&scene);
    for (size_t i = 0; i < COUNT(bad); i++) {
        header(&scene, "X-Amz-Date")->value = bad[i];
        assert_read(&scene, SIGV4_INCOMPLETE, "Date must be in ISO-8601");
    }
    header(&scene, "X-Amz-Date")->value = "";
    assert_read(&scene, SIGV4_INCOMPLETE, "Authorization header requires");
}

static void a_date_header_can_tell_the_time(void **state)
{
    static const char *const dates[] = {"Sun, 30 Aug 2015 12:36:00 GMT",
                                        "20150830T123600Z"};
    struct scene scene;

    (void)state;
    for (size_t i = 0; i < COUNT(dates); i++) {
        set_in_headers(&scene);
        drop_header(&scene, "X-Amz-Date");
        put_header(&scene, "Date", dates[i]);
        assert_read(&scene, SIGV4_INCOMPLETE, "'X-Amz-Date' or 'Date' must");
        header(&scene, "Authorization")->value =
            "AWS4-HMAC-SHA256 " CREDENTIAL
            ", SignedHeaders=date;host;x-amz-target, " SIGNATURE;
        assert_int_equal(verdict_on(&scene), SIGV4_OK);
        assert_true(scene.claim.time_ms == signed_at);
        claim_finish(&scene.claim);
    }
}

static void both_forms_at_once_are_refused(void **state)
{
    struct scene scene;

    (void)state;
    set_in_headers(&scene);
    scene.request.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256";
    assert_read(&scene, SIGV4_INCOMPLETE, "Only one auth mechanism allowed");
    header(&scene, "Authorization")->value = "Basic eA==";
    scene.request.query = "a=1&X%2DAmz-Algorithm";
    assert_read(&scene, SIGV4_INCOMPLETE, "Only one auth mechanism allowed");
}

#define QUERY_ALGORITHM "X-Amz-Algorithm=AWS4-HMAC-SHA256"
#define QUERY_CREDENTIAL                                                       \
    "&X-Amz-Credential=AKID%2F20150830%2Feu-west-1%2Frekognition%2Faws4_"      \
    "request"
#define QUERY_DATE "&X-Amz-Date=20150830T123600Z"
#define QUERY_EXPIRES "&X-Amz-Expires=60"
#define QUERY_HEADERS "&X-Amz-SignedHeaders=host%3Bx-amz-target"
#define QUERY_SIGNATURE "&X-Amz-Signature=abc"

static void a_query_can_have_the_claim(void **state)
{
    static const char *const good[] = {
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES QUERY_HEADERS
            QUERY_SIGNATURE,
        "a=1&" QUERY_ALGORITHM QUERY_SIGNATURE QUERY_HEADERS QUERY_EXPIRES
            QUERY_DATE QUERY_CREDENTIAL "&b=%00",
    };
    struct scene scene;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        set_in_query(&scene, good[i]);
        assert_int_equal(verdict_on(&scene), SIGV4_OK);
        assert_claim_is_ours(&scene.claim);
        assert_true(scene.claim.is_presigned);
        assert_int_equal(scene.claim.expires_s, 60);
        assert_null(scene.claim.parts[CLAIM_TOKEN]);
        claim_finish(&scene.claim);
    }
}

static void a_misshapen_query_is_incomplete(void **state)
{
    static const char *const bad[] = {
        QUERY_ALGORITHM,
        QUERY_ALGORITHM QUERY_DATE QUERY_EXPIRES QUERY_HEADERS QUERY_SIGNATURE,
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_EXPIRES QUERY_HEADERS
            QUERY_SIGNATURE,
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_HEADERS
            QUERY_SIGNATURE,
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES
            QUERY_SIGNATURE,
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES QUERY_HEADERS,
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES QUERY_HEADERS
        "&X-Amz-Signature=",
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES QUERY_HEADERS
            QUERY_SIGNATURE QUERY_SIGNATURE,
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES QUERY_HEADERS
            QUERY_SIGNATURE "&X%2dAmz-Signature=abc",
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES QUERY_HEADERS
            QUERY_SIGNATURE "%00",
        QUERY_ALGORITHM QUERY_CREDENTIAL
        "%2Fmore" QUERY_DATE QUERY_EXPIRES QUERY_HEADERS QUERY_SIGNATURE,
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE
        "0" QUERY_EXPIRES QUERY_HEADERS QUERY_SIGNATURE,
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES
        "&X-Amz-SignedHeaders=x-amz-target" QUERY_SIGNATURE,
        QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES
        "&X-Amz-SignedHeaders=host" QUERY_SIGNATURE,
        "X-Amz-Algorithm=AWS4-HMAC-SHA1" QUERY_CREDENTIAL QUERY_DATE
            QUERY_EXPIRES QUERY_HEADERS QUERY_SIGNATURE,
        "X-Amz-Algorithm" QUERY_CREDENTIAL QUERY_DATE QUERY_EXPIRES
            QUERY_HEADERS QUERY_SIGNATURE,
    };
    struct scene scene;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        set_in_query(&scene, bad[i]);
        if (verdict_on(&scene) != SIGV4_INCOMPLETE)
            fail_msg("not incomplete: %s", bad[i]);
        claim_finish(&scene.claim);
    }
}

static void a_presigned_request_is_good_for_a_week_at_most(void **state)
{
    static const struct {
        const char *expires;
        enum sigv4_verdict verdict;
    } cases[] = {
        {"1", SIGV4_OK},
        {"604800", SIGV4_OK},
        {"000060", SIGV4_OK},
        {"0", SIGV4_INCOMPLETE},
        {"604801", SIGV4_INCOMPLETE},
        {"999999", SIGV4_INCOMPLETE},
        {"18446744073709551676", SIGV4_INCOMPLETE},
        {"-60", SIGV4_INCOMPLETE},
        {"+60", SIGV4_INCOMPLETE},
        {"%2060", SIGV4_INCOMPLETE},
        {"6x", SIGV4_INCOMPLETE},
        {"1.5", SIGV4_INCOMPLETE},
        {"", SIGV4_INCOMPLETE},
    };
    static const char rest[] = QUERY_ALGORITHM QUERY_CREDENTIAL QUERY_DATE
        QUERY_HEADERS QUERY_SIGNATURE;
    struct scene scene;
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        snprintf(text, sizeof text, "%s&X-Amz-Expires=%s", rest,
                 cases[i].expires);
        set_in_query(&scene, text);
        if (verdict_on(&scene) != cases[i].verdict)
            fail_msg("another verdict on %s", cases[i].expires);
        claim_finish(&scene.claim);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_and_order_in_authorization_do_not_count),
        cmocka_unit_test(a_request_without_a_signature_is_missing_one),
        cmocka_unit_test(a_misshapen_authorization_is_incomplete),
        cmocka_unit_test(an_incomplete_authorization_is_told_what_it_lacks),
        cmocka_unit_test(headers_that_matter_must_be_signed),
        cmocka_unit_test(headers_that_matter_come_once),
        cmocka_unit_test(a_request_without_a_host_is_incomplete),
        cmocka_unit_test(a_misshapen_date_is_incomplete),
        cmocka_unit_test(a_date_header_can_tell_the_time),
        cmocka_unit_test(both_forms_at_once_are_refused),
        cmocka_unit_test(a_query_can_have_the_claim),
        cmocka_unit_test(a_misshapen_query_is_incomplete),
        cmocka_unit_test(a_presigned_request_is_good_for_a_week_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
