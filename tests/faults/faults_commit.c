/*
 * faults_commit.c - what the server says to the database is held up on its way,
 * and arrives after it was given up
 *
 * The server cannot know what became of it.  Whatever it answers, an upload
 * that is accepted must be done, once, so its photo must be there.
 */
#include "unit.h"

#include "patience.h"
#include "scene.h"

enum {
    WARM_UPLOADS = 8,  /* statements are prepared on all connections */
    COMMIT_BYTES = 11, /* as it goes over the wire */
    SETTLE_MS = 60000,
};

static struct scene scene;
static unsigned next_key = 100; /* all keys are as long */

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

/* How many bytes an upload sends to the database. */
static size_t measure(void (*upload)(void))
{
    struct proxy *link = scene.links.server_database;

    for (int i = 0; i < WARM_UPLOADS; i++)
        upload();
    proxy_heal(link);
    upload();
    return proxy_passed(link, PROXY_UP);
}

/* So many bytes pass on the connections that there are, and new ones pass whole
 * or as many bytes. */
static void hold_up_after(size_t bytes, bool is_for_old)
{
    proxy_set(scene.links.server_database,
              &(struct proxy_fault){.kind = PROXY_STALL,
                                    .way = PROXY_UP,
                                    .bytes = bytes,
                                    .is_for_old = is_for_old});
}

/* What was held up goes on. */
static void let_go(size_t connections)
{
    assert_int_equal(proxy_hits(scene.links.server_database), connections);
    proxy_heal(scene.links.server_database);
}

static void reckon(size_t doubtful)
{
    scene_settle(&scene, SETTLE_MS);
    scene_reckon(&scene, doubtful, 0);
}

static void upload_with_a_key(void)
{
    scene_upload_surely(&scene, next_key++);
}

static void an_upload_whose_commit_comes_late_is_accepted_and_done(void **state)
{
    (void)state;
    hold_up_after(measure(upload_with_a_key) - COMMIT_BYTES, true);
    assert_int_equal(scene_upload_keyed(&scene, next_key), 503);
    let_go(1);
    upload_with_a_key();
    reckon(0);
}

static void upload_without_a_key(void)
{
    assert_int_equal(scene_upload(&scene), 202);
}

/* All of its one statement but the last byte is there in time. */
static void an_upload_whose_insert_comes_late_is_done_once(void **state)
{
    (void)state;
    hold_up_after(measure(upload_without_a_key) - 1, true);
    upload_without_a_key();
    let_go(1);
    reckon(0);
}

/* Nobody knows what becomes of it: it is refused, and done all the same. */
static void what_was_refused_and_comes_late_is_done_once(void **state)
{
    struct patience patience = patience_of(SETTLE_MS);

    (void)state;
    hold_up_after(measure(upload_without_a_key) - 1, false);
    assert_int_equal(scene_upload(&scene), 503);
    let_go(2);
    while (ledger_unexpected(&scene.ledger) == 0 && patience_lasts(&patience))
        watcher_hear(&scene.watcher, 0);
    assert_int_equal(ledger_unexpected(&scene.ledger), 1);
    reckon(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            an_upload_whose_commit_comes_late_is_accepted_and_done),
        cmocka_unit_test(an_upload_whose_insert_comes_late_is_done_once),
        cmocka_unit_test(what_was_refused_and_comes_late_is_done_once),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
