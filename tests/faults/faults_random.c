/*
 * faults_random.c - anything is killed at any time
 *
 * Chance picks one part or two, kills or holds them still, for a while, and
 * starts them again in any order, while clients upload with keys and come again
 * until they are accepted.  In the end nothing is lost, nothing is seen twice,
 * nothing is stuck.
 */
#include "unit.h"

#include <signal.h>

#include "clock.h"
#include "scene.h"

enum {
    STRIKES = 3,
    LONG_STRIKES = 1000,
    LONG_MINUTES = 45, /* whichever is over first */
    UPLOADS_MOST = 12, /* between two strikes */
    AWAY_MOST_MS = 2000,
    EXIT_MS = 10000,
    STOP_MS = 30000,
    SETTLE_MS = 120000,
    REST_EACH = 10, /* strikes, after which everything must settle */
    PARTS = 5,
};

static struct scene scene;
static unsigned next_key;

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

/* ---- the parts ---- */

static void start_redis(void)
{
    redis_server_restart(&scene.stack.redis);
}

static void start_mariadb(void)
{
    mariadb_server_restart(&scene.stack.mariadb);
}

static void start_engine(void)
{
    stack_start_engine(&scene.stack);
}

static void start_server(void)
{
    links_start_server(&scene.links, &scene.stack);
}

static void start_worker(void)
{
    links_start_worker(&scene.links, &scene.stack);
}

/* In the order in which they can be started: the server says it is ready when
 * Redis and MariaDB are there. */
static struct part {
    const char *name;
    struct child *child;
    void (*start)(void);
    size_t kills;
} parts[PARTS] = {
    {"redis", &scene.stack.redis.child, start_redis, 0},
    {"mariadb", &scene.stack.mariadb.child, start_mariadb, 0},
    {"engine", &scene.stack.engine, start_engine, 0},
    {"server", &scene.stack.server, start_server, 0},
    {"worker", &scene.stack.worker, start_worker, 0},
};

/* ---- strikes ---- */

static void upload_for(int time_ms)
{
    int64_t end_ms = clock_steady_ms() + time_ms;

    do {
        if (scene_upload_keyed(&scene, next_key) == 202)
            next_key++;
        watcher_hear(&scene.watcher, (int)scene_chance(20));
    } while (clock_steady_ms() < end_ms);
}

/* Killed, or told to stop: then it says goodbye in its own way. */
static void end_part(struct part *part)
{
    if (scene_chance(4) == 0) {
        child_stop(part->child, STOP_MS);
        return;
    }
    child_signal(part->child, SIGKILL);
    child_wait(part->child, EXIT_MS);
    part->kills++;
}

static void hold_still(struct part *part, int time_ms)
{
    child_signal(part->child, SIGSTOP);
    upload_for(time_ms);
    child_signal(part->child, SIGCONT);
}

static void strike(void)
{
    struct part *one = &parts[scene_chance(PARTS)];
    struct part *other = &parts[scene_chance(PARTS)];
    int away_ms = (int)scene_chance(AWAY_MOST_MS);

    if (scene_chance(5) == 0 && one->start != start_server) {
        hold_still(one, away_ms);
        return;
    }
    end_part(one);
    if (scene_chance(3) == 0 && other != one)
        end_part(other);
    upload_for(away_ms);
    for (size_t i = 0; i < PARTS; i++)
        if (!child_is_running(parts[i].child))
            parts[i].start();
}

static void nothing_is_lost_whatever_is_killed(void **state)
{
    size_t strikes = scene_is_long() ? LONG_STRIKES : STRIKES;
    const char *minutes = getenv("FACEWIRE_FAULTS_MINUTES");
    int64_t end_ms =
        clock_steady_ms() +
        60000 * (minutes ? strtol(minutes, NULL, 10) : (long)LONG_MINUTES);
    size_t count = 0;

    (void)state;
    while (count < strikes && clock_steady_ms() < end_ms) {
        strike();
        for (size_t i = scene_chance(UPLOADS_MOST); i > 0; i--)
            scene_upload_surely(&scene, next_key++);
        if (++count % REST_EACH == 0)
            scene_settle(&scene, SETTLE_MS);
    }
    scene_upload_surely(&scene, next_key++);
    scene_settle(&scene, SETTLE_MS);
    print_message("%zu strikes; killed:", count);
    for (size_t i = 0; i < PARTS; i++)
        print_message(" %s %zu", parts[i].name, parts[i].kills);
    print_message("\n");
    scene_reckon(&scene, 0, parts[3].kills + parts[4].kills);
    assert_int_equal(scene.ledger.count, next_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_whatever_is_killed),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
