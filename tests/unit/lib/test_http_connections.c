#include "http_stage.h"

/*
 * Connections that requests share and wait for, and what becomes of requests
 * when the client is destroyed.
 */

static void a_connection_is_used_again(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    request = request_to(stage.url);
    for (size_t i = 0; i < 5; i++)
        assert_ends_with(&stage, &request, 0);
    assert_int_equal(stage.server.requests, 5);
    assert_int_equal(stage.server.accepted, 1);
    stage_close(&stage);
}

static void a_connection_that_was_closed_meanwhile_is_made_anew(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    stage.server.is_closing = true;
    request = request_to(stage.url);
    for (size_t i = 0; i < 5; i++)
        assert_ends_with(&stage, &request, 0);
    assert_int_equal(stage.server.requests, 5);
    stage_close(&stage);
}

static void many_requests_share_few_connections(void **state)
{
    enum { MANY = 100 };
    static struct outcome outcomes[MANY];
    struct stage stage;
    struct http_request request;

    (void)state;
    memset(outcomes, 0, sizeof outcomes);
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    request = request_to(stage.url);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(http_send(stage.http, &request, on_done, &outcomes[i]),
                         PENDING);
    wait_for(&stage, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_int_equal(outcomes[i].error, 0);
        buffer_finish(&outcomes[i].body);
    }
    assert_int_equal(stage.server.requests, MANY);
    assert_true(stage.server.open_most <= CONNECTIONS);
    stage_close(&stage);
}

/* The second waits for the connection that the first one has, and its limit
 * runs meanwhile. */
static void a_request_that_waits_for_a_connection_times_out_too(void **state)
{
    struct outcome first = {0}, second = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, 1);
    request = request_to(stage.url);
    assert_int_equal(http_send(stage.http, &request, on_done, &first), PENDING);
    request.limit_ms = SHORT_MS;
    assert_int_equal(http_send(stage.http, &request, on_done, &second),
                     PENDING);
    wait_for(&stage, 1);
    assert_int_equal(second.error, E_TIMEOUT);
    assert_int_equal(first.calls, 0);
    stage_close(&stage);
    assert_int_equal(first.error, E_CANCELLED);
}

/* Those that give up make way for those that wait behind them, also where one
 * of these gives up while it waits. */
static void a_request_that_times_out_makes_way(void **state)
{
    enum { MANY = 12 };
    struct outcome outcomes[MANY] = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, 2);
    request = request_to(stage.url);
    for (size_t i = 0; i < MANY; i++) {
        request.limit_ms = i % 3 == 2 ? LONG_MS : SOON_MS;
        assert_int_equal(http_send(stage.http, &request, on_done, &outcomes[i]),
                         PENDING);
    }
    while (stage.server.requests < 2)
        uv_run(&stage.loop, UV_RUN_ONCE);
    script(&stage, plain, COUNT(plain));
    wait_for(&stage, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(outcomes[i].error, i % 3 == 2 ? 0 : E_TIMEOUT);
        buffer_finish(&outcomes[i].body);
    }
    stage_close(&stage);
}

/* The last of them waits for longer than a connection may take. */
static void waiting_for_a_connection_is_not_connecting(void **state)
{
    struct outcome outcomes[8] = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, 1);
    script(&stage, plain, COUNT(plain));
    stage.server.delay_ms = SHORT_MS;
    request = request_to(stage.url);
    request.connect_ms = SOON_MS;
    for (size_t i = 0; i < COUNT(outcomes); i++)
        assert_int_equal(http_send(stage.http, &request, on_done, &outcomes[i]),
                         PENDING);
    wait_for(&stage, COUNT(outcomes));
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        assert_int_equal(outcomes[i].error, 0);
        buffer_finish(&outcomes[i].body);
    }
    assert_int_equal(stage.server.accepted, 1);
    stage_close(&stage);
}

static void destroying_the_client_cancels_what_is_under_way(void **state)
{
    struct outcome outcomes[10] = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    for (size_t i = 0; i < COUNT(outcomes); i++)
        assert_int_equal(http_send(stage.http, &request, on_done, &outcomes[i]),
                         PENDING);
    while (stage.server.requests < CONNECTIONS)
        uv_run(&stage.loop, UV_RUN_ONCE);
    http_destroy(stage.http);
    stage.http = NULL;
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_int_equal(outcomes[i].error, E_CANCELLED);
    }
    stage_close(&stage);
}

static void a_client_can_be_destroyed_before_anything_happened(void **state)
{
    struct outcome outcome = {0};
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    assert_int_equal(http_send(stage.http, &request, on_done, &outcome),
                     PENDING);
    stage_close(&stage);
    assert_int_equal(outcome.error, E_CANCELLED);

    stage_open(&stage, CONNECTIONS);
    stage_close(&stage);
}

static void on_done_destroy(void *owner, int error,
                            const struct http_answer *answer)
{
    struct stage *stage = owner;
    struct http *http = stage->http;

    (void)answer;
    assert_true(error == 0 || error == E_CANCELLED || error == E_TIMEOUT);
    ended++;
    stage->http = NULL;
    http_destroy(http);
}

static void a_client_can_be_destroyed_by_an_answer(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    request = request_to(stage.url);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            http_send(stage.http, &request, on_done_destroy, &stage), PENDING);
    wait_for(&stage, 3);
    stage_close(&stage);

    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    request.limit_ms = SHORT_MS;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            http_send(stage.http, &request, on_done_destroy, &stage), PENDING);
    wait_for(&stage, 3);
    stage_close(&stage);
}

static int refused_with; /* what on_done_again got for its second request */

static void on_done_again(void *owner, int error,
                          const struct http_answer *answer)
{
    struct stage *stage = owner;
    struct http_request request = request_to(stage->url);

    (void)answer;
    ended++;
    if (error == 0 && ended < 10)
        assert_int_equal(http_send(stage->http, &request, on_done_again, stage),
                         PENDING);
    else if (error == E_CANCELLED)
        refused_with = http_send(stage->http, &request, on_done_again, stage);
}

static void an_answer_can_lead_to_the_next_request(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    stage_open(&stage, CONNECTIONS);
    script(&stage, plain, COUNT(plain));
    request = request_to(stage.url);
    assert_int_equal(http_send(stage.http, &request, on_done_again, &stage),
                     PENDING);
    wait_for(&stage, 10);
    assert_int_equal(stage.server.requests, 10);
    assert_int_equal(stage.server.accepted, 1);
    stage_close(&stage);
}

static void nothing_starts_while_the_client_is_destroyed(void **state)
{
    struct stage stage;
    struct http_request request;

    (void)state;
    refused_with = 0;
    stage_open(&stage, CONNECTIONS);
    request = request_to(stage.url);
    assert_int_equal(http_send(stage.http, &request, on_done_again, &stage),
                     PENDING);
    stage_close(&stage);
    assert_int_equal(ended, 1);
    assert_int_equal(refused_with, E_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_is_used_again),
        cmocka_unit_test(a_connection_that_was_closed_meanwhile_is_made_anew),
        cmocka_unit_test(many_requests_share_few_connections),
        cmocka_unit_test(a_request_that_waits_for_a_connection_times_out_too),
        cmocka_unit_test(a_request_that_times_out_makes_way),
        cmocka_unit_test(waiting_for_a_connection_is_not_connecting),
        cmocka_unit_test(destroying_the_client_cancels_what_is_under_way),
        cmocka_unit_test(a_client_can_be_destroyed_before_anything_happened),
        cmocka_unit_test(a_client_can_be_destroyed_by_an_answer),
        cmocka_unit_test(an_answer_can_lead_to_the_next_request),
        cmocka_unit_test(nothing_starts_while_the_client_is_destroyed),
    };

    return cmocka_run_group_tests(tests, forget_proxies, NULL);
}
