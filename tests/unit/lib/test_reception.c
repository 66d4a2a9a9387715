#include "unit.h"

#include "reception.h"

static uv_loop_t loop;
static char problem[256];

static int open_loop(void **state)
{
    (void)state;
    problem[0] = '\0';
    return uv_loop_init(&loop);
}

static int close_loop(void **state)
{
    (void)state;
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

static void on_connection(void *owner, int fd, const char *address)
{
    (void)owner, (void)fd, (void)address;
    fail();
}

static struct reception *listen_at(const char *host, int port, bool is_alone)
{
    return reception_create(&loop, host, port, is_alone, on_connection, NULL,
                            problem);
}

static void processes_may_share_a_port(void **state)
{
    struct reception *one = listen_at("127.0.0.1", 0, false);
    struct reception *other =
        listen_at("127.0.0.1", reception_port(one), false);

    (void)state;
    assert_non_null(other);
    assert_int_equal(reception_port(one), reception_port(other));
    reception_destroy(one);
    reception_destroy(other);
}

static void who_wants_to_be_alone_is(void **state)
{
    struct reception *one = listen_at("127.0.0.1", 0, true);
    int port = reception_port(one);
    char sentence[256];

    (void)state;
    snprintf(sentence, sizeof sentence,
             "cannot listen at 127.0.0.1 port %d: Address already in use",
             port);
    assert_null(listen_at("127.0.0.1", port, true));
    assert_string_equal(problem, sentence);
    assert_null(listen_at("127.0.0.1", port, false));
    reception_destroy(one);
}

static void a_port_that_others_share_is_not_had_alone(void **state)
{
    struct reception *one = listen_at("127.0.0.1", 0, false);

    (void)state;
    assert_null(listen_at("127.0.0.1", reception_port(one), true));
    reception_destroy(one);
}

static void a_host_must_be_an_address(void **state)
{
    (void)state;
    assert_null(listen_at("localhost", 0, false));
    assert_string_equal(problem, "localhost is no address to listen at");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_loop, close_loop)
    const struct CMUnitTest tests[] = {
        TEST(processes_may_share_a_port),
        TEST(who_wants_to_be_alone_is),
        TEST(a_port_that_others_share_is_not_had_alone),
        TEST(a_host_must_be_an_address),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
