#include "queue_stage.h"

#include "redis_terms.h"

/* A real Redis whose settings each test changes, and a queue in it. */
static int start(void **state)
{
    (void)state;
    redis_server_start(&server, true);
    open_queue();
    return 0;
}

static void configure(const char *settings)
{
    char *command = xprintf("config set %s", settings);

    redis_server_say(&server, command);
    free(command);
}

static void connect_anew(void)
{
    turn_until(&is_queue_up);
    redis_server_say(&server, "client kill type normal");
    while (is_queue_up)
        uv_run(&loop, UV_RUN_ONCE);
}

/* Exactly one term, or none where `wanted` is REDIS_TERMS. */
static void expect(enum redis_term wanted)
{
    for (enum redis_term term = 0; term < REDIS_TERMS; term++)
        if (queue_terms(queue)->has[term] != (term == wanted))
            fail_msg("%s: %s", term == wanted ? "missing" : "too much",
                     redis_term_sentence(term));
}

static void a_redis_that_keeps_everything_has_no_terms(void **state)
{
    (void)state;
    turn_until(&is_queue_up);
    expect(REDIS_TERMS);
    configure("maxmemory 100mb maxmemory-policy noeviction");
    connect_anew();
    turn_until(&is_queue_up);
    expect(REDIS_TERMS);
    configure("maxmemory 0 maxmemory-policy allkeys-lru");
    connect_anew();
    turn_until(&is_queue_up);
    expect(REDIS_TERMS);
}

static void
one_that_throws_any_key_away_is_not_used_until_it_is_mended(void **state)
{
    (void)state;
    configure("maxmemory 100mb maxmemory-policy allkeys-lru");
    connect_anew();
    while (!queue_terms(queue)->has[TERM_EVICTS_ALL])
        uv_run(&loop, UV_RUN_ONCE);
    assert_false(is_queue_up);
    assert_false(queue_is_up(queue));
    configure("maxmemory 0 maxmemory-policy noeviction");
    turn_until(&is_queue_up); /* on the same connection */
    expect(REDIS_TERMS);
}

static void one_that_throws_keys_with_an_end_away_is_used(void **state)
{
    (void)state;
    configure("maxmemory 100mb maxmemory-policy volatile-lru");
    connect_anew();
    turn_until(&is_queue_up);
    expect(TERM_EVICTS_EXPIRING);
    configure("maxmemory 0 maxmemory-policy noeviction");
}

static void one_without_a_file_is_used(void **state)
{
    (void)state;
    configure("appendonly no");
    connect_anew();
    turn_until(&is_queue_up);
    expect(TERM_NO_FILE);
    configure("appendonly yes");
}

static void one_that_waits_for_no_replica_is_used(void **state)
{
    struct redis_server replica;
    char command[64];

    (void)state;
    redis_server_start(&replica, false);
    snprintf(command, sizeof command, "replicaof 127.0.0.1 %d", server.port);
    redis_server_say(&replica, command);
    do {
        connect_anew();
        turn_until(&is_queue_up);
    } while (!queue_terms(queue)->has[TERM_REPLICA_BEHIND]);
    expect(TERM_REPLICA_BEHIND);
    configure("min-replicas-to-write 1");
    connect_anew();
    turn_until(&is_queue_up);
    expect(REDIS_TERMS);
    configure("min-replicas-to-write 0");
    redis_server_stop(&replica);
}

static void one_that_does_not_tell_is_used(void **state)
{
    (void)state;
    redis_server_say(&server, "acl setuser default -info");
    connect_anew();
    turn_until(&is_queue_up);
    expect(TERM_NOT_TOLD);
    redis_server_say(&server, "acl setuser default +info");
}

static void what_is_no_answer_tells_nothing(void **state)
{
    static const char *const answers[] = {
        "", "# Memory\r\n", "maxmemory:1\r\nmaxmemory_policy:allkeys-lru",
        "xmaxmemory_policy:noeviction\r\naof_enabled:1\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++)
        assert_true(redis_terms_read(answers[i]).has[TERM_NOT_TOLD]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_redis_that_keeps_everything_has_no_terms),
        cmocka_unit_test(
            one_that_throws_any_key_away_is_not_used_until_it_is_mended),
        cmocka_unit_test(one_that_throws_keys_with_an_end_away_is_used),
        cmocka_unit_test(one_without_a_file_is_used),
        cmocka_unit_test(one_that_waits_for_no_replica_is_used),
        cmocka_unit_test(one_that_does_not_tell_is_used),
        cmocka_unit_test(what_is_no_answer_tells_nothing),
    };

    return cmocka_run_group_tests(tests, start, stop_queue);
}
