/*
 * faults_redis.c - Redis is emptied during uploads, then killed and started
 * again, once while a server starts
 *
 * No upload that was accepted is lost; a client is told of the gap of the
 * emptied Redis, and of none for the other, which has its log on disk.
 */
#include "unit.h"

#include <signal.h>

#include "patience.h"
#include "port.h"
#include "raw_client.h"
#include "scene.h"
#include "talk.h"

enum {
    UPLOADS = 60, /* for each of the two, and behind them */
    LONG_UPLOADS = 170,
    AWAY_MS = 3000,
    EXIT_MS = 10000,
    SETTLE_MS = 90000,
};

static struct scene scene;

static int start(void **state)
{
    (void)state;
    scene_start(&scene, "f1-mom-2.jpg");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    scene_stop(&scene);
    return 0;
}

/* A server that has lost its queue takes uploads in all the same. */
static void upload_some(size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (scene_upload(&scene) != 202)
            fail_msg("an upload was not accepted");
}

static size_t half(void)
{
    return scene_is_long() ? LONG_UPLOADS / 2 : UPLOADS / 2;
}

static void nothing_is_lost_when_redis_is_emptied(void **state)
{
    (void)state;
    upload_some(half());
    redis_server_say(&scene.stack.redis, "FLUSHALL");
    upload_some(half());
    scene_settle(&scene, SETTLE_MS);
    assert_int_equal(scene.watcher.gaps, 1);
}

static int ask_for_events(void)
{
    int status = 0;

    json_destroy(
        talk(scene.stack.port, "GET", "/v1/events?topics=searches", &status));
    return status;
}

/* A server that has not read the log yet cannot know whether a client that
 * comes back has missed anything. */
static void clients_wait_for_a_server_that_has_not_read_the_log(void **state)
{
    struct child *redis = &scene.stack.redis.child;
    struct child *server = &scene.stack.server;

    (void)state;
    child_signal(redis, SIGKILL);
    child_wait(redis, EXIT_MS);
    child_signal(server, SIGKILL);
    child_wait(server, EXIT_MS);
    links_launch_server(&scene.links, &scene.stack);
    assert_true(port_answers(scene.stack.port, EXIT_MS));
    assert_int_equal(ask_for_events(), 503);
    assert_int_equal(raw_websocket(scene.stack.port, "/v1/live",
                                   "Sec-WebSocket-Protocol: facewire.v1\r\n"),
                     -1);
    redis_server_restart(&scene.stack.redis);
    upload_some(1);
    scene_settle(&scene, SETTLE_MS);
    assert_int_equal(scene.watcher.gaps, 1);
}

static void nothing_is_lost_when_redis_is_killed(void **state)
{
    struct patience patience = patience_of(AWAY_MS);

    (void)state;
    upload_some(half());
    child_signal(&scene.stack.redis.child, SIGKILL);
    child_wait(&scene.stack.redis.child, EXIT_MS);
    upload_some(half());
    while (patience_lasts(&patience))
        watcher_hear(&scene.watcher, 0);
    redis_server_restart(&scene.stack.redis);
    upload_some(half());
    scene_settle(&scene, SETTLE_MS);
    assert_int_equal(scene.watcher.gaps, 1);
    scene_reckon(&scene, 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_when_redis_is_emptied),
        cmocka_unit_test(clients_wait_for_a_server_that_has_not_read_the_log),
        cmocka_unit_test(nothing_is_lost_when_redis_is_killed),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
