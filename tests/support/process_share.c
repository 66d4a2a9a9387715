/*
 * process_share.c - what a process takes of the machine
 */
#include <dirent.h>
#include <stdio.h>

#include "process_share.h"
#include "unit.h"

size_t process_kilobytes(pid_t pid)
{
    char path[64], line[256];
    size_t kilobytes = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    file = fopen(path, "re");
    if (!file)
        fail_msg("cannot read %s", path);
    while (kilobytes == 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "Pss:", 4) == 0)
            kilobytes = strtoul(line + 4, NULL, 10);
    fclose(file);
    return kilobytes;
}

size_t process_descriptors(pid_t pid)
{
    char path[64];
    size_t count = 0;
    DIR *folder;

    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
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
