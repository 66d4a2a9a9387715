#pragma once

#include <stddef.h>

/* Adds the first so many faces of people (see faces.h) to a collection of the
 * engine whose data lie in the folder `engine`, and which does not run: as the
 * engine writes them, ten thousand in one transaction at most. */
void archive_filler_run(const char *collection, size_t count);
