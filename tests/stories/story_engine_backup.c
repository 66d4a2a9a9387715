/*
 * An operator keeps what an engine has while it works, puts it back elsewhere,
 * and asks whether all of it is as it should be.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "collection.h"
#include "engine_command.h"
#include "engine_stage.h"
#include "unit.h"
#include "xalloc.h"

enum { GROUP_FACES = 4 }; /* on f1-group.jpg */

static struct engine_stage stage;

/* ---- the engine ---- */

static int open_stage(void **state)
{
    (void)state;
    engine_command_shell("rm -rf kept* other copy");
    engine_stage_open(&stage);
    collection_create(&stage.client);
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    engine_stage_close(&stage);
    setenv("FACEWIRE_ENGINE_DATA", "engine", 1);
    return 0;
}

static void index_photo(const char *photo, size_t number)
{
    int status;

    json_destroy(collection_index(&stage.client, &status, photo, number));
    assert_int_equal(status, 200);
}

/* From here on the engine works in the other folder, with the same keys. */
static void move_to_other_folder(void)
{
    assert_int_equal(child_stop(&stage.engine, 30000), 0);
    engine_command_shell("rm -rf engine");
    setenv("FACEWIRE_ENGINE_DATA", "other", 1);
    engine_stage_start(&stage);
}

/* ---- the stories ---- */

static void what_is_kept_while_it_works_is_whole_elsewhere(void **state)
{
    char *photo = recognition_photo("f1-group.jpg");
    size_t before = 3, during = 0, faces;
    struct child backup;

    (void)state;
    for (size_t i = 0; i < before; i++)
        index_photo(photo, i);
    engine_command_begin(&backup, "engine", "backup kept");
    while (child_is_running(&backup))
        index_photo(photo, before + during++);
    engine_command_ends(&backup, EXIT_SUCCESS, "kept: collections=1 faces=");
    assert_true(during > 0);
    assert_int_equal(access("kept.part", F_OK), -1);
    engine_command_succeeds("engine", "check kept", "wrong=0");
    engine_command_succeeds("engine", "check", "wrong=0");
    engine_command_succeeds("other", "restore kept",
                            "other: collections=1 faces=");

    move_to_other_folder();
    faces = collection_count(&stage.client);
    print_message("of %zu photos that came meanwhile %zu were kept\n", during,
                  faces / GROUP_FACES - before);
    assert_int_equal(faces % GROUP_FACES, 0);
    assert_in_range(faces / GROUP_FACES, before, before + during);
    index_photo(photo, 0); /* it is there already */
    assert_int_equal(collection_count(&stage.client), faces);
    free(photo);
}

static void a_backup_needs_a_place_of_its_own(void **state)
{
    (void)state;
    engine_command_fails("engine", "backup", "usage: ");
    engine_command_fails("engine", "backup engine", "is not empty");
    engine_command_fails("engine", "backup engine/keys", "Not a directory");
    engine_command_fails("engine", "backup nowhere/kept", "cannot be made");
    engine_command_fails("nowhere", "backup kept",
                         "unable to open database file");
    engine_command_fails("", "backup kept", "FACEWIRE_ENGINE_DATA must be set");
    assert_int_equal(access("kept", F_OK), -1);
    assert_int_equal(access("kept.part", F_OK), -1);
    mkdir("kept.part", 0700);
    engine_command_fails("engine", "backup kept",
                         "is left of a backup that was cut off");
    rmdir("kept.part");
    mkdir("kept", 0700);
    engine_command_succeeds("engine", "backup kept",
                            "kept: collections=1 faces=0 users=0");
}

/* The room that is left is a limit on the size of a file here. */
static void a_backup_that_finds_no_room_leaves_nothing(void **state)
{
    struct child child;

    (void)state;
    engine_command_begin(&child,
                         "engine; ulimit -f 8; FACEWIRE_ENGINE_DATA=engine",
                         "backup kept");
    engine_command_ends(&child, EXIT_FAILURE, "there is no backup");
    assert_int_equal(access("kept", F_OK), -1);
    assert_int_equal(access("kept.part", F_OK), -1);
}

static void spoil(const char *how, const char *sentence)
{
    char *line =
        xprintf("rm -rf copy && cp -R kept copy && cd copy && %s", how);

    engine_command_shell(line);
    engine_command_fails("other", "restore copy", sentence);
    engine_command_fails("other", "check copy", "wrong=");
    assert_int_equal(access("other/archive.sqlite", F_OK), -1);
    free(line);
}

static void what_is_not_as_it_was_kept_is_not_put_back(void **state)
{
    (void)state;
    engine_command_succeeds("engine", "backup kept", "kept: ");
    engine_command_fails("other", "restore", "usage: ");
    engine_command_fails("other", "restore kept --force", "usage: ");
    engine_command_fails("other", "restore engine", "it has no manifest");
    spoil("printf x >>archive.sqlite", "archive.sqlite is not as it was kept");
    spoil("printf 'x y' >>keys", "keys is not as it was kept");
    spoil("rm keys", "keys is not as it was kept");
    spoil("rm archive.sqlite", "archive.sqlite is not as it was kept");
    spoil("sed -i '$d' manifest", "is cut off");
    spoil("sed -i '1s/1/2/' manifest", "is of a newer engine");
}

static void what_is_there_is_only_replaced_if_that_was_said(void **state)
{
    char *photo = recognition_photo("f1-group.jpg");

    (void)state;
    engine_command_succeeds("engine", "backup kept", "faces=0");
    index_photo(photo, 1);
    engine_command_succeeds("engine", "backup kept-later", "faces=4");
    engine_command_fails("engine", "restore kept --replace",
                         "in use by another program");
    assert_int_equal(child_stop(&stage.engine, 30000), 0);
    engine_command_fails("engine", "restore kept", "restore kept --replace");
    engine_command_succeeds("engine", "restore kept --replace",
                            "what was there before lies");
    engine_command_succeeds("engine", "check", "faces=0 users=0 wrong=0");
    engine_command_shell("test -e engine/replaced-*/archive.sqlite");
    engine_command_succeeds("engine", "restore kept-later --replace",
                            "faces=4");
    engine_stage_start(&stage);
    assert_int_equal(collection_count(&stage.client), GROUP_FACES);
    free(photo);
}

static void a_restore_that_was_cut_off_is_told_at_the_start(void **state)
{
    (void)state;
    engine_command_succeeds("engine", "backup kept", "kept: ");
    assert_int_equal(child_stop(&stage.engine, 30000), 0);
    engine_command_shell(
        "mkdir engine/restored && mv engine/archive.sqlite engine/restored");
    engine_stage_be_refused("a restore into engine was cut off: run it again");
    engine_command_fails("engine", "check",
                         "A restore into engine was cut off.");
    engine_command_succeeds("engine", "restore kept --replace",
                            "collections=1");
    engine_stage_start(&stage);
    assert_int_equal(collection_count(&stage.client), 0);
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    engine_command_succeeds("engine", "backup kept", "kept: ");
    engine_command_shell("mkdir copy && cp kept/archive.sqlite kept/keys copy");
    engine_command_succeeds("copy", "check", "copy: collections=1 faces=0");
    engine_command_shell("echo half >>copy/keys");
    engine_command_fails("copy", "check",
                         "line 2 of copy/keys is no access key");
    engine_command_shell("seq 100 >copy/archive.sqlite");
    engine_command_fails("copy", "check", "file is not a database.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_stage, close_stage)
        TEST(what_is_kept_while_it_works_is_whole_elsewhere),
        TEST(a_backup_needs_a_place_of_its_own),
        TEST(a_backup_that_finds_no_room_leaves_nothing),
        TEST(what_is_not_as_it_was_kept_is_not_put_back),
        TEST(what_is_there_is_only_replaced_if_that_was_said),
        TEST(a_restore_that_was_cut_off_is_told_at_the_start),
        TEST(what_is_wrong_is_told),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
