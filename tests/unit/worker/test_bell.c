#include "redis_stage.h"

#include "bell.h"

/* A worker at the bell. */
struct listener {
    struct bell *bell;
    bool has_room;
    size_t rings;
};

static struct listener ann, bob;

static bool on_ring(void *owner, unsigned part)
{
    struct listener *listener = owner;

    assert_int_equal(part, 0);
    listener->rings++;
    return listener->has_room;
}

/* Both have looked for work once, when they came to the bell. */
static int open_bells(void **state)
{
    char problem[256];

    empty_redis(state);
    uv_loop_init(&loop);
    ann = bob = (struct listener){.has_room = true};
    ann.bell = bell_create(&loop, server.url, 0, on_ring, &ann, problem);
    assert_non_null(ann.bell);
    while (ann.rings == 0)
        uv_run(&loop, UV_RUN_ONCE);
    bob.bell = bell_create(&loop, server.url, 0, on_ring, &bob, problem);
    assert_non_null(bob.bell);
    while (bob.rings == 0)
        uv_run(&loop, UV_RUN_ONCE);
    ann.rings = bob.rings = 0;
    return 0;
}

static int close_bells(void **state)
{
    (void)state;
    bell_destroy(ann.bell);
    bell_destroy(bob.bell);
    close_loop();
    return 0;
}

static void ring(void)
{
    redis_server_say(&server, "LPUSH 'facewire:{0}:bell' 1");
}

static void one_ring_wakes_one_worker(void **state)
{
    (void)state;
    ring();
    ring();
    while (ann.rings + bob.rings < 2)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(ann.rings + bob.rings, 2);
}

static void a_worker_that_is_full_rings_for_another(void **state)
{
    (void)state;
    ann.has_room = false;
    ring();
    while (bob.rings == 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_true(ann.rings <= 1);
}

static void a_ring_is_kept_until_somebody_has_room(void **state)
{
    (void)state;
    ann.has_room = bob.has_room = false;
    ring();
    while (ann.rings < 3 || bob.rings < 3)
        uv_run(&loop, UV_RUN_ONCE);
    bob.has_room = true;
    bob.rings = 0;
    while (bob.rings == 0)
        uv_run(&loop, UV_RUN_ONCE);
}

static void who_holds_the_bell_leaves_it_to_others(void **state)
{
    (void)state;
    ann.has_room = false; /* it was listening still when it began to hold */
    bell_hold(ann.bell, true);
    ring();
    while (bob.rings == 0)
        uv_run(&loop, UV_RUN_ONCE);
    ann.rings = bob.rings = 0;
    for (size_t i = 1; i <= 3; i++) {
        ring();
        while (bob.rings < i)
            uv_run(&loop, UV_RUN_ONCE);
    }
    assert_int_equal(ann.rings, 0);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_bells, close_bells)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_ring_wakes_one_worker),
        TEST(a_worker_that_is_full_rings_for_another),
        TEST(a_ring_is_kept_until_somebody_has_room),
        TEST(who_holds_the_bell_leaves_it_to_others),
    };

    return cmocka_run_group_tests(tests, start_redis, stop_redis);
}
