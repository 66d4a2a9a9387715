/*
 * faults_outage.c - MariaDB, or the engine, is away for a while during uploads:
 * killed, or held still
 *
 * Uploads are accepted, or refused with 503 and Retry-After within a bounded
 * time.  What was accepted is done afterwards.
 */
#include "unit.h"

#include <signal.h>

#include "clock.h"
#include "scene.h"

enum {
    AWAY_MS = 4000,
    LONG_AWAY_MS = 20000,
    PACE_MS = 50, /* between uploads */
    TOGETHER = 40,
    EXIT_MS = 10000,
    ANSWER_MS = 15000, /* in which every upload is answered */
    SETTLE_MS = 120000,
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

/* Uploads as long as the outage lasts. */
static void sit_out(void)
{
    int64_t end_ms =
        clock_steady_ms() + (scene_is_long() ? LONG_AWAY_MS : AWAY_MS);

    do {
        scene_upload(&scene);
        watcher_hear(&scene.watcher, PACE_MS);
    } while (clock_steady_ms() < end_ms);
}

static void settle(void)
{
    scene_settle(&scene, SETTLE_MS);
    assert_in_range(scene.slowest_ms, 0, ANSWER_MS);
    assert_int_equal(scene.unanswered, 0);
    print_message("%zu accepted, %zu refused, slowest answer %lld ms\n",
                  scene.accepted, scene.refused, (long long)scene.slowest_ms);
    scene.slowest_ms = 0;
}

static void leave(struct child *child)
{
    scene_upload(&scene); /* something is under way */
    child_signal(child, SIGKILL);
    child_wait(child, EXIT_MS);
}

static void the_engine_may_be_away(void **state)
{
    (void)state;
    leave(&scene.stack.engine);
    sit_out();
    stack_start_engine(&scene.stack);
    settle();
    assert_int_equal(scene.refused, 0);
}

static void the_engine_may_be_held_still(void **state)
{
    (void)state;
    if (!scene_is_long())
        skip();
    scene_upload(&scene);
    child_signal(&scene.stack.engine, SIGSTOP);
    sit_out();
    child_signal(&scene.stack.engine, SIGCONT);
    settle();
    assert_int_equal(scene.refused, 0);
}

static void the_database_may_be_away(void **state)
{
    (void)state;
    leave(&scene.stack.mariadb.child);
    sit_out();
    mariadb_server_restart(&scene.stack.mariadb);
    settle();
    assert_true(scene.refused > 0);
}

static void the_database_may_be_held_still(void **state)
{
    (void)state;
    scene_upload(&scene);
    child_signal(&scene.stack.mariadb.child, SIGSTOP);
    scene_upload_together(&scene, TOGETHER);
    sit_out();
    child_signal(&scene.stack.mariadb.child, SIGCONT);
    settle();
    scene_reckon(&scene, scene.refused, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_engine_may_be_away),
        cmocka_unit_test(the_engine_may_be_held_still),
        cmocka_unit_test(the_database_may_be_away),
        cmocka_unit_test(the_database_may_be_held_still),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
