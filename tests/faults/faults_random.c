/*
 * faults_random.c - anything is killed at any time
 *
 * Chance picks a part, kills it, tells it to stop or holds it still, and brings
 * it back after a while.  The next strike does not wait for that, so several
 * parts are away at a time, and some are struck again while they still start.
 * Meanwhile a client uploads with keys and comes again until it is accepted.
 * After each round everything must settle.  In the end nothing is lost, nothing
 * is seen twice, nothing is stuck.
 */
#include "unit.h"

#include <signal.h>

#include "clock.h"
#include "patience.h"
#include "scene.h"

enum {
    STRIKES = 5,
    LONG_STRIKES = 1000,
    LONG_MINUTES = 55, /* whichever is over first */
    ROUND = 50,        /* strikes, after which everything must settle */
    GAP_MOST_MS = 1500,
    AWAY_MOST_MS = 1500,
    UPLOAD_MOST_MS = 300, /* between two uploads */
    UPLOADS_MOST = 12,    /* in each round for sure */
    TURN_MS = 20,
    EXIT_MS = 10000,
    OURS_STOP_MS = 40000, /* a drain, and a little */
    THEIRS_STOP_MS = 10000,
    READY_MS = 60000,
    SETTLE_MS = 120000,
    PARTS = 5,
};

static struct scene scene;
static unsigned next_key;

static int start(void **state)
{
    (void)state;
    /* Waits that grow from a tenth of a second on: there is a round to end. */
    setenv("FACEWIRE_RETRY_MS", "100", 1);
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

static void launch_redis(void)
{
    redis_server_launch(&scene.stack.redis);
}

static void launch_mariadb(void)
{
    mariadb_server_launch(&scene.stack.mariadb);
}

static void launch_engine(void)
{
    stack_launch_engine(&scene.stack);
}

static void launch_server(void)
{
    links_launch_server(&scene.links, &scene.stack);
}

static void launch_worker(void)
{
    links_start_worker(&scene.links, &scene.stack);
}

static struct part {
    const char *name;
    struct child *child;
    void (*launch)(void);
    enum { UP, STILL, ENDING } state;
    int64_t due_ms; /* when one that is not up is to come back */
    size_t kills;
} parts[PARTS] = {
    {"redis", &scene.stack.redis.child, launch_redis, UP, 0, 0},
    {"mariadb", &scene.stack.mariadb.child, launch_mariadb, UP, 0, 0},
    {"engine", &scene.stack.engine, launch_engine, UP, 0, 0},
    {"server", &scene.stack.server, launch_server, UP, 0, 0},
    {"worker", &scene.stack.worker, launch_worker, UP, 0, 0},
};

static bool is_ours(const struct part *part)
{
    return part->launch != launch_redis && part->launch != launch_mariadb;
}

/* Ours stop when they are told to.  MariaDB does not always, if that comes
 * while it starts; whoever runs it would kill it then. */
static void push(struct part *part, int64_t late_ms)
{
    if (late_ms > OURS_STOP_MS && is_ours(part))
        child_give_up(part->child, "it does not stop");
    if (late_ms > THEIRS_STOP_MS && !is_ours(part))
        child_signal(part->child, SIGKILL);
}

/* Brings a part back when it is due.  Nothing may end that was not struck. */
static void tend(struct part *part)
{
    bool is_running = child_is_running(part->child);
    int64_t late_ms = clock_steady_ms() - part->due_ms;

    if (part->state == UP && !is_running)
        child_give_up(part->child, "it ended by itself");
    if (part->state == UP || late_ms < 0)
        return;
    if (part->state == ENDING && is_running) {
        push(part, late_ms);
        return;
    }
    if (part->state == STILL)
        child_signal(part->child, SIGCONT);
    else
        part->launch();
    part->state = UP;
}

/* Killed, told to stop, so that it says goodbye in its own way, or held still;
 * but never the server, whose client would wait for it. */
static void hit(struct part *part)
{
    size_t way = scene_chance(20);

    part->due_ms = clock_steady_ms() + (int64_t)scene_chance(AWAY_MOST_MS);
    part->state = ENDING;
    if (way < 4 && part->launch != launch_server) {
        child_signal(part->child, SIGSTOP);
        part->state = STILL;
    } else if (way < 8) {
        child_signal(part->child, SIGTERM);
    } else {
        child_signal(part->child, SIGKILL);
        child_wait(part->child, EXIT_MS);
        part->kills++;
    }
}

/* ---- strikes ---- */

static void tend_all(void)
{
    for (size_t i = 0; i < PARTS; i++)
        tend(&parts[i]);
}

/* Of those that were started: one that is away cannot be struck. */
static void strike(void)
{
    struct part *part;

    do {
        tend_all();
        part = &parts[scene_chance(PARTS)];
    } while (part->state != UP);
    hit(part);
}

static void upload_for(int time_ms)
{
    int64_t end_ms = clock_steady_ms() + time_ms;
    int64_t next_ms = 0;

    do {
        if (clock_steady_ms() >= next_ms) {
            if (scene_upload_keyed(&scene, next_key) == 202)
                next_key++;
            next_ms = clock_steady_ms() + (int64_t)scene_chance(UPLOAD_MOST_MS);
        }
        watcher_hear(&scene.watcher, TURN_MS);
        tend_all();
    } while (clock_steady_ms() < end_ms);
}

static bool is_all_up(void)
{
    bool is_up = true;

    tend_all();
    for (size_t i = 0; i < PARTS; i++)
        is_up = is_up && parts[i].state == UP;
    return is_up;
}

/* Everything comes back, and comes to its end. */
static void end_round(void)
{
    struct patience patience = patience_of(READY_MS);

    while (!is_all_up())
        if (!patience_lasts(&patience))
            fail_msg("a part did not come back");
    for (size_t i = 1 + scene_chance(UPLOADS_MOST); i > 0; i--)
        scene_upload_surely(&scene, next_key++);
    scene_settle(&scene, SETTLE_MS);
}

static void tell(size_t count, int64_t start_ms)
{
    print_message("%4lld s: %zu strikes, %u uploads; killed:",
                  (long long)(clock_steady_ms() - start_ms) / 1000, count,
                  next_key);
    for (size_t i = 0; i < PARTS; i++)
        print_message(" %s %zu", parts[i].name, parts[i].kills);
    print_message("\n");
}

static long wanted(const char *name, long otherwise)
{
    const char *text = getenv(name);

    return text ? strtol(text, NULL, 10) : otherwise;
}

static void nothing_is_lost_whatever_is_killed(void **state)
{
    size_t strikes = (size_t)wanted("FACEWIRE_STRIKES",
                                    scene_is_long() ? LONG_STRIKES : STRIKES);
    int64_t start_ms = clock_steady_ms();
    int64_t end_ms =
        start_ms + 60000 * wanted("FACEWIRE_FAULTS_MINUTES", LONG_MINUTES);
    size_t count = 0;

    (void)state;
    while (count < strikes && clock_steady_ms() < end_ms) {
        strike();
        upload_for((int)scene_chance(GAP_MOST_MS));
        if (++count % ROUND == 0) {
            end_round();
            tell(count, start_ms);
        }
    }
    end_round();
    tell(count, start_ms);
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
