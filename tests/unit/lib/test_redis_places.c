#include "unit.h"

#include "basics.h"
#include "errors.h"
#include "redis.h"
#include "redis_places.h"
#include "scripted_redis.h"

#define KEY "facewire:{0}:"

/* Two nodes, and somebody who wants to go to the one that has the slot. */
static struct {
    uv_loop_t loop;
    struct scripted_redis here, there;
    bool is_moved; /* the slot is there */
    bool is_down;  /* the cluster is */
    bool is_between;
    struct redis *redis;
    bool is_up;
    int losses;
    int answers;
    int error;
    uv_timer_t limit;
} scene;

static const char *move_to(int port)
{
    static char words[64];

    snprintf(words, sizeof words, "-MOVED 13907 127.0.0.1:%d\r\n", port);
    return words;
}

static const char *tell_nodes(void)
{
    static char words[128];

    snprintf(words, sizeof words,
             "*1\r\n*4\r\n:0\r\n:16383\r\n"
             "*3\r\n$0\r\n\r\n:%d\r\n$1\r\na\r\n"
             "*3\r\n$9\r\n127.0.0.1\r\n:%d\r\n$1\r\nb\r\n",
             scene.here.port, scene.there.port);
    return words;
}

static const char *answer(struct scripted_redis *node, const char *command)
{
    bool is_there = node == &scene.there;
    bool has_key = strstr(command, KEY) != NULL;

    if (strcmp(command, "CLUSTER SLOTS") == 0)
        return tell_nodes();
    if (!has_key)
        return "+OK\r\n";
    if (scene.is_down)
        return "-CLUSTERDOWN Hash slot not served\r\n";
    if (scene.is_between)
        return "-ASK 13907 127.0.0.1:1\r\n";
    if (scene.is_moved != is_there)
        return move_to(is_there ? scene.here.port : scene.there.port);
    return ":0\r\n";
}

static void on_state(void *owner, bool is_up)
{
    (void)owner;
    scene.is_up = is_up;
    scene.losses += !is_up;
}

static void on_limit(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nothing happened in time");
}

static void on_answer(void *owner, int error, const struct redis_reply *reply)
{
    (void)owner;
    assert_true(error == 0 || !reply);
    scene.error = error;
    scene.answers++;
}

static int start(void **state)
{
    (void)state;
    memset(&scene, 0, sizeof scene);
    uv_loop_init(&scene.loop);
    uv_timer_init(&scene.loop, &scene.limit);
    uv_timer_start(&scene.limit, on_limit, 20000, 0);
    scripted_redis_start(&scene.here, &scene.loop, answer);
    scripted_redis_start(&scene.there, &scene.loop, answer);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    redis_destroy(scene.redis);
    scripted_redis_stop(&scene.here);
    scripted_redis_stop(&scene.there);
    uv_close((uv_handle_t *)&scene.limit, NULL);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene.loop), 0);
    return 0;
}

static void open_with(const char *url)
{
    struct redis_options options = {.url = url,
                                    .key = KEY,
                                    .name = "test",
                                    .limit_ms = 5000,
                                    .pending_max = 16};
    char problem[256];

    scene.redis = redis_create(&scene.loop, &options, on_state, NULL, problem);
    assert_non_null(scene.redis);
}

static void open_here(void)
{
    char url[64];

    snprintf(url, sizeof url, "redis://127.0.0.1:%d", scene.here.port);
    open_with(url);
}

static void wait_up(void)
{
    while (!scene.is_up)
        uv_run(&scene.loop, UV_RUN_ONCE);
}

static void ask(void)
{
    int before = scene.answers;

    assert_int_equal(
        redis_send(scene.redis,
                   (struct redis_text[]){redis_text("GET"), redis_text(KEY)}, 2,
                   0, on_answer, NULL),
        PENDING);
    while (scene.answers == before)
        uv_run(&scene.loop, UV_RUN_ONCE);
}

static void a_connection_goes_to_the_node_that_has_the_slot(void **state)
{
    (void)state;
    scene.is_moved = true;
    open_here();
    wait_up();
    assert_int_equal(scene.here.accepted, 1);
    assert_int_equal(scene.there.accepted, 1);
    assert_int_equal(scene.losses, 0);
    ask();
    assert_int_equal(scene.error, 0);
}

static void a_slot_that_moves_is_followed(void **state)
{
    (void)state;
    open_here();
    wait_up();
    scene.is_moved = true;
    ask();
    assert_int_equal(scene.error, E_CONNECTION);
    while (scene.there.accepted == 0 || !scene.is_up)
        uv_run(&scene.loop, UV_RUN_ONCE);
    assert_int_equal(scene.losses, 1);
    ask();
    assert_int_equal(scene.error, 0);
}

static void what_was_sent_behind_it_is_told_before_the_loss(void **state)
{
    struct redis_text words[] = {redis_text("GET"), redis_text(KEY)};

    (void)state;
    open_here();
    wait_up();
    scene.is_moved = true;
    for (int i = 0; i < 3; i++)
        assert_int_equal(redis_send(scene.redis, words, 2, 0, on_answer, NULL),
                         PENDING);
    while (scene.losses == 0)
        uv_run(&scene.loop, UV_RUN_ONCE);
    assert_int_equal(scene.answers, 3);
    assert_int_equal(scene.error, E_CONNECTION);
}

static void when_its_node_is_gone_others_it_has_heard_of_are_asked(void **state)
{
    (void)state;
    open_here();
    wait_up();
    scripted_redis_stop(&scene.here);
    scene.is_moved = true;
    while (scene.is_up)
        uv_run(&scene.loop, UV_RUN_ONCE);
    wait_up();
    assert_int_equal(scene.there.accepted, 1);
}

static void two_nodes_that_do_not_agree_are_asked_with_rests(void **state)
{
    (void)state;
    scene.is_moved = true;
    open_here();
    for (int i = 0; i < 2000 && !scene.is_up; i++) {
        scene.is_moved = scene.there.accepted < 5 && !scene.is_moved;
        uv_run(&scene.loop, UV_RUN_ONCE);
    }
    assert_true(scene.here.accepted + scene.there.accepted < 50);
}

static void a_cluster_that_is_down_is_waited_for(void **state)
{
    (void)state;
    scene.is_down = true;
    open_here();
    while (scene.here.accepted + scene.there.accepted < 4)
        uv_run(&scene.loop, UV_RUN_ONCE);
    assert_false(scene.is_up);
    scene.is_down = false;
    wait_up();
}

static void a_slot_on_its_way_is_waited_for(void **state)
{
    (void)state;
    scene.is_between = true;
    open_here();
    while (scene.here.accepted < 2)
        uv_run(&scene.loop, UV_RUN_ONCE);
    assert_false(scene.is_up);
    scene.is_between = false;
    scene.is_moved = true;
    wait_up();
    ask();
    assert_int_equal(scene.error, 0);
}

static void servers_of_a_list_are_tried_in_turn(void **state)
{
    char url[128];

    (void)state;
    snprintf(url, sizeof url, "redis://127.0.0.1:1,redis://127.0.0.1:%d",
             scene.here.port);
    open_with(url);
    wait_up();
    assert_int_equal(scene.here.accepted, 1);
}

static void lists_of_urls_are_read(void **state)
{
    struct redis_places places;
    struct buffer many = {0};

    (void)state;
    assert_int_equal(
        redis_places_read("redis://:pw@one:7,unix:///two", &places), 0);
    assert_int_equal(places.given, 2);
    assert_string_equal(redis_places_here(&places)->host, "one");
    redis_places_next(&places);
    assert_string_equal(redis_places_here(&places)->path, "/two");
    redis_places_next(&places);
    assert_string_equal(redis_places_here(&places)->host, "one");
    redis_places_finish(&places);
    assert_int_equal(redis_places_read("redis://one,", &places), E_INVALID);
    assert_int_equal(redis_places_read("redis://one,x", &places), E_INVALID);
    for (int i = 0; i < 33; i++)
        buffer_add_text(&many, i ? ",redis://one" : "redis://one");
    assert_int_equal(redis_places_read(many.bytes, &places), E_INVALID);
    buffer_finish(&many);
}

static void a_node_has_the_login_of_the_first_url(void **state)
{
    struct redis_places places;

    (void)state;
    assert_int_equal(redis_places_read("redis://fay:pw@one", &places), 0);
    assert_true(redis_places_follow(&places, "MOVED 7 ::1:6380"));
    assert_string_equal(redis_places_here(&places)->host, "::1");
    assert_int_equal(redis_places_here(&places)->port, 6380);
    assert_string_equal(redis_places_here(&places)->user, "fay");
    assert_string_equal(redis_places_here(&places)->password, "pw");
    assert_true(redis_places_follow(&places, "MOVED 7 :6381"));
    assert_string_equal(redis_places_here(&places)->host, "::1");
    assert_false(redis_places_follow(&places, "MOVED 7 one"));
    assert_false(redis_places_follow(&places, "MOVED 7 one:0"));
    assert_false(redis_places_follow(&places, "MOVED one:1"));
    assert_false(redis_places_follow(&places, "ASK 7 one:1"));
    redis_places_finish(&places);
}

static void what_is_heard_of_is_bounded(void **state)
{
    struct redis_places places;

    (void)state;
    assert_int_equal(redis_places_read("redis://one", &places), 0);
    for (int port = 1; port <= 5000; port++)
        redis_places_learn(&places, "two", port);
    assert_true(places.count < 200);
    assert_true(redis_places_follow(&places, "MOVED 7 three:1"));
    assert_string_equal(redis_places_here(&places)->host, "three");
    assert_string_equal(places.urls[0].host, "one");
    redis_places_finish(&places);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_connection_goes_to_the_node_that_has_the_slot),
        STORY(a_slot_that_moves_is_followed),
        STORY(what_was_sent_behind_it_is_told_before_the_loss),
        STORY(when_its_node_is_gone_others_it_has_heard_of_are_asked),
        STORY(two_nodes_that_do_not_agree_are_asked_with_rests),
        STORY(a_cluster_that_is_down_is_waited_for),
        STORY(a_slot_on_its_way_is_waited_for),
        STORY(servers_of_a_list_are_tried_in_turn),
        cmocka_unit_test(lists_of_urls_are_read),
        cmocka_unit_test(a_node_has_the_login_of_the_first_url),
        cmocka_unit_test(what_is_heard_of_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
