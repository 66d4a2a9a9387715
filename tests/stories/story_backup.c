/*
 * story_backup.c - a whole Facewire is kept while it works, wiped, and put back
 * somewhere else
 *
 * Told with the launcher, as somebody at a shell does it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "launcher.h"
#include "talk.h"
#include "unit.h"
#include "xalloc.h"

enum {
    JOB_MS = 120000,
    EARLIER = 8, /* searches that are accepted before the backup begins */
    LATER = 64,  /* and while it is made, at most */
    ID_BYTES = 40,
};

static int port;

static void run(const char *line)
{
    const char *arguments[] = {"sh", "-c", line, NULL};

    if (child_run(arguments, "shell.log") != 0)
        fail_msg("%s", line);
}

static int start(void **state)
{
    (void)state;
    port = launcher_find("one");
    run("rm -rf one one.* two two.* kept* copy");
    launcher_run_well("up");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    launcher_finish();
    return 0;
}

/* ---- the story ---- */

static void enrol(const char *key, const char *photo)
{
    struct json *job =
        talk_enrol(port, key, unit_shared("FACEWIRE_PHOTOS", "photos", photo));

    assert_string_equal(json_get_text(job, "status", ""), "done");
    json_destroy(job);
}

static void search(const char *photo, char id[static ID_BYTES])
{
    struct json *job = talk_search(port, photo);

    snprintf(id, ID_BYTES, "%s", json_get_text(job, "id", ""));
    json_destroy(job);
}

static void is_found(const char *photo, const char *key)
{
    char id[ID_BYTES];
    struct json *job;
    const struct json *match;

    search(photo, id);
    job = talk_job(port, id, JOB_MS);
    match = json_first(json_get(
        json_first(json_get(json_get(job, "result"), "faces")), "matches"));
    assert_string_equal(
        json_get_text(json_get(match, "person"), "external_id", ""), key);
    json_destroy(job);
}

static void is_done(const char *id)
{
    struct json *job = talk_job(port, id, JOB_MS);

    assert_string_equal(json_get_text(job, "status", ""), "done");
    json_destroy(job);
}

/* What came while the backup was made is there or not; if it is, it is done,
 * photo and all. */
static bool is_done_or_unknown(const char *id)
{
    char *target = xprintf("/v1/jobs/%s", id);
    int status;

    json_destroy(talk(port, "GET", target, &status));
    free(target);
    if (status != 404)
        is_done(id);
    return status != 404;
}

static void what_was_accepted_before_is_done_elsewhere(void **state)
{
    char earlier[EARLIER][ID_BYTES], later[LATER][ID_BYTES];
    size_t later_count = 0, known = 0;
    struct child backup;

    (void)state;
    enrol("obama", "obama-1.jpg");
    enrol("biden", "biden-1.jpg");
    for (size_t i = 0; i < EARLIER; i++)
        search("f1-group.jpg", earlier[i]);
    launcher_begin(&backup, "", "backup kept");
    while (child_is_running(&backup))
        if (later_count < LATER)
            search("obama-2.jpg", later[later_count++]);
    child_finish(&backup);
    assert_true(later_count > 0);

    launcher_run_well("down");
    run("rm -rf one");
    launcher_keep_in("two");
    launcher_run_well("restore kept");
    for (size_t i = 0; i < EARLIER; i++)
        is_done(earlier[i]);
    for (size_t i = 0; i < later_count; i++)
        known += is_done_or_unknown(later[i]);
    print_message("of %zu that came meanwhile %zu were kept\n", later_count,
                  known);
    is_found("obama-2.jpg", "obama");
    is_found("biden-2.jpg", "biden");
}

/* ---- what is refused ---- */

static void a_backup_needs_a_place_of_its_own(void **state)
{
    (void)state;
    launcher_refuses("backup", "say where");
    launcher_refuses("backup kept", "is not empty");
    launcher_refuses("backup two/kept", "lies in");
    launcher_refuses("backup two", "lies in");
    launcher_refuses("backup kept/manifest", "is no folder");
    mkdir("kept-half.part", 0700);
    launcher_refuses("backup kept-half",
                     "is left of a backup that was cut off");
    rmdir("kept-half.part");
}

/* The room that is left is a limit on the size of a file here. */
static void a_backup_that_finds_no_room_leaves_nothing(void **state)
{
    struct child child;

    (void)state;
    launcher_begin(&child, "ulimit -f 40;", "backup kept-full");
    launcher_failed(child_wait(&child, LAUNCHER_MS), "there is no backup");
    child_finish(&child);
    assert_int_not_equal(access("kept-full", F_OK), 0);
    assert_int_not_equal(access("kept-full.part", F_OK), 0);
    is_found("obama-2.jpg", "obama"); /* the engine was let go */
}

static void a_backup_that_is_ended_leaves_nothing(void **state)
{
    struct child child;

    (void)state;
    launcher_begin(&child, "", "backup kept-ended");
    while (access("kept-ended.part", F_OK) != 0)
        assert_true(child_is_running(&child));
    child_signal(&child, SIGTERM);
    launcher_failed(child_wait(&child, LAUNCHER_MS), "there is no backup");
    child_finish(&child);
    assert_int_not_equal(access("kept-ended", F_OK), 0);
    assert_int_not_equal(access("kept-ended.part", F_OK), 0);
    is_found("obama-2.jpg", "obama");
}

static void spoil(const char *how, const char *sentence)
{
    char *line =
        xprintf("rm -rf copy && cp -R kept copy && cd copy && %s", how);

    run(line);
    launcher_refuses("restore copy --replace", sentence);
    free(line);
}

static void what_is_not_as_it_was_kept_is_not_put_back(void **state)
{
    (void)state;
    launcher_refuses("restore", "say from where");
    launcher_refuses("restore nowhere", "there is no folder");
    launcher_refuses("restore two", "it has no manifest");
    launcher_refuses("restore kept --force", "is no option");
    spoil("truncate -s -1 database.sql", "./database.sql: FAILED");
    spoil("rm $(find images -type f | head -n 1)", "FAILED open or read");
    spoil("printf x >>engine/keys", "./engine/keys: FAILED");
    spoil("touch images/more", "and the manifest knows");
    spoil("ln -s /etc/passwd images/more", "and the manifest knows");
    spoil("sed -i 1d sums", "is not as it was written");
    spoil("rm manifest", "it has no manifest");
    spoil("sed -i '$d' manifest", "is cut off");
    spoil("sed -i 's/^facewire-backup .*/facewire-backup 2/' manifest",
          "made by a newer Facewire");
    spoil("sed -i 's/^schema .*/schema 999/' manifest",
          "made by a newer Facewire");
}

static void what_is_there_is_only_replaced_if_that_was_said(void **state)
{
    (void)state;
    launcher_refuses("restore kept", "./facewire down");
    launcher_run_well("down");
    setenv("FACEWIRE_REKOGNITION_ENDPOINT", "http://127.0.0.1:1", 1);
    launcher_refuses("restore kept --replace", "for our own engine");
    unsetenv("FACEWIRE_REKOGNITION_ENDPOINT");
    launcher_refuses("backup kept-down", "the database does not run");
    launcher_refuses("restore kept", "--replace");
    launcher_run_well("restore kept --replace");
    is_found("obama-2.jpg", "obama");
    assert_int_equal(access("two.before/mariadb", F_OK), 0);
    launcher_run_well("down");
    launcher_refuses("restore kept --replace", "is in the way");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_accepted_before_is_done_elsewhere),
        cmocka_unit_test(a_backup_needs_a_place_of_its_own),
        cmocka_unit_test(a_backup_that_finds_no_room_leaves_nothing),
        cmocka_unit_test(a_backup_that_is_ended_leaves_nothing),
        cmocka_unit_test(what_is_not_as_it_was_kept_is_not_put_back),
        cmocka_unit_test(what_is_there_is_only_replaced_if_that_was_said),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
