/*
 * data_folder.c - the folder that an engine keeps everything in
 */
#include <stdlib.h>
#include <unistd.h>

#include "data_folder.h"
#include "log.h"
#include "xalloc.h"

const char *data_folder(void)
{
    const char *folder = getenv("FACEWIRE_ENGINE_DATA");

    if (!folder || !folder[0])
        fatal("FACEWIRE_ENGINE_DATA must be set: it names the folder that the "
              "engine keeps everything in");
    return folder;
}

char *data_folder_path(const char *folder, const char *name)
{
    return xprintf("%s/%s", folder, name);
}

bool data_folder_has(const char *folder, const char *name)
{
    char *path = data_folder_path(folder, name);
    bool is_there = access(path, F_OK) == 0;

    free(path);
    return is_there;
}
