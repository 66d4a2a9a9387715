/*
 * faults_server.c - the server is killed again and again during uploads
 *
 * Clients come again with their Idempotency-Key: every upload is accepted in
 * the end, and none is done twice.
 */
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scene.h"

enum {
    UPLOADS = 60,
    KILLS = 4,
    LONG_UPLOADS = 500,
    LONG_KILLS = 25,
    DELAY_MOST_US = 30000, /* from an upload's beginning to the kill */
    EXIT_MS = 10000,
    SETTLE_MS = 60000,
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

/* A process of its own kills it while the upload is on its way. */
static void kill_during(unsigned key)
{
    pid_t server = scene.stack.server.pid;
    useconds_t delay_us = (useconds_t)scene_chance(DELAY_MOST_US);
    pid_t killer = fork();

    if (killer == 0) {
        usleep(delay_us);
        kill(server, SIGKILL);
        _exit(0);
    }
    scene_upload_keyed(&scene, key);
    waitpid(killer, NULL, 0);
    child_wait(&scene.stack.server, EXIT_MS);
    links_start_server(&scene.links, &scene.stack);
}

static void every_upload_is_done_once_though_the_server_is_killed(void **state)
{
    unsigned uploads = scene_is_long() ? LONG_UPLOADS : UPLOADS;
    unsigned kills = scene_is_long() ? LONG_KILLS : KILLS;

    (void)state;
    for (unsigned key = 0; key < uploads; key++) {
        if (key % (uploads / kills) == uploads / kills - 1)
            kill_during(key);
        scene_upload_surely(&scene, key);
    }
    scene_settle(&scene, SETTLE_MS);
    assert_int_equal(scene.watcher.gaps, 0);
    scene_reckon(&scene, 0, kills);
    assert_int_equal(scene.ledger.count, uploads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_upload_is_done_once_though_the_server_is_killed),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
