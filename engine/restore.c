/*
 * restore.c - puts a backup in place of what an engine had
 *
 * The copy is made beside what is there, brought up to the last version and
 * looked at; up to here nothing has changed.  Then it takes the names.  What
 * had them is moved, not deleted.  Until the last name is taken, no engine
 * starts: it would begin with nobody.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "clock.h"
#include "data_folder.h"
#include "durable_file.h"
#include "errors.h"
#include "file_lock.h"
#include "log.h"
#include "manifest.h"
#include "restore.h"
#include "xalloc.h"

/* In the order in which they leave: a log means nothing without its archive. */
static const char *const names[] = {DATA_ARCHIVE, DATA_ARCHIVE "-wal",
                                    DATA_ARCHIVE "-shm", DATA_KEYS};

struct restoration {
    const char *source;
    const char *data;
    char *copy;  /* in the data folder, as it grows */
    char *ready; /* and when it is whole */
    bool replaces;
    struct inspection inspection; /* of the copy */
};

/* ---- the copy ---- */

static int fail(struct buffer *problem, const char *path, const char *what)
{
    buffer_printf(problem, "%s cannot be %s: %s", path, what, strerror(errno));
    return E_IO;
}

static int copy_file(const struct restoration *restoration, const char *name,
                     struct buffer *problem)
{
    char *from = data_folder_path(restoration->source, name);
    char *to = data_folder_path(restoration->copy, name);
    int error = 0;

    if (durable_file_copy(from, to) < 0 && errno != ENOENT)
        error = fail(problem, from, "copied");
    free(from);
    free(to);
    return error;
}

/* As an engine opens it that starts with it. */
static int bring_up(const char *path, struct buffer *problem)
{
    struct archive *archive = archive_open(path, problem);

    archive_close(archive);
    return archive ? 0 : E_INVALID;
}

static int look_at(struct restoration *restoration, const char *path,
                   struct buffer *problem)
{
    struct inspection *inspection = &restoration->inspection;
    int error = inspection_make(inspection, path, problem);

    if (error || inspection->wrong == 0)
        return error;
    buffer_printf(problem, "%s is not whole: %s", restoration->source,
                  buffer_text(&inspection->sentences));
    return E_INVALID;
}

/* A folder of ours with what is in it, from this restore or an earlier one. */
static void forget(const char *folder)
{
    static const char lock[] = DATA_ARCHIVE "-lock";

    for (size_t i = 0; i <= COUNT(names); i++) {
        char *path =
            data_folder_path(folder, i < COUNT(names) ? names[i] : lock);

        unlink(path);
        free(path);
    }
    rmdir(folder);
}

static int make_copy(struct restoration *restoration, struct buffer *problem)
{
    char *path = data_folder_path(restoration->copy, DATA_ARCHIVE);
    int error = 0;

    forget(restoration->copy);
    if (mkdir(restoration->copy, 0700) < 0)
        error = fail(problem, restoration->copy, "made");
    if (error == 0)
        error = copy_file(restoration, DATA_ARCHIVE, problem);
    if (error == 0)
        error = copy_file(restoration, DATA_KEYS, problem);
    if (error == 0)
        error = bring_up(path, problem);
    if (error == 0)
        error = look_at(restoration, path, problem);
    if (error == 0 && durable_folder_sync(restoration->copy) < 0)
        error = fail(problem, restoration->copy, "made durable");
    free(path);
    return error;
}

/* ---- taking the place ---- */

static void sync_folder(const char *path)
{
    if (durable_folder_sync(path) < 0)
        fatal("%s cannot be made durable: %s", path, strerror(errno));
}

/* Moves a thing from one folder to the other; one that is not there is none. */
static void move(const char *from, const char *to, const char *name)
{
    char *old_path = data_folder_path(from, name);
    char *new_path = data_folder_path(to, name);

    if (rename(old_path, new_path) < 0 && errno != ENOENT)
        fatal("%s cannot be moved to %s: %s", old_path, to, strerror(errno));
    free(old_path);
    free(new_path);
}

static bool has_keys(const struct restoration *restoration)
{
    return data_folder_has(restoration->ready, DATA_KEYS);
}

/* Aside, into a folder of the time.  Keys stay where none come. */
static void move_old(const struct restoration *restoration)
{
    const char *data = restoration->data;
    char time[CLOCK_TEXT_BYTES], *aside;

    clock_text(clock_wall_ms(), time);
    aside = xprintf("%s/replaced-%s", data, time);
    if (mkdir(aside, 0700) < 0)
        fatal("%s cannot be made: %s", aside, strerror(errno));
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i], DATA_KEYS) != 0 || has_keys(restoration))
            move(data, aside, names[i]);
    sync_folder(aside);
    sync_folder(data);
    printf("what was there before lies in %s; remove it when nobody needs it\n",
           aside);
    free(aside);
}

static bool has_data(const char *data)
{
    return data_folder_has(data, DATA_ARCHIVE) ||
           data_folder_has(data, DATA_KEYS);
}

static void take_place(const struct restoration *restoration)
{
    forget(restoration->ready);
    if (rename(restoration->copy, restoration->ready) < 0)
        fatal("%s cannot be renamed: %s", restoration->copy, strerror(errno));
    sync_folder(restoration->data);
    if (has_data(restoration->data))
        move_old(restoration);
    move(restoration->ready, restoration->data, DATA_KEYS);
    move(restoration->ready, restoration->data, DATA_ARCHIVE);
    sync_folder(restoration->data);
    forget(restoration->ready);
    sync_folder(restoration->data);
}

/* ---- all of it ---- */

static int check_place(const struct restoration *restoration)
{
    char *path = data_folder_path(restoration->data, DATA_ARCHIVE);
    struct buffer problem = {0};
    int lock;

    if (mkdir(restoration->data, 0700) < 0 && errno != EEXIST)
        fatal("%s cannot be made: %s", restoration->data, strerror(errno));
    lock = file_lock_take(path, &problem);
    if (lock < 0)
        fatal("%s", buffer_text(&problem));
    if (has_data(restoration->data) && !restoration->replaces)
        fatal("there is something in %s already; to put the backup in its "
              "place: facewire-engine restore %s --replace",
              restoration->data, restoration->source);
    free(path);
    return lock;
}

static void restore(struct restoration *restoration)
{
    struct inspection *inspection = &restoration->inspection;
    struct buffer problem = {0};
    struct manifest manifest;
    int lock;

    if (!data_folder_has(restoration->source, MANIFEST_NAME))
        fatal("%s is no backup, or one that was cut off: it has no manifest",
              restoration->source);
    if (manifest_read(&manifest, restoration->source, &problem) < 0)
        fatal("%s", buffer_text(&problem));
    lock = check_place(restoration);
    if (make_copy(restoration, &problem) < 0) {
        forget(restoration->copy);
        fatal("nothing was put back: %s", buffer_text(&problem));
    }
    take_place(restoration);
    close(lock);
    printf("%s: collections=%zu faces=%zu users=%zu\n", restoration->data,
           inspection->collections, inspection->faces, inspection->users);
    inspection_finish(inspection);
}

int restore_main(int argc, char **argv)
{
    static const char usage[] =
        "usage: facewire-engine restore FOLDER [--replace]";
    struct restoration restoration = {0};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--replace") == 0)
            restoration.replaces = true;
        else if (argv[i][0] == '-' || restoration.source)
            fatal("%s", usage);
        else
            restoration.source = argv[i];
    }
    if (!restoration.source)
        fatal("%s", usage);
    restoration.data = data_folder();
    restoration.copy = data_folder_path(restoration.data, DATA_RESTORING);
    restoration.ready = data_folder_path(restoration.data, DATA_RESTORED);
    restore(&restoration);
    free(restoration.copy);
    free(restoration.ready);
    return EXIT_SUCCESS;
}
