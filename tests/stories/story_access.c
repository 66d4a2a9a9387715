/*
 * story_access.c - where a token is demanded, nobody gets anything without it
 */
#include <stdlib.h>

#include "live.h"
#include "raw_client.h"
#include "stack.h"
#include "talk.h"
#include "unit.h"

#define TOKEN "correct-horse-battery-staple"
#define BEARER(token) "Authorization: Bearer " token "\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: facewire.v1\r\n"

static struct stack stack;

static void expect(const char *target, const char *headers, int wanted)
{
    struct raw_answer answer;

    talk_raw(stack.port, "GET", target, headers, "", 0, &answer);
    if (answer.status != wanted)
        fail_msg("GET %s: %d instead of %d", target, answer.status, wanted);
    if (wanted == 401 && !raw_header(&answer, "www-authenticate"))
        fail_msg("GET %s: it does not say how to authenticate", target);
    raw_answer_finish(&answer);
}

static void every_route_but_health_demands_the_token(void **state)
{
    static const char *const targets[] = {
        "/v1/people", "/v1/jobs",      "/readyz",
        "/metrics",   "/openapi.yaml", "/v1/events?topics=searches"};

    (void)state;
    expect("/healthz", "", 200);
    for (size_t i = 0; i < COUNT(targets); i++)
        expect(targets[i], "", 401);
    expect("/v1/people", BEARER("wrong"), 401);
    expect("/v1/people", BEARER(""), 401);
    expect("/v1/people", "Authorization: Basic " TOKEN "\r\n", 401);
    expect("/v1/people?token=wrong", "", 401);
    expect("/v1/people", BEARER(TOKEN), 200);
    expect("/v1/people", "Authorization: bearer " TOKEN "\r\n", 200);
    expect("/v1/people?token=" TOKEN, "", 200);
}

/* Whoever has the token may come by any name, but from no other page. */
static void a_page_of_another_origin_gets_nothing_even_with_it(void **state)
{
    (void)state;
    expect("/v1/people", BEARER(TOKEN) "Origin: https://elsewhere.example\r\n",
           403);
    expect("/v1/people", BEARER(TOKEN) "Origin: http://localhost\r\n", 200);
}

static void expect_close(const char *headers, const char *text, int wanted)
{
    char reason[128];
    int fd = raw_websocket(stack.port, "/v1/live", headers);
    int code;

    assert_true(fd >= 0);
    raw_text(fd, text);
    code = raw_close_code(fd, reason);
    if (code != wanted)
        fail_msg("%s: closed with %d instead of %d", text, code, wanted);
    assert_string_equal(reason, "unauthorized");
}

static void a_live_connection_brings_it_in_its_first_message(void **state)
{
    static const char auth[] =
        "{\"type\":\"auth\",\"id\":1,\"token\":\"" TOKEN "\"}";
    struct live live = {0};
    struct json *reply;

    (void)state;
    expect_close(PROTOCOL, "{\"type\":\"ping\",\"id\":1}", 4000);
    expect_close(PROTOCOL, "{\"type\":\"auth\",\"id\":1,\"token\":\"wrong\"}",
                 4000);

    live_open(&live, stack.port);
    live_say(&live, auth);
    reply = live_next(&live, 10000);
    assert_true(json_get_bool(reply, "ok", false));
    json_destroy(reply);
    live_subscribe(&live, "searches");
    live_finish(&live);

    live.fd = raw_websocket(stack.port, "/v1/live", PROTOCOL BEARER(TOKEN));
    live_subscribe(&live, "searches"); /* the header was enough */
    live_finish(&live);
}

/* It would be open to everybody who can reach this machine. */
static void a_server_without_a_token_listens_to_this_machine_alone(void **state)
{
    char *program = stack_program("server/facewire-server");
    const char *arguments[] = {program, NULL};
    char *log;

    (void)state;
    setenv("FACEWIRE_API_TOKEN", "", 1);
    setenv("FACEWIRE_HOST", "0.0.0.0", 1);
    assert_int_not_equal(child_run(arguments, "refusal.log"), 0);
    log = unit_read_file("refusal.log", NULL);
    assert_non_null(strstr(log, "FACEWIRE_API_TOKEN"));
    free(log);
    free(program);
}

static int set_up(void **state)
{
    setenv("FACEWIRE_API_TOKEN", TOKEN, 1);
    (void)state;
    stack_start(&stack);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stack_stop(&stack);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_but_health_demands_the_token),
        cmocka_unit_test(a_page_of_another_origin_gets_nothing_even_with_it),
        cmocka_unit_test(a_live_connection_brings_it_in_its_first_message),
        cmocka_unit_test(
            a_server_without_a_token_listens_to_this_machine_alone),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
