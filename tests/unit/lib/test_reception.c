#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "raw_client.h"
#include "reception.h"

static uv_loop_t loop;
static char problem[256];
static size_t guests; /* let in so far */

static int open_loop(void **state)
{
    (void)state;
    problem[0] = '\0';
    guests = 0;
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
    (void)owner;
    assert_string_equal(address, "127.0.0.1");
    close(fd);
    guests++;
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

/* The kernel keeps such a connection back until its first bytes are there. */
static void who_has_connected_before_the_end_is_let_in(void **state)
{
    struct reception *reception = listen_at("127.0.0.1", 0, false);
    int fd = raw_connect(reception_port(reception));

    (void)state;
    reception_close(reception);
    assert_true(reception_is_open(reception));
    assert_true(raw_say(fd, "GET"));
    while (reception_is_open(reception))
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(guests, 1);
    close(fd);
    reception_destroy(reception);
}

/* Whoever the kernel had sent to the one that closes asks again a second later.
 */
static void who_comes_while_one_closes_gets_to_the_other(void **state)
{
    enum { COMERS = 32 };
    struct reception *one = listen_at("127.0.0.1", 0, false);
    int port = reception_port(one);
    struct reception *other = listen_at("127.0.0.1", port, false);
    struct sockaddr_in address;
    int comers[COMERS];

    (void)state;
    assert_int_equal(uv_ip4_addr("127.0.0.1", port, &address), 0);
    reception_close(one);
    for (size_t i = 0; i < COMERS; i++) {
        comers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        assert_int_not_equal(
            connect(comers[i], (struct sockaddr *)&address, sizeof address), 0);
    }
    while (guests < COMERS) {
        uv_run(&loop, UV_RUN_NOWAIT);
        for (size_t i = 0; i < COMERS; i++)
            if (send(comers[i], "G", 1, MSG_NOSIGNAL) < 0)
                assert_true(errno == EAGAIN || errno == ENOTCONN ||
                            errno == EPIPE || errno == ECONNRESET);
    }
    assert_false(reception_is_open(one));
    for (size_t i = 0; i < COMERS; i++)
        close(comers[i]);
    reception_destroy(one);
    reception_destroy(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_loop, close_loop)
    const struct CMUnitTest tests[] = {
        TEST(processes_may_share_a_port),
        TEST(who_wants_to_be_alone_is),
        TEST(a_port_that_others_share_is_not_had_alone),
        TEST(a_host_must_be_an_address),
        TEST(who_has_connected_before_the_end_is_let_in),
        TEST(who_comes_while_one_closes_gets_to_the_other),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
