/*
 * The engine's disk takes no more writes: it is full, or it refuses them.  Who
 * wants something kept is told so, searches go on, nothing is half, and when
 * there is room again all is as before.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collection.h"
#include "engine_command.h"
#include "engine_stage.h"
#include "stack.h"
#include "unit.h"
#include "xalloc.h"

enum {
    GROUP_FACES = 4,  /* on f1-group.jpg */
    PHOTOS_MAX = 400, /* that a disk of a few megabytes may take */
};

static const struct recognition_refusal refusal = {500, "InternalServerError",
                                                   "Internal server error"};

static struct engine_stage stage;
static char *photo;

/* Whether it was taken; otherwise the client is told that it may try again. */
static bool is_indexed(size_t number)
{
    int status;
    struct json *answer =
        collection_index(&stage.client, &status, photo, number);

    if (status == 200)
        json_destroy(answer);
    else
        recognition_expect(answer, status, refusal);
    return status == 200;
}

/* So many photos are there, and each can be found. */
static void has_photos(size_t count)
{
    assert_int_equal(collection_count(&stage.client), count * GROUP_FACES);
    assert_int_equal(collection_find(&stage.client, photo), count);
}

static void start_again(void)
{
    child_signal(&stage.engine, SIGKILL);
    child_wait(&stage.engine, 10000);
    engine_stage_start(&stage);
}

static int open_stage(void **state)
{
    (void)state;
    photo = recognition_photo("f1-group.jpg");
    engine_stage_open(&stage);
    collection_create(&stage.client);
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    engine_stage_close(&stage);
    unsetenv("FACEWIRE_ENGINE_PROGRAM");
    unsetenv("FACEWIRE_ENGINE_KEYS");
    free(photo);
    return 0;
}

/* ---- a disk that takes no writes ---- */

/* No file of the engine may be written, or all may again. */
static void allow_writes(bool are_allowed)
{
    struct rlimit limit;

    assert_int_equal(prlimit(stage.engine.pid, RLIMIT_FSIZE, NULL, &limit), 0);
    limit.rlim_cur = are_allowed ? limit.rlim_max : 0;
    assert_int_equal(prlimit(stage.engine.pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

static void what_cannot_be_written_is_refused_and_searches_go_on(void **state)
{
    struct json *list;
    char id[40];

    (void)state;
    assert_true(is_indexed(0));
    list = recognition_get(&stage.client, "ListFaces",
                           "{\"CollectionId\":\"people\"}");
    snprintf(id, sizeof id, "%s",
             json_get_text(json_first(json_get(list, "Faces")), "FaceId", ""));
    json_destroy(list);

    allow_writes(false);
    assert_false(is_indexed(1));
    recognition_be_refused(&stage.client, refusal, "CreateCollection",
                           "{\"CollectionId\":\"others\"}");
    recognition_be_refused(&stage.client, refusal, "DeleteFaces",
                           "{\"CollectionId\":\"people\",\"FaceIds\":[\"%s\"]}",
                           id);
    recognition_be_refused(&stage.client, refusal, "CreateUser",
                           "{\"CollectionId\":\"people\",\"UserId\":\"anna\"}");
    recognition_be_refused(&stage.client, refusal, "DeleteCollection",
                           "{\"CollectionId\":\"people\"}");
    has_photos(1);

    allow_writes(true);
    assert_true(is_indexed(1));
    has_photos(2);
    recognition_do(&stage.client, "CreateCollection",
                   "{\"CollectionId\":\"others\"}");
    engine_command_succeeds("engine", "check",
                            "collections=2 faces=8 users=0 wrong=0");
    start_again();
    has_photos(2);
}

/* ---- a small disk ---- */

/*
 * An engine that sees another disk at `engine`, or sees it in another way, and
 * nobody else does: `mount` are words of the shell that make it so.
 */
static void make_program(const char *mount)
{
    char *program = stack_program("engine/facewire-engine");
    FILE *file = fopen("small-engine", "we");

    assert_non_null(file);
    fprintf(file,
            "#!/bin/sh\nexec unshare --user --map-root-user --mount "
            "sh -c 'mkdir -p engine && %s && exec %s'\n",
            mount, program);
    fclose(file);
    assert_int_equal(chmod("small-engine", 0700), 0);
    setenv("FACEWIRE_ENGINE_PROGRAM", "./small-engine", 1);
    free(program);
}

static bool can_mount(void)
{
    const char *const arguments[] = {"sh", "-c",
                                     "unshare --user --map-root-user --mount "
                                     "mount -t tmpfs tmpfs /mnt",
                                     NULL};

    return child_run(arguments, "shell.log") == 0;
}

static int open_small_stage(void **state)
{
    make_program("mount -t tmpfs -o size=4m tmpfs engine");
    remove("small-keys");
    setenv("FACEWIRE_ENGINE_KEYS", "small-keys", 1);
    return open_stage(state);
}

/* A file on the engine's disk, as it sees it. */
static char *on_its_disk(const char *name)
{
    char *here = getcwd(NULL, 0);
    char *path =
        xprintf("/proc/%d/root%s/engine/%s", (int)stage.engine.pid, here, name);

    free(here);
    return path;
}

/* Takes all the room that is left. */
static void fill_up(const char *path)
{
    static const char bytes[4096];
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    setbuf(file, NULL);
    while (fwrite(bytes, 1, sizeof bytes, file) == sizeof bytes)
        ;
    fclose(file);
}

/* What lies there while nothing is changed, as somebody finds it later. */
static void is_whole_there(size_t photos)
{
    char *data = on_its_disk(".");
    char *copy = xprintf("rm -rf copy && cp -R %s copy", data);
    char *counts = xprintf("faces=%zu users=0 wrong=0", photos * GROUP_FACES);

    engine_command_shell(copy);
    engine_command_succeeds("copy", "check", counts);
    free(counts);
    free(copy);
    free(data);
}

static void a_full_disk_refuses_photos_until_there_is_room(void **state)
{
    char *filler = on_its_disk("filler");
    size_t taken = 0, more;

    (void)state;
    assert_true(is_indexed(taken++));
    fill_up(filler);
    while (is_indexed(taken)) /* in the room that its files have */
        assert_true(++taken < PHOTOS_MAX);
    assert_false(is_indexed(taken));
    has_photos(taken);

    assert_int_equal(unlink(filler), 0);
    for (more = 0; more < 3; more++)
        assert_true(is_indexed(taken + more));
    has_photos(taken + more);
    is_whole_there(taken + more);
    free(filler);
}

static void its_own_photos_may_fill_it(void **state)
{
    size_t taken = 0;

    (void)state;
    while (is_indexed(taken))
        assert_true(++taken < PHOTOS_MAX);
    print_message("%zu photos on a disk of 4 MB\n", taken);
    assert_true(taken > 10);
    for (size_t i = 0; i < 5; i++)
        assert_false(is_indexed(taken + i));
    has_photos(taken);
    is_whole_there(taken);
}

/* ---- a disk that is read-only at the start ---- */

static void a_folder_that_is_read_only_is_told_at_the_start(void **state)
{
    (void)state;
    assert_true(is_indexed(0));
    assert_int_equal(child_stop(&stage.engine, 30000), 0);
    make_program("mount --bind engine engine && "
                 "mount -o remount,bind,ro engine");
    engine_stage_be_refused("FACEWIRE_ENGINE_DATA: engine/archive.sqlite "
                            "cannot be used: Read-only file system");
    unsetenv("FACEWIRE_ENGINE_PROGRAM");
    engine_stage_start(&stage);
    has_photos(1);
}

int main(void)
{
    const struct CMUnitTest anywhere[] = {
        cmocka_unit_test_setup_teardown(
            what_cannot_be_written_is_refused_and_searches_go_on, open_stage,
            close_stage),
    };
    const struct CMUnitTest mounted[] = {
        cmocka_unit_test_setup_teardown(
            a_full_disk_refuses_photos_until_there_is_room, open_small_stage,
            close_stage),
        cmocka_unit_test_setup_teardown(its_own_photos_may_fill_it,
                                        open_small_stage, close_stage),
        cmocka_unit_test_setup_teardown(
            a_folder_that_is_read_only_is_told_at_the_start, open_stage,
            close_stage),
    };
    int failed = cmocka_run_group_tests(anywhere, NULL, NULL);

    /* No package gives what a container or a chroot withholds. */
    if (can_mount())
        failed += cmocka_run_group_tests(mounted, NULL, NULL);
    else
        print_message("left out, since nobody here may mount a disk of his "
                      "own: %zu tests\n",
                      COUNT(mounted));
    return failed;
}
