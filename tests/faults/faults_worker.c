/*
 * faults_worker.c - the worker is killed again and again during uploads, and
 * once held still for longer than its lease
 *
 * Every search completes once; a killed worker's jobs run again within the
 * lease and two seconds.
 */
#include "unit.h"

#include <signal.h>

#include "clock.h"
#include "patience.h"
#include "scene.h"

enum {
    UPLOADS = 40,
    KILLS = 1,
    LONG_UPLOADS = 500,
    LONG_KILLS = 20,
    BACKLOG = 160,
    BACKLOG_SLOW_MS = 1000, /* so that it lasts for 20 s */
    HELD_MS = 7000,         /* the lease is 5 s */
    LATE_MS = 7000,         /* at most, from a kill to the new attempt */
    WORK_MS = 5000,         /* that the waiting jobs take on a busy machine */
    SLOW_MS = 200, /* each answer of the engine, so that jobs are under way */
    EXIT_MS = 10000,
    SETTLE_MS = 60000,
};

static struct scene scene;

static int start(void **state)
{
    (void)state;
    scene_start(&scene, "f1-mom-2.jpg");
    proxy_set(scene.links.worker_engine,
              &(struct proxy_fault){
                  .kind = PROXY_DELAY, .way = PROXY_DOWN, .delay_ms = SLOW_MS});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    scene_stop(&scene);
    return 0;
}

static size_t uploads(void)
{
    return scene_is_long() ? LONG_UPLOADS : UPLOADS;
}

static size_t kills(void)
{
    return scene_is_long() ? LONG_KILLS : KILLS;
}

static void kill_worker(void)
{
    child_signal(&scene.stack.worker, SIGKILL);
    child_wait(&scene.stack.worker, EXIT_MS);
    links_start_worker(&scene.links, &scene.stack);
}

static void upload_some(size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (scene_upload(&scene) != 202)
            fail_msg("an upload was not accepted");
}

static size_t burst(void)
{
    return uploads() / kills();
}

/* It is killed wherever it stands; chance says how long it has worked. */
static void every_search_completes_though_its_worker_is_killed(void **state)
{
    int64_t worst_ms = 0;

    (void)state;
    for (size_t i = 0; i < kills(); i++) {
        int64_t killed_ms;

        upload_some(burst());
        watcher_hear(&scene.watcher, (int)scene_chance(SLOW_MS));
        killed_ms = clock_steady_ms();
        kill_worker();
        scene_settle(&scene, SETTLE_MS);
        if (clock_steady_ms() - killed_ms > worst_ms)
            worst_ms = clock_steady_ms() - killed_ms;
    }
    print_message("all done %lld ms after a kill at most\n",
                  (long long)worst_ms);
    assert_in_range(worst_ms, 0, LATE_MS + WORK_MS);
}

/* Jobs that were under way, and have not completed by now. */
static size_t count_late(const bool *was_under_way)
{
    size_t late = 0;

    for (size_t i = 0; i < scene.ledger.count; i++)
        late += was_under_way[i] && !scene.ledger.tallies[i].completed;
    return late;
}

/* The worker that comes has its hands full from the first moment. */
static void what_it_held_does_not_wait_behind_a_backlog(void **state)
{
    bool *was_under_way;
    int64_t killed_ms, late_ms = 0;

    (void)state;
    proxy_set(scene.links.worker_engine,
              &(struct proxy_fault){.kind = PROXY_DELAY,
                                    .way = PROXY_DOWN,
                                    .delay_ms = BACKLOG_SLOW_MS});
    upload_some(BACKLOG);
    watcher_hear(&scene.watcher, SLOW_MS);
    was_under_way = calloc(scene.ledger.count, sizeof *was_under_way);
    for (size_t i = 0; i < scene.ledger.count; i++)
        was_under_way[i] = scene.ledger.tallies[i].started &&
                           !scene.ledger.tallies[i].completed;
    killed_ms = clock_steady_ms();
    kill_worker();
    while (count_late(was_under_way)) {
        watcher_hear(&scene.watcher, 0);
        late_ms = clock_steady_ms() - killed_ms;
    }
    print_message("%zu still waited; what was held was done after %lld ms\n",
                  ledger_open(&scene.ledger), (long long)late_ms);
    free(was_under_way);
    assert_in_range(late_ms, 0, LATE_MS + 2 * BACKLOG_SLOW_MS + WORK_MS / 2);
    scene_settle(&scene, SETTLE_MS);
}

/* A second worker, past all doors, takes over; then both work. */
static void and_though_one_is_held_still_past_its_lease(void **state)
{
    struct patience patience = patience_of(HELD_MS);

    (void)state;
    upload_some(burst());
    child_signal(&scene.stack.worker, SIGSTOP);
    links_start_second_worker(&scene.stack);
    while (patience_lasts(&patience))
        watcher_hear(&scene.watcher, 0);
    child_signal(&scene.stack.worker, SIGCONT);
    scene_settle(&scene, SETTLE_MS);
    scene_reckon(&scene, 0, kills());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_search_completes_though_its_worker_is_killed),
        cmocka_unit_test(what_it_held_does_not_wait_behind_a_backlog),
        cmocka_unit_test(and_though_one_is_held_still_past_its_lease),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
