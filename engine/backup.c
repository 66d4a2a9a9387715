/*
 * backup.c - keeps what an engine has, also while it works
 *
 * A backup is a folder with a copy of the archive as it was at one moment, the
 * keys if they lie in the engine's folder, and a manifest.  It grows under the
 * name of FOLDER.part, so what is called FOLDER is whole.
 */
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "backup.h"
#include "data_folder.h"
#include "durable_file.h"
#include "errors.h"
#include "log.h"
#include "manifest.h"
#include "xalloc.h"

/* One that is empty may be taken. */
static void check_place(const char *target)
{
    DIR *list = opendir(target);
    size_t entries = 0;

    if (!list && errno != ENOENT)
        fatal("%s: %s", target, strerror(errno));
    while (list && readdir(list))
        entries++;
    if (list)
        closedir(list);
    if (entries > 2)
        fatal("%s is not empty: a backup begins in a folder of its own",
              target);
}

static int keep_archive(const char *data, const char *part,
                        struct inspection *inspection, struct buffer *problem)
{
    char *from = data_folder_path(data, DATA_ARCHIVE);
    char *to = data_folder_path(part, DATA_ARCHIVE);
    int error = archive_copy(from, to, problem);

    if (error == 0)
        error = inspection_make(inspection, to, problem);
    if (error == 0 && inspection->wrong) {
        buffer_printf(problem, "%s is not whole: %s", from,
                      buffer_text(&inspection->sentences));
        error = E_INVALID;
    }
    free(from);
    free(to);
    return error;
}

/* Keys that lie elsewhere are somebody else's to keep. */
static int keep_keys(const char *data, const char *part, struct buffer *problem)
{
    char *from = data_folder_path(data, DATA_KEYS);
    char *to = data_folder_path(part, DATA_KEYS);
    int error = 0;

    if (durable_file_copy(from, to) < 0 && errno != ENOENT) {
        buffer_printf(problem, "%s cannot be kept: %s", from, strerror(errno));
        error = E_IO;
    }
    free(from);
    free(to);
    return error;
}

static int give_name(const char *part, const char *target,
                     struct buffer *problem)
{
    char *copy = xstrdup(target);
    int result = durable_folder_sync(part);

    if (result == 0)
        result = rename(part, target);
    if (result == 0)
        result = durable_folder_sync(dirname(copy));
    if (result < 0)
        buffer_printf(problem, "%s cannot be finished: %s", target,
                      strerror(errno));
    free(copy);
    return result < 0 ? E_IO : 0;
}

static void forget(const char *part)
{
    static const char *const names[] = {DATA_ARCHIVE, DATA_ARCHIVE "-journal",
                                        DATA_KEYS, MANIFEST_NAME};

    for (size_t i = 0; i < COUNT(names); i++) {
        char *path = data_folder_path(part, names[i]);

        unlink(path);
        free(path);
    }
    rmdir(part);
}

static void keep(const char *data, const char *target, const char *part)
{
    struct inspection inspection = {0};
    struct buffer problem = {0};
    int error = keep_archive(data, part, &inspection, &problem);

    if (error == 0)
        error = keep_keys(data, part, &problem);
    if (error == 0)
        error = manifest_write(part, &inspection, &problem);
    if (error == 0)
        error = give_name(part, target, &problem);
    if (error) {
        forget(part);
        fatal("there is no backup: %s", buffer_text(&problem));
    }
    printf("%s: collections=%zu faces=%zu users=%zu\n", target,
           inspection.collections, inspection.faces, inspection.users);
    inspection_finish(&inspection);
}

int backup_main(int argc, char **argv)
{
    const char *data;
    char *part;

    if (argc != 2 || !argv[1][0])
        fatal("usage: facewire-engine backup FOLDER");
    data = data_folder();
    check_place(argv[1]);
    part = xprintf("%s.part", argv[1]);
    if (mkdir(part, 0700) < 0 && errno == EEXIST)
        fatal("%s is left of a backup that was cut off: remove it", part);
    else if (access(part, W_OK) < 0)
        fatal("%s cannot be made: %s", part, strerror(errno));
    keep(data, argv[1], part);
    free(part);
    return EXIT_SUCCESS;
}
