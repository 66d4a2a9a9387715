#pragma once

#include "basics.h"

/* What lies in the folder that an engine keeps everything in.  A backup has the
 * first two, too. */
#define DATA_ARCHIVE "archive.sqlite"
#define DATA_KEYS "keys"
/* A restore that is copied, and one that takes the names of what is there. */
#define DATA_RESTORING "restoring"
#define DATA_RESTORED "restored"

/* The folder that the environment names; ends the program where it names none.
 */
const char *data_folder(void);

/* The path of something in a folder, to be freed, and whether it is there. */
char *data_folder_path(const char *folder, const char *name) MUST_CHECK;
bool data_folder_has(const char *folder, const char *name);
