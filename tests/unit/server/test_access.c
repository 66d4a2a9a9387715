#include "requests.h"

#include "access.h"

static const struct server_settings closed = {.host = "0.0.0.0",
                                              .api_token = "secret"};
static const struct server_settings open_here = {.host = "127.0.0.1",
                                                 .api_token = ""};

static bool is_own(const struct server_settings *settings, const char *headers)
{
    char head[512];
    struct request request;
    bool is_own;

    snprintf(head, sizeof head, "GET /v1/people HTTP/1.1\r\n%s", headers);
    request = request_of(head);
    is_own = access_is_own_origin(settings, &request);
    request_finish(&request);
    return is_own;
}

static bool has_token(const struct server_settings *settings,
                      const char *target, const char *headers)
{
    char head[512];
    struct request request;
    bool has_token;

    snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: x\r\n%s", target,
             headers);
    request = request_of(head);
    has_token = access_has_token(settings, &request);
    request_finish(&request);
    return has_token;
}

static void without_a_token_only_names_of_this_machine_are_ours(void **state)
{
    static const char *const ours[] = {
        "localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:8080",
        "127.3.2.1", "[::1]",          "[::1]:8080"};
    static const char *const theirs[] = {
        "example.org",    "127.example.org", "127.0.0.1.example.org",
        "localhost.evil", "localhostess",    "[::2]",
        "[::1",           "[::1]evil.org",   "10.0.0.1",
        "1270.0.0.1",     "127.0.0.1@evil",  ""};
    char headers[128];

    (void)state;
    for (size_t i = 0; i < COUNT(ours); i++) {
        snprintf(headers, sizeof headers, "Host: %s\r\n", ours[i]);
        if (!is_own(&open_here, headers))
            fail_msg("%s is this machine", ours[i]);
    }
    for (size_t i = 0; i < COUNT(theirs); i++) {
        snprintf(headers, sizeof headers, "Host: %s\r\n", theirs[i]);
        if (is_own(&open_here, headers))
            fail_msg("%s is anybody's", theirs[i]);
    }
}

static void with_a_token_any_name_will_do(void **state)
{
    (void)state;
    assert_true(is_own(&closed, "Host: faces.example.org\r\n"));
}

static void a_page_of_ours_has_our_name(void **state)
{
    (void)state;
    assert_true(is_own(&closed, "Host: a.example\r\n"
                                "Origin: https://a.example\r\n"));
    assert_true(is_own(&closed, "Host: a.example:8443\r\n"
                                "Origin: https://A.example:8443\r\n"));
    assert_false(is_own(&closed, "Host: a.example\r\n"
                                 "Origin: https://b.example\r\n"));
    assert_false(is_own(&closed, "Host: a.example\r\n"
                                 "Origin: https://a.example.b.example\r\n"));
    assert_false(is_own(&closed, "Host: a.example\r\nOrigin: null\r\n"));
    assert_false(is_own(&closed, "Host: a.example\r\nOrigin: a.example\r\n"));
}

static void a_token_comes_in_a_header_or_in_the_query(void **state)
{
    (void)state;
    assert_true(has_token(&closed, "/", "Authorization: Bearer secret\r\n"));
    assert_true(has_token(&closed, "/", "Authorization: BEARER secret\r\n"));
    assert_true(has_token(&closed, "/?token=secret", ""));
    assert_false(has_token(&closed, "/", ""));
    assert_false(has_token(&closed, "/?token=", ""));
    assert_false(has_token(&closed, "/?token=secrets", ""));
    assert_false(has_token(&closed, "/", "Authorization: Bearer\r\n"));
    assert_false(has_token(&closed, "/", "Authorization: Bearer Secret\r\n"));
    assert_false(has_token(&closed, "/", "Authorization: secret\r\n"));
    /* A wrong header is not made good by the query. */
    assert_false(has_token(&closed, "/?token=secret",
                           "Authorization: Bearer wrong\r\n"));
}

static void where_none_is_demanded_any_token_is_right(void **state)
{
    (void)state;
    assert_true(has_token(&open_here, "/", ""));
    assert_true(access_is_token(&open_here, "anything"));
    assert_true(access_is_token(&open_here, ""));
    assert_false(access_is_token(&closed, ""));
}

static void only_loopback_needs_no_token(void **state)
{
    static const char *const wide[] = {"0.0.0.0", "::", "192.168.0.1",
                                       "127.evil.org"};

    (void)state;
    assert_null(access_objection(&open_here));
    assert_null(access_objection(
        &(struct server_settings){.host = "::1", .api_token = ""}));
    assert_null(access_objection(&closed));
    for (size_t i = 0; i < COUNT(wide); i++)
        assert_non_null(access_objection(
            &(struct server_settings){.host = wide[i], .api_token = ""}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_token_only_names_of_this_machine_are_ours),
        cmocka_unit_test(with_a_token_any_name_will_do),
        cmocka_unit_test(a_page_of_ours_has_our_name),
        cmocka_unit_test(a_token_comes_in_a_header_or_in_the_query),
        cmocka_unit_test(where_none_is_demanded_any_token_is_right),
        cmocka_unit_test(only_loopback_needs_no_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
