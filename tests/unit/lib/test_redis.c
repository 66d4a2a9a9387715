#include "unit.h"

#include <signal.h>

#include "basics.h"
#include "errors.h"
#include "redis.h"
#include "redis_server.h"
#include "redis_url.h"

/* A client on a loop of its own, and what it was told. */
struct client {
    uv_loop_t loop;
    struct redis *redis;
    uv_timer_t limit;
    bool is_up;
    int losses;
    int answers;
    int error; /* of the last answer */
    char text[256];
    int64_t integer;
    bool has_more; /* to send when it is told that a turn ends */
};

static struct redis_server server;

static int start_server(void **state)
{
    (void)state;
    redis_server_start(&server, false);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    redis_server_stop(&server);
    return 0;
}

static void on_state(void *owner, bool is_up)
{
    struct client *client = owner;

    client->is_up = is_up;
    client->losses += !is_up;
    uv_stop(&client->loop);
}

static void on_limit(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nothing happened in time");
}

static void on_flush(void *owner);

static void open_client(struct client *client, const char *url)
{
    struct redis_options options = {.url = url,
                                    .name = "test",
                                    .limit_ms = 5000,
                                    .pending_max = 20000,
                                    .on_flush = on_flush};
    char problem[256];

    *client = (struct client){0};
    uv_loop_init(&client->loop);
    uv_timer_init(&client->loop, &client->limit);
    uv_timer_start(&client->limit, on_limit, 20000, 0);
    client->redis =
        redis_create(&client->loop, &options, on_state, client, problem);
    assert_non_null(client->redis);
}

static void close_client(struct client *client)
{
    redis_destroy(client->redis);
    uv_close((uv_handle_t *)&client->limit, NULL);
    uv_run(&client->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&client->loop), 0);
}

static void wait_up(struct client *client)
{
    while (!client->is_up)
        uv_run(&client->loop, UV_RUN_ONCE);
}

static void on_answer(void *owner, int error, const struct redis_reply *reply)
{
    struct client *client = owner;

    client->answers++;
    client->error = error;
    snprintf(client->text, sizeof client->text, "%s", redis_reply_text(reply));
    client->integer = redis_reply_integer(reply);
}

static int say(struct client *client, int64_t limit_ms, const char *one,
               const char *two, const char *three)
{
    struct redis_text arguments[3] = {redis_text(one)};
    size_t count = 1;

    if (two)
        arguments[count++] = redis_text(two);
    if (three)
        arguments[count++] = redis_text(three);
    return redis_send(client->redis, arguments, count, limit_ms, on_answer,
                      client);
}

static void on_flush(void *owner)
{
    struct client *client = owner;

    if (client->has_more)
        assert_int_equal(say(client, 0, "ECHO", "last", NULL), PENDING);
    client->has_more = false;
}

static void ask(struct client *client, const char *one, const char *two,
                const char *three)
{
    int before = client->answers;

    assert_int_equal(say(client, 0, one, two, three), PENDING);
    while (client->answers == before)
        uv_run(&client->loop, UV_RUN_ONCE);
}

static void commands_are_answered_in_order(void **state)
{
    struct client client;

    (void)state;
    open_client(&client, server.url);
    assert_int_equal(say(&client, 0, "PING", NULL, NULL), E_UNAVAILABLE);
    wait_up(&client);
    ask(&client, "DEL", "count", NULL);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(say(&client, 0, "INCR", "count", NULL), PENDING);
    while (client.answers < 10001)
        uv_run(&client.loop, UV_RUN_ONCE);
    assert_int_equal(client.integer, 10000);
    close_client(&client);
}

static void the_last_moment_of_a_turn_is_told(void **state)
{
    struct client client;

    (void)state;
    open_client(&client, server.url);
    wait_up(&client);
    assert_int_equal(say(&client, 0, "ECHO", "first", NULL), PENDING);
    client.has_more = true;
    while (client.answers < 2)
        uv_run(&client.loop, UV_RUN_ONCE);
    assert_string_equal(client.text, "last");
    close_client(&client);
}

static void a_refusal_carries_the_words_of_redis(void **state)
{
    struct client client;

    (void)state;
    open_client(&client, server.url);
    wait_up(&client);
    ask(&client, "SET", "word", "x");
    ask(&client, "INCR", "word", NULL);
    assert_int_equal(client.error, E_REFUSED);
    assert_non_null(strstr(client.text, "not an integer"));
    close_client(&client);
}

static void a_refused_connection_is_tried_again(void **state)
{
    struct client client;

    (void)state;
    redis_server_stop(&server);
    open_client(&client, server.url);
    for (int i = 0; i < 20; i++)
        uv_run(&client.loop, UV_RUN_ONCE);
    assert_false(client.is_up);
    redis_server_restart(&server);
    wait_up(&client);
    ask(&client, "PING", NULL, NULL);
    assert_string_equal(client.text, "PONG");
    close_client(&client);
}

static void a_lost_connection_comes_back(void **state)
{
    struct client client;

    (void)state;
    open_client(&client, server.url);
    wait_up(&client);
    assert_int_equal(say(&client, 0, "BLPOP", "nothing", "0"), PENDING);
    for (int i = 0; i < 3; i++)
        uv_run(&client.loop, UV_RUN_NOWAIT);
    child_signal(&server.child, SIGKILL);
    while (client.is_up)
        uv_run(&client.loop, UV_RUN_ONCE);
    assert_int_equal(client.answers, 1);
    assert_int_equal(client.error, E_CONNECTION);
    redis_server_restart(&server);
    wait_up(&client);
    assert_int_equal(client.losses, 1);
    close_client(&client);
}

static void a_redis_that_still_loads_its_data_is_waited_for(void **state)
{
    struct redis_server slow;
    struct client client;

    (void)state;
    redis_server_start(&slow, true);
    redis_server_say(&slow, "eval \"for i = 1, 200000 do "
                            "redis.call('SET', i, i) end\" 0");
    open_client(&client, slow.url);
    wait_up(&client);
    child_signal(&slow.child, SIGKILL);
    child_wait(&slow.child, 5000);
    while (client.is_up)
        uv_run(&client.loop, UV_RUN_ONCE);
    redis_server_restart(&slow);
    wait_up(&client);
    ask(&client, "GET", "200000", NULL);
    assert_int_equal(client.error, 0);
    assert_string_equal(client.text, "200000");
    close_client(&client);
    redis_server_stop(&slow);
}

static void a_command_past_its_limit_gives_the_connection_up(void **state)
{
    struct client client;

    (void)state;
    open_client(&client, server.url);
    wait_up(&client);
    assert_int_equal(say(&client, 50, "BLPOP", "nothing", "0"), PENDING);
    while (client.is_up)
        uv_run(&client.loop, UV_RUN_ONCE);
    assert_int_equal(client.error, E_TIMEOUT);
    wait_up(&client);
    ask(&client, "PING", NULL, NULL);
    assert_int_equal(client.error, 0);
    close_client(&client);
}

static void what_is_under_way_is_cancelled_at_the_end(void **state)
{
    struct client client;

    (void)state;
    open_client(&client, server.url);
    wait_up(&client);
    assert_int_equal(say(&client, 0, "BLPOP", "nothing", "0"), PENDING);
    close_client(&client);
    assert_int_equal(client.error, E_CANCELLED);

    open_client(&client, server.url); /* while the name is looked up */
    close_client(&client);
}

static void users_and_databases_are_taken_from_the_url(void **state)
{
    struct client client;
    char url[128];

    (void)state;
    redis_server_say(&server, "ACL SETUSER fay on '>p@ss' '~*' +@all");
    snprintf(url, sizeof url, "redis://fay:p%%40ss@127.0.0.1:%d/3",
             server.port);
    open_client(&client, url);
    wait_up(&client);
    ask(&client, "ACL", "WHOAMI", NULL);
    assert_string_equal(client.text, "fay");
    ask(&client, "CLIENT", "INFO", NULL);
    assert_non_null(strstr(client.text, "name=test"));
    assert_non_null(strstr(client.text, "db=3"));
    close_client(&client);
}

static void urls_are_read(void **state)
{
    static const char *const bad[] = {
        "",
        "http://host",
        "redis://",
        "redis://host:0",
        "redis://host:70000",
        "redis://host:x",
        "redis://user@host",
        "redis://:%zz@host",
        "redis://[::1",
        "redis://host/x",
        "unix://relative",
    };
    struct redis_url url;

    (void)state;
    assert_int_equal(redis_url_parse("redis://u:p%40@h:7/2", &url), 0);
    assert_string_equal(url.user, "u");
    assert_string_equal(url.password, "p@");
    assert_string_equal(url.host, "h");
    assert_int_equal(url.port, 7);
    assert_int_equal(url.database, 2);
    redis_url_finish(&url);
    assert_int_equal(redis_url_parse("rediss://[::1]", &url), 0);
    assert_string_equal(url.host, "::1");
    assert_true(url.is_tls);
    assert_int_equal(url.port, 6379);
    redis_url_finish(&url);
    assert_int_equal(redis_url_parse("unix://:pw@/run/redis", &url), 0);
    assert_string_equal(url.path, "/run/redis");
    redis_url_finish(&url);
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(redis_url_parse(bad[i], &url), E_INVALID);
}

static void tls_is_refused_with_a_sentence(void **state)
{
    struct redis_options options = {.url = "rediss://host", .name = "test"};
    char problem[256];
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    assert_null(redis_create(&loop, &options, on_state, NULL, problem));
    assert_non_null(strstr(problem, "hiredis 1.0"));
    uv_loop_close(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_answered_in_order),
        cmocka_unit_test(the_last_moment_of_a_turn_is_told),
        cmocka_unit_test(a_refusal_carries_the_words_of_redis),
        cmocka_unit_test(a_refused_connection_is_tried_again),
        cmocka_unit_test(a_lost_connection_comes_back),
        cmocka_unit_test(a_redis_that_still_loads_its_data_is_waited_for),
        cmocka_unit_test(a_command_past_its_limit_gives_the_connection_up),
        cmocka_unit_test(what_is_under_way_is_cancelled_at_the_end),
        cmocka_unit_test(users_and_databases_are_taken_from_the_url),
        cmocka_unit_test(urls_are_read),
        cmocka_unit_test(tls_is_refused_with_a_sentence),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
