/*
 * manifest.c - what a backup says of itself
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "data_folder.h"
#include "durable_file.h"
#include "errors.h"
#include "manifest.h"
#include "xalloc.h"

enum { FORMAT = 1 };

static const char no_sum[] = "-";

/* A file that is not there has none. */
static int sum_up(const char *folder, const char *name,
                  char sum[static DIGEST_HEX_BYTES], struct buffer *problem)
{
    char *path = data_folder_path(folder, name);
    int error = 0;

    memcpy(sum, no_sum, sizeof no_sum);
    if (durable_file_sum(path, sum) < 0 && errno != ENOENT) {
        buffer_printf(problem, "%s cannot be read: %s", path, strerror(errno));
        error = E_IO;
    }
    free(path);
    return error;
}

static int sum_both(const char *folder, struct manifest *manifest,
                    struct buffer *problem)
{
    int error = sum_up(folder, DATA_ARCHIVE, manifest->archive_sum, problem);

    return error ? error
                 : sum_up(folder, DATA_KEYS, manifest->keys_sum, problem);
}

int manifest_write(const char *folder, const struct inspection *inspection,
                   struct buffer *problem)
{
    struct manifest manifest;
    char *path, *text, made[CLOCK_TEXT_BYTES];
    int error = sum_both(folder, &manifest, problem);

    if (error)
        return error;
    clock_text(clock_wall_ms(), made);
    path = data_folder_path(folder, MANIFEST_NAME);
    text = xprintf("facewire-engine-backup %d\nmade %s\ncollections %zu\n"
                   "faces %zu\nusers %zu\n" DATA_ARCHIVE " %s\n" DATA_KEYS
                   " %s\nend\n",
                   FORMAT, made, inspection->collections, inspection->faces,
                   inspection->users, manifest.archive_sum, manifest.keys_sum);
    if (durable_file_write(path, text) < 0) {
        buffer_printf(problem, "%s cannot be written: %s", path,
                      strerror(errno));
        error = E_IO;
    }
    free(text);
    free(path);
    return error;
}

/* False: it is cut off, or of another program. */
static bool read_lines(struct manifest *manifest, FILE *file, int *format)
{
    char end[4] = "";

    return fscanf(file,
                  "facewire-engine-backup %d made %*s collections %zu faces "
                  "%zu users %zu " DATA_ARCHIVE " %64s " DATA_KEYS " %64s %3s",
                  format, &manifest->collections, &manifest->faces,
                  &manifest->users, manifest->archive_sum, manifest->keys_sum,
                  end) == 7 &&
           strcmp(end, "end") == 0;
}

static int read_file(struct manifest *manifest, const char *path,
                     struct buffer *problem)
{
    FILE *file = fopen(path, "re");
    int format = 0;
    bool is_whole;

    if (!file) {
        buffer_printf(problem, "%s: %s", path, strerror(errno));
        return errno == ENOENT ? E_NOT_FOUND : E_IO;
    }
    is_whole = read_lines(manifest, file, &format);
    fclose(file);
    if (format > FORMAT)
        buffer_printf(problem,
                      "%s is of a newer engine, which is needed to put it back",
                      path);
    else if (!is_whole)
        buffer_printf(problem, "%s is cut off, or no manifest of a backup",
                      path);
    return problem->len ? E_INVALID : 0;
}

int manifest_read(struct manifest *manifest, const char *folder,
                  struct buffer *problem)
{
    char *path = data_folder_path(folder, MANIFEST_NAME);
    struct manifest found = {0};
    int error = read_file(manifest, path, problem);

    if (error == 0)
        error = sum_both(folder, &found, problem);
    if (error == 0 && strcmp(found.archive_sum, manifest->archive_sum) != 0)
        buffer_printf(problem, "%s/" DATA_ARCHIVE " is not as it was kept",
                      folder);
    else if (error == 0 && strcmp(found.keys_sum, manifest->keys_sum) != 0)
        buffer_printf(problem, "%s/" DATA_KEYS " is not as it was kept",
                      folder);
    if (error == 0 && problem->len)
        error = E_INVALID;
    free(path);
    return error;
}
