/*
 * faults_steps.c - a worker is killed, or held still past its lease, at each
 * step of a job
 *
 * Which step a job is at is known from outside: what it still has to say is
 * held up in one of the doors around the worker.  Each time the job must be
 * done within the lease and two seconds more, its end be told once, and no face
 * twice.
 */
#include "unit.h"

#include <signal.h>

#include "clock.h"
#include "patience.h"
#include "scene.h"
#include "talk.h"
#include "xalloc.h"

enum {
    STEP_MS = 30000,
    LEASE_MS = 5000,
    LATE_MS = LEASE_MS + 2000,
    START_MS = 10000, /* of a worker, and its work, on a busy machine */
    SETTLE_MS = 60000,
    SLOW_MS = 300, /* an answer of the database on its way, where we must act
                      before it comes */
    HEAR_MS = 5,
};

static struct scene scene;
static const struct tally *tally; /* of the job */

static int start(void **state)
{
    (void)state;
    scene_start(&scene, "f1-group.jpg");
    scene_upload(&scene); /* connections are made, photos decoded */
    scene_settle(&scene, SETTLE_MS);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    scene_stop(&scene);
    return 0;
}

/* ---- steps ---- */

static void hold(struct proxy *link, enum proxy_way way)
{
    proxy_set(link, &(struct proxy_fault){.kind = PROXY_STALL, .way = way});
}

static void slow_down(struct proxy *link)
{
    proxy_set(link, &(struct proxy_fault){.kind = PROXY_DELAY,
                                          .way = PROXY_DOWN,
                                          .delay_ms = SLOW_MS});
}

static void upload(void)
{
    if (scene_upload(&scene) != 202)
        fail_msg("an upload was not accepted");
    tally = &scene.ledger.tallies[scene.ledger.count - 1];
}

static bool has_status(const char *status)
{
    char *target = xprintf("/v1/jobs/%s", tally->job);
    struct json *job = talk_get(scene.stack.port, target);
    bool has = strcmp(json_get_text(job, "status", ""), status) == 0;

    json_destroy(job);
    free(target);
    return has;
}

static void await_status(const char *status)
{
    struct patience patience = patience_of(STEP_MS);

    while (!has_status(status))
        if (!patience_lasts(&patience))
            fail_msg("the job was never %s", status);
}

static void await_hit(struct proxy *link)
{
    struct patience patience = patience_of(STEP_MS);

    while (proxy_hits(link) == 0)
        if (!patience_lasts(&patience))
            fail_msg("nothing came to the door");
}

static bool has_face(void)
{
    for (size_t i = 0; i < LEDGER_FACES; i++)
        if (tally->faces[i])
            return true;
    return false;
}

static bool is_completed(void)
{
    return tally->completed > 0;
}

static void await_seen(bool (*is_seen)(void))
{
    int64_t end_ms = clock_steady_ms() + STEP_MS;

    while (!is_seen()) {
        watcher_hear(&scene.watcher, HEAR_MS);
        if (clock_steady_ms() > end_ms)
            fail_msg("an event was never seen");
    }
}

/* It has a lease, and its row does not know yet. */
static void go_to_leased(void)
{
    hold(scene.links.worker_database, PROXY_UP);
    upload();
    await_hit(scene.links.worker_database);
}

/* Its row was taken, and the worker has not heard of it. */
static void go_to_taken(void)
{
    slow_down(scene.links.worker_database);
    upload();
    await_status("running");
    hold(scene.links.worker_database, PROXY_DOWN);
}

static void go_to_working(void)
{
    hold(scene.links.worker_engine, PROXY_UP);
    upload();
    await_hit(scene.links.worker_engine);
}

/* Some faces were told, the search is not over. */
static void go_to_faces(void)
{
    upload();
    await_seen(has_face);
    hold(scene.links.worker_engine, PROXY_DOWN);
}

/* All is found, and nothing of it written. */
static void go_to_writing(void)
{
    go_to_working();
    hold(scene.links.worker_database, PROXY_UP);
    proxy_heal(scene.links.worker_engine);
    await_hit(scene.links.worker_database);
}

/* The end is in the database, and the worker has not heard of it. */
static void go_to_written(void)
{
    slow_down(scene.links.worker_database);
    upload();
    await_status("done");
    hold(scene.links.worker_database, PROXY_DOWN);
}

/* It is written, and on its way into the event log. */
static void go_to_telling(void)
{
    slow_down(scene.links.worker_database);
    upload();
    await_status("done");
    hold(scene.links.worker_redis, PROXY_UP);
    proxy_heal(scene.links.worker_database);
    await_hit(scene.links.worker_redis);
}

/* It was told, and is not marked as told. */
static void go_to_told(void)
{
    upload();
    await_seen(is_completed);
    hold(scene.links.worker_database, PROXY_UP);
}

/* ---- what happens there ---- */

static void settle_in_time(int limit_ms)
{
    int64_t start_ms = clock_steady_ms();

    scene_settle(&scene, SETTLE_MS);
    print_message("done after %lld ms\n",
                  (long long)(clock_steady_ms() - start_ms));
    assert_in_range(clock_steady_ms() - start_ms, 0, limit_ms);
}

/* What the dead worker had said, and what lies in the doors, is lost, or
 * arrives afterwards. */
static void kill_here(bool is_lost)
{
    child_signal(&scene.stack.worker, SIGKILL);
    child_wait(&scene.stack.worker, STEP_MS);
    if (is_lost)
        links_cut_worker(&scene.links);
    links_heal(&scene.links);
    links_start_worker(&scene.links, &scene.stack);
    settle_in_time(LATE_MS + START_MS);
}

/* A second worker takes over; the first wakes and goes on where it stood. */
static void hold_still_here(void)
{
    child_signal(&scene.stack.worker, SIGSTOP);
    links_heal(&scene.links);
    links_start_second_worker(&scene.stack);
    settle_in_time(LATE_MS + START_MS);
    child_signal(&scene.stack.worker, SIGCONT);
    watcher_hear(&scene.watcher, LEASE_MS / 2); /* it says nothing twice */
    assert_int_equal(child_stop(&scene.stack.second_worker, STEP_MS), 0);
}

static const struct step {
    const char *name;
    void (*go)(void);
} steps[] = {
    {"leased", go_to_leased},    {"taken", go_to_taken},
    {"faces told", go_to_faces}, {"working", go_to_working},
    {"telling", go_to_telling},  {"writing", go_to_writing},
    {"written", go_to_written},  {"told", go_to_told},
};

/* A short run takes two steps to be killed at and two to be held still at;
 * chance says which. */
static bool is_chosen(size_t step, bool is_kill)
{
    static const size_t pairs = COUNT(steps) / 2;
    static size_t first = SIZE_MAX;

    if (first == SIZE_MAX)
        first = scene_chance(pairs);
    if (scene_is_long())
        return true;
    return step % pairs == (is_kill ? first : (first + 1) % pairs);
}

static void a_worker_may_be_killed_at_any_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (!is_chosen(i, true))
            continue;
        print_message("killed while %s\n", steps[i].name);
        steps[i].go();
        kill_here(true);
        if (!scene_is_long())
            continue;
        steps[i].go();
        kill_here(false);
    }
    scene_reckon(&scene, 0, 2 * COUNT(steps));
}

static void a_worker_may_be_held_still_at_any_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (!is_chosen(i, false))
            continue;
        print_message("held still while %s\n", steps[i].name);
        steps[i].go();
        hold_still_here();
    }
    scene_reckon(&scene, 0, 2 * COUNT(steps));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_may_be_killed_at_any_step),
        cmocka_unit_test(a_worker_may_be_held_still_at_any_step),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
