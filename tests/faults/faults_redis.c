/*
 * faults_redis.c - Redis is emptied during uploads, then killed and started
 * again
 *
 * No upload that was accepted is lost; a client is told of the gap of the
 * emptied Redis, and of none for the other, which has its log on disk.
 */
#include "unit.h"

#include <signal.h>

#include "patience.h"
#include "scene.h"

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
    scene_reckon(&scene, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_when_redis_is_emptied),
        cmocka_unit_test(nothing_is_lost_when_redis_is_killed),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
