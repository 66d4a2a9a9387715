#include "unit.h"

#include "basics.h"
#include "buffer.h"
#include "clock.h"
#include "sigv4.h"

static const struct sigv4_credentials credentials = {
    .access_key = "AKIDEXAMPLE",
    .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

static const struct sigv4_credentials temporary = {
    .access_key = "AKIDEXAMPLE",
    .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    .token = "IQoJ//+/=",
};

/* Sunday, 30 August 2015, 12:36:00. */
static const struct sigv4_scope iam = {
    .region = "us-east-1", .service = "iam", .time_ms = 1440938160000};

static const struct sigv4_scope s3 = {
    .region = "us-east-1", .service = "s3", .time_ms = 1440938160000};

static const char empty_hash[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/* The worked example of AWS's guide to signing. */
static const struct sigv4_header list_users_headers[] = {
    {"Host", "iam.amazonaws.com"},
    {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
};

static const struct sigv4_request list_users = {
    .method = "GET",
    .path = "/",
    .query = "Action=ListUsers&Version=2010-05-08",
    .headers = list_users_headers,
    .header_count = COUNT(list_users_headers),
};

static void the_example_of_the_guide_is_signed_as_published(void **state)
{
    struct sigv4_signed added;

    (void)state;
    sigv4_sign(&list_users, &credentials, &iam, 0, &added);
    assert_string_equal(added.date, "20150830T123600Z");
    assert_null(added.token);
    assert_null(added.content_sha256);
    assert_string_equal(
        added.authorization,
        "AWS4-HMAC-SHA256 "
        "Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature="
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    assert_string_equal(
        added.signature,
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    sigv4_signed_finish(&added);
}

static void assert_canonical_is(const struct sigv4_request *request,
                                const struct sigv4_credentials *signer,
                                int options, const char *wanted)
{
    struct buffer canonical = {0}, to_sign = {0};

    sigv4_explain(request, signer, &iam, options, &canonical, &to_sign);
    assert_string_equal(buffer_text(&canonical), wanted);
    buffer_finish(&canonical);
    buffer_finish(&to_sign);
}

static void the_string_to_sign_names_date_scope_and_hash(void **state)
{
    struct buffer canonical = {0}, to_sign = {0};

    (void)state;
    buffer_add_text(&canonical, "what was there before");
    sigv4_explain(&list_users, &credentials, &iam, 0, &canonical, &to_sign);
    assert_string_equal(
        buffer_text(&to_sign),
        "AWS4-HMAC-SHA256\n"
        "20150830T123600Z\n"
        "20150830/us-east-1/iam/aws4_request\n"
        "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
    assert_memory_equal(buffer_text(&canonical), "GET\n/\nAction", 12);
    buffer_finish(&canonical);
    buffer_finish(&to_sign);
}

/* The canonical form of one part, in a request that has nothing else. */
static void assert_path_is(const char *path, int options, const char *wanted)
{
    const struct sigv4_header host = {"host", "h"};
    const struct sigv4_request request = {
        .method = "GET", .path = path, .headers = &host, .header_count = 1};
    char text[512];

    snprintf(text, sizeof text,
             "GET\n%s\n\nhost:h\nx-amz-date:20150830T123600Z\n\n"
             "host;x-amz-date\n%s",
             wanted, empty_hash);
    assert_canonical_is(&request, &credentials, options, text);
}

static void a_path_is_normalised_and_encoded_again(void **state)
{
    (void)state;
    assert_path_is("", 0, "/");
    assert_path_is("/", 0, "/");
    assert_path_is("//", 0, "/");
    assert_path_is("/a/b", 0, "/a/b");
    assert_path_is("/a/b/", 0, "/a/b/");
    assert_path_is("//a///b//", 0, "/a/b/");
    assert_path_is("/./a/./b/.", 0, "/a/b");
    assert_path_is("/a/b/..", 0, "/a");
    assert_path_is("/a/b/../", 0, "/a/");
    assert_path_is("/long/..", 0, "/");
    assert_path_is("/long/../", 0, "/");
    assert_path_is("/../../a", 0, "/a");
    assert_path_is("/a/../../b/./c", 0, "/b/c");
    assert_path_is("/...", 0, "/...");
    assert_path_is("/.a/..b", 0, "/.a/..b");
    assert_path_is("/a%20b/c+d", 0, "/a%2520b/c%2Bd");
    assert_path_is("/%2E%2E/a", 0, "/%252E%252E/a");
}

static void a_path_can_be_kept_as_it_is(void **state)
{
    (void)state;
    assert_path_is("", SIGV4_KEEP_PATH, "/");
    assert_path_is("//a/./../b%20c", SIGV4_KEEP_PATH, "//a/./../b%2520c");
    assert_path_is("", SIGV4_PATH_AS_IS, "/");
    assert_path_is("//a/./../b%20c", SIGV4_PATH_AS_IS, "//a/./../b%20c");
}

static void assert_query_is(const char *query, const char *wanted)
{
    const struct sigv4_header host = {"host", "h"};
    const struct sigv4_request request = {.method = "GET",
                                          .path = "/",
                                          .query = query,
                                          .headers = &host,
                                          .header_count = 1};
    char text[512];

    snprintf(text, sizeof text,
             "GET\n/\n%s\nhost:h\nx-amz-date:20150830T123600Z\n\n"
             "host;x-amz-date\n%s",
             wanted, empty_hash);
    assert_canonical_is(&request, &credentials, 0, text);
}

static void a_query_is_sorted_and_encoded_in_one_way(void **state)
{
    (void)state;
    assert_query_is(NULL, "");
    assert_query_is("", "");
    assert_query_is("lifecycle", "lifecycle=");
    assert_query_is("b=2&a=1", "a=1&b=2");
    assert_query_is("a=2&a=10&a=1", "a=1&a=10&a=2");
    assert_query_is("b=1&B=1&a=1&A=1", "A=1&B=1&a=1&b=1");
    assert_query_is("a=b=c", "a=b%3Dc");
    assert_query_is("a=%7e%41&b=%2f", "a=~A&b=%2F");
    assert_query_is("a=x+y%20z", "a=x%2By%20z");
    assert_query_is("a=%zz", "a=%25zz");
    assert_query_is("k=\xc3\xbc", "k=%C3%BC");
    /* By what is encoded: "%" comes before "1". */
    assert_query_is("a1=x&a%2F=y", "a%2F=y&a1=x");
}

static void headers_are_sorted_trimmed_and_joined(void **state)
{
    const struct sigv4_header headers[] = {
        {"My-Header", "  two   words\t here "},
        {"host", "h"},
        {"my-header", "\"a   b\""},
        {"ACCEPT", ""},
        {"MY-HEADER", "first\r\n  folded"},
    };
    const struct sigv4_request request = {.method = "GET",
                                          .path = "/",
                                          .headers = headers,
                                          .header_count = COUNT(headers)};
    char text[512];

    (void)state;
    snprintf(text, sizeof text,
             "GET\n/\n\naccept:\nhost:h\n"
             "my-header:two words here,\"a b\",first folded\n"
             "x-amz-date:20150830T123600Z\n\n"
             "accept;host;my-header;x-amz-date\n%s",
             empty_hash);
    assert_canonical_is(&request, &credentials, 0, text);
}

static void what_proxies_change_is_not_signed(void **state)
{
    const struct sigv4_header headers[] = {
        {"Authorization", "x"},
        {"Connection", "close"},
        {"Expect", "x"},
        {"Keep-Alive", "x"},
        {"Proxy-Connection", "x"},
        {"Proxy-Authorization", "x"},
        {"TE", "x"},
        {"Trailer", "x"},
        {"Transfer-Encoding", "x"},
        {"Upgrade", "x"},
        {"User-Agent", "x"},
        {"X-Amzn-Trace-Id", "x"},
        {"Host", "h"},
        {"X-Amzn-Trace", "signed"},
        {"Tea", "signed"},
    };
    const struct sigv4_request request = {.method = "GET",
                                          .path = "/",
                                          .headers = headers,
                                          .header_count = COUNT(headers)};
    char text[512];

    (void)state;
    snprintf(text, sizeof text,
             "GET\n/\n\nhost:h\ntea:signed\nx-amz-date:20150830T123600Z\n"
             "x-amzn-trace:signed\n\nhost;tea;x-amz-date;x-amzn-trace\n%s",
             empty_hash);
    assert_canonical_is(&request, &credentials, 0, text);
}

static void what_the_signer_adds_stands_for_what_was_there(void **state)
{
    const struct sigv4_header headers[] = {
        {"Host", "h"},
        {"X-Amz-Date", "19990101T000000Z"},
        {"X-Amz-Security-Token", "old"},
        {"X-Amz-Content-Sha256", "old"},
    };
    const struct sigv4_request request = {.method = "PUT",
                                          .path = "/",
                                          .headers = headers,
                                          .header_count = COUNT(headers),
                                          .payload_hash = "UNSIGNED-PAYLOAD"};

    (void)state;
    assert_canonical_is(&request, &temporary, SIGV4_SEND_HASH,
                        "PUT\n/\n\nhost:h\n"
                        "x-amz-content-sha256:UNSIGNED-PAYLOAD\n"
                        "x-amz-date:20150830T123600Z\n"
                        "x-amz-security-token:IQoJ//+/=\n\n"
                        "host;x-amz-content-sha256;x-amz-date;"
                        "x-amz-security-token\nUNSIGNED-PAYLOAD");
}

static void a_hash_that_is_sent_is_the_hash_that_is_signed(void **state)
{
    const struct sigv4_header headers[] = {
        {"Host", "h"},
        {"X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
    };
    const struct sigv4_request request = {.method = "PUT",
                                          .path = "/",
                                          .headers = headers,
                                          .header_count = COUNT(headers),
                                          .body = "abc",
                                          .body_bytes = 3};

    (void)state;
    assert_canonical_is(
        &request, &credentials, 0,
        "PUT\n/\n\nhost:h\n"
        "x-amz-content-sha256:STREAMING-UNSIGNED-PAYLOAD-TRAILER\n"
        "x-amz-date:20150830T123600Z\n\n"
        "host;x-amz-content-sha256;x-amz-date\n"
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
}

static void the_hash_and_the_token_are_handed_out(void **state)
{
    struct sigv4_signed added;

    (void)state;
    sigv4_sign(&list_users, &temporary, &iam, SIGV4_SEND_HASH, &added);
    assert_string_equal(added.token, temporary.token);
    assert_string_equal(added.content_sha256, empty_hash);
    assert_non_null(strstr(added.authorization,
                           "SignedHeaders=content-type;host;"
                           "x-amz-content-sha256;x-amz-date;"
                           "x-amz-security-token, "));
    sigv4_signed_finish(&added);
    sigv4_signed_finish(&added);
}

static void a_token_can_be_added_unsigned(void **state)
{
    struct sigv4_signed plain, after;

    (void)state;
    sigv4_sign(&list_users, &credentials, &iam, 0, &plain);
    sigv4_sign(&list_users, &temporary, &iam, SIGV4_TOKEN_AFTER, &after);
    assert_string_equal(after.token, temporary.token);
    assert_string_equal(after.authorization, plain.authorization);
    sigv4_signed_finish(&plain);
    sigv4_signed_finish(&after);
}

static void a_presigned_query_ends_with_its_signature(void **state)
{
    const struct sigv4_header host = {"Host", "h"};
    const struct sigv4_request request = {.method = "GET",
                                          .path = "/photos/a.jpg",
                                          .query = "z=1",
                                          .headers = &host,
                                          .header_count = 1};
    char *query = sigv4_presign(&request, &temporary, &s3, SIGV4_EXPIRES_MAX,
                                SIGV4_PATH_AS_IS);
    static const char wanted[] =
        "z=1&X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fs3%2F"
        "aws4_request"
        "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=604800"
        "&X-Amz-SignedHeaders=host"
        "&X-Amz-Security-Token=IQoJ%2F%2F%2B%2F%3D&X-Amz-Signature=";

    (void)state;
    assert_memory_equal(query, wanted, strlen(wanted));
    assert_int_equal(strlen(query), strlen(wanted) + 64);
    free(query);
}

/* Whether presigning gives the same signature for both. */
static bool have_same_signature(const struct sigv4_request *one,
                                const struct sigv4_request *other,
                                const struct sigv4_scope *scope)
{
    char *a = sigv4_presign(one, &credentials, scope, 60, 0);
    char *b = sigv4_presign(other, &credentials, scope, 60, 0);
    bool same = strcmp(a, b) == 0;

    free(a);
    free(b);
    return same;
}

static void a_presigned_payload_is_unsigned_for_s3_alone(void **state)
{
    const struct sigv4_header host = {"Host", "h"};
    const struct sigv4_request empty = {
        .method = "PUT", .path = "/", .headers = &host, .header_count = 1};
    struct sigv4_request full = empty, told = empty;

    (void)state;
    full.body = "abc";
    full.body_bytes = 3;
    told.payload_hash = empty_hash;
    assert_true(have_same_signature(&empty, &full, &s3));
    assert_false(have_same_signature(&empty, &told, &s3));
    assert_false(have_same_signature(&empty, &full, &iam));
    assert_true(have_same_signature(&empty, &told, &iam));
}

static void a_presigned_token_can_be_added_unsigned(void **state)
{
    const struct sigv4_header host = {"Host", "h"};
    const struct sigv4_request request = {
        .method = "GET", .path = "/", .headers = &host, .header_count = 1};
    char *plain = sigv4_presign(&request, &credentials, &s3, 60, 0);
    char *after =
        sigv4_presign(&request, &temporary, &s3, 60, SIGV4_TOKEN_AFTER);

    (void)state;
    assert_non_null(strstr(after, "&X-Amz-Security-Token=IQoJ"));
    assert_string_equal(strstr(after, "&X-Amz-Signature="),
                        strstr(plain, "&X-Amz-Signature="));
    free(plain);
    free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_guide_is_signed_as_published),
        cmocka_unit_test(the_string_to_sign_names_date_scope_and_hash),
        cmocka_unit_test(a_path_is_normalised_and_encoded_again),
        cmocka_unit_test(a_path_can_be_kept_as_it_is),
        cmocka_unit_test(a_query_is_sorted_and_encoded_in_one_way),
        cmocka_unit_test(headers_are_sorted_trimmed_and_joined),
        cmocka_unit_test(what_proxies_change_is_not_signed),
        cmocka_unit_test(what_the_signer_adds_stands_for_what_was_there),
        cmocka_unit_test(a_hash_that_is_sent_is_the_hash_that_is_signed),
        cmocka_unit_test(the_hash_and_the_token_are_handed_out),
        cmocka_unit_test(a_token_can_be_added_unsigned),
        cmocka_unit_test(a_presigned_query_ends_with_its_signature),
        cmocka_unit_test(a_presigned_payload_is_unsigned_for_s3_alone),
        cmocka_unit_test(a_presigned_token_can_be_added_unsigned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
