/*
 * faults_commit.c - the server's COMMIT is held up on its way, and arrives
 * after it was given up
 *
 * The server cannot know what became of it.  Whatever it answers, an upload
 * that is accepted later with the same key must be done, so its photo must be
 * there.
 */
#include "unit.h"

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
static size_t measure(void)
{
    struct proxy *link = scene.links.server_database;

    for (int i = 0; i < WARM_UPLOADS; i++)
        scene_upload_surely(&scene, next_key++);
    proxy_heal(link);
    scene_upload_surely(&scene, next_key++);
    return proxy_passed(link, PROXY_UP);
}

static void an_upload_whose_commit_comes_late_is_accepted_and_done(void **state)
{
    struct proxy *link = scene.links.server_database;
    size_t bytes = measure();

    (void)state;
    proxy_set(link, &(struct proxy_fault){.kind = PROXY_STALL,
                                          .way = PROXY_UP,
                                          .bytes = bytes - COMMIT_BYTES,
                                          .is_for_old = true});
    assert_int_equal(scene_upload_keyed(&scene, next_key), 503);
    assert_int_equal(proxy_hits(link), 1);
    proxy_heal(link);
    scene_upload_surely(&scene, next_key++);
    scene_settle(&scene, SETTLE_MS);
    scene_reckon(&scene, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            an_upload_whose_commit_comes_late_is_accepted_and_done),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
