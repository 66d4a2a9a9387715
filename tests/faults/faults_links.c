/*
 * faults_links.c - every way between two parts is cut, closed on one side,
 * delayed and refused, while somebody uploads
 *
 * A round is all faults on all links, each at some byte that chance picks.
 * Whatever happens between them, the parts themselves stay: so in the end they
 * must hold as many descriptors and as much memory as after the first round.  A
 * short run leaves all but one fault out, and the comparison.
 */
#include "unit.h"

#include "footing.h"
#include "patience.h"
#include "scene.h"

enum {
    UPLOADS_LEAST = 2, /* for each fault; more, until it has hit somebody */
    UPLOADS_MOST = 20,
    SHORT_STRIKES = 1,    /* on all links, in a short run */
    LONG_ROUNDS = 4,      /* of all strikes on all links */
    UP_BYTES_MOST = 2000, /* that pass before a fault */
    DOWN_BYTES_MOST = 300,
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
    size_t most = way == PROXY_UP ? UP_BYTES_MOST : DOWN_BYTES_MOST;
    struct patience patience = patience_of(SETTLE_MS);
    size_t uploads = 0;

    proxy_set(link, &(struct proxy_fault){.kind = kind,
                                          .way = way,
                                          .bytes = scene_chance(most),
                                          .delay_ms = DELAY_MS});
    if (kind == PROXY_REFUSE)
        proxy_cut_all(link);
    while (uploads < UPLOADS_LEAST ||
           (proxy_hits(link) == 0 && uploads < UPLOADS_MOST)) {
        scene_upload(&scene);
        uploads++;
        /* What it brings about may take long on a busy machine. */
        do
            watcher_hear(&scene.watcher, HEAR_MS);
        while (proxy_hits(link) == 0 && ledger_open(&scene.ledger) > 0 &&
               patience_lasts(&patience));
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

static const struct mischief {
    enum proxy_kind kind;
    enum proxy_way way;
} mischiefs[] = {
    {PROXY_CUT, PROXY_UP},     {PROXY_CUT, PROXY_DOWN},
    {PROXY_CLOSE, PROXY_UP},   {PROXY_CLOSE, PROXY_DOWN},
    {PROXY_DELAY, PROXY_BOTH}, {PROXY_REFUSE, PROXY_BOTH},
};

static void run_round(void)
{
    for (size_t i = 0; i < COUNT(mischiefs); i++)
        strike_all_links(mischiefs[i].kind, mischiefs[i].way);
}

static void what_was_accepted_is_done_whatever_link_breaks(void **state)
{
    (void)state;
    for (int i = 0; i < WARM_UPLOADS; i++)
        scene_upload(&scene);
    scene_settle(&scene, SETTLE_MS);
    for (int i = 0; i < SHORT_STRIKES && !scene_is_long(); i++) {
        size_t chance = scene_chance(COUNT(mischiefs));

        strike_all_links(mischiefs[chance].kind, mischiefs[chance].way);
    }
    for (int round = 0; round < LONG_ROUNDS && scene_is_long(); round++) {
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
    if (!scene_is_long())
        skip();
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
