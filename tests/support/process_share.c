/*
 * process_share.c - what a process takes of the machine
 */
#include <dirent.h>
#include <stdio.h>

#include "process_share.h"
#include "unit.h"

/* A figure in KB from one of its files. */
static size_t read_figure(pid_t pid, const char *of, const char *name)
{
    char path[64], line[256];
    size_t kilobytes = 0, len = strlen(name);
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, of);
    file = fopen(path, "re");
    if (!file)
        fail_msg("cannot read %s", path);
    while (kilobytes == 0 && fgets(line, sizeof line, file))
        if (strncmp(line, name, len) == 0)
            kilobytes = strtoul(line + len, NULL, 10);
    fclose(file);
    return kilobytes;
}

size_t process_kilobytes(pid_t pid)
{
    return read_figure(pid, "smaps_rollup", "Pss:");
}

size_t process_own_kilobytes(pid_t pid)
{
    return read_figure(pid, "smaps_rollup", "Anonymous:");
}

size_t process_file_kilobytes(pid_t pid)
{
    return read_figure(pid, "status", "RssFile:");
}

static size_t count_entries(pid_t pid, const char *of)
{
    char path[64];
    size_t count = 0;
    DIR *folder;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, of);
    folder = opendir(path);
    if (!folder) {
        fail_msg("cannot read %s", path);
        return 0;
    }
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

size_t process_descriptors(pid_t pid)
{
    return count_entries(pid, "fd");
}

size_t process_threads(pid_t pid)
{
    return count_entries(pid, "task");
}
