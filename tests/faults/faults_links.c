/*
 * faults_links.c - every way between two parts is cut, closed on one side,
 * delayed and refused, while somebody uploads
 *
 * A round is all faults on all links, each at some byte that chance picks.
 * Whatever happens between them, the parts themselves stay: so after each round
 * they must hold as many descriptors and as much memory as after the first.
 */
#include "unit.h"

#include "footing.h"
#include "scene.h"

enum {
    UPLOADS_LEAST = 2, /* for each fault; more, until it has hit somebody */
    UPLOADS_MOST = 20,
    ROUNDS = 2,
    LONG_ROUNDS = 4,
    BYTES_MOST = 2000, /* that pass before a fault */
    SETTLE_MS = 90000,
    WARM_UPLOADS = 20,
    DELAY_MS = 30,
    HEAR_MS = 20,
};

static struct scene scene;
static struct footing server_footing, worker_footing;

static int start(void **state)
{
    (void)state;
    /* What it may keep of the event log, it has in the first round. */
    setenv("FACEWIRE_WINDOW_BYTES", "65536", 1);
    scene_start(&scene, "f1-mom-2.jpg");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    scene_stop(&scene);
    return 0;
}

static void strike(const char *name, struct proxy *link, enum proxy_kind kind,
                   enum proxy_way way)
{
    size_t uploads = 0;

    proxy_set(link, &(struct proxy_fault){.kind = kind,
                                          .way = way,
                                          .bytes = scene_chance(BYTES_MOST),
                                          .delay_ms = DELAY_MS});
    if (kind == PROXY_REFUSE)
        proxy_cut_all(link);
    while (uploads < UPLOADS_LEAST ||
           (proxy_hits(link) == 0 && uploads < UPLOADS_MOST)) {
        scene_upload(&scene);
        watcher_hear(&scene.watcher, HEAR_MS);
        uploads++;
    }
    if (proxy_hits(link) == 0)
        fail_msg("%s: nothing was hit", name);
    links_heal(&scene.links);
    scene_settle(&scene, SETTLE_MS);
}

static void strike_all_links(enum proxy_kind kind, enum proxy_way way)
{
    struct links *links = &scene.links;

    strike("client - server", links->client_server, kind, way);
    strike("server - Redis", links->server_redis, kind, way);
    strike("server - database", links->server_database, kind, way);
    strike("worker - Redis", links->worker_redis, kind, way);
    strike("worker - database", links->worker_database, kind, way);
    strike("worker - engine", links->worker_engine, kind, way);
}

static void run_round(void)
{
    static const enum proxy_kind kinds[] = {PROXY_CUT, PROXY_CLOSE,
                                            PROXY_DELAY};

    for (size_t i = 0; i < COUNT(kinds); i++) {
        strike_all_links(kinds[i], PROXY_UP);
        strike_all_links(kinds[i], PROXY_DOWN);
    }
    strike_all_links(PROXY_REFUSE, PROXY_BOTH);
}

static void what_was_accepted_is_done_whatever_link_breaks(void **state)
{
    int rounds = scene_is_long() ? LONG_ROUNDS : ROUNDS;

    (void)state;
    for (int i = 0; i < WARM_UPLOADS; i++)
        scene_upload(&scene);
    scene_settle(&scene, SETTLE_MS);
    for (int round = 0; round < rounds; round++) {
        run_round();
        if (round == 0) {
            footing_take(&server_footing, &scene.stack.server);
            footing_take(&worker_footing, &scene.stack.worker);
        }
    }
    scene_reckon(&scene, scene.refused + scene.unanswered, 0);
}

static void the_parts_hold_no_more_than_after_the_first_round(void **state)
{
    (void)state;
    footing_compare(&server_footing, &scene.stack.server);
    footing_compare(&worker_footing, &scene.stack.worker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_accepted_is_done_whatever_link_breaks),
        cmocka_unit_test(the_parts_hold_no_more_than_after_the_first_round),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
