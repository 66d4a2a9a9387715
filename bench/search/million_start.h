#pragma once

#include <stddef.h>

enum { MILLION_FACES = 1000000 };

/* Starts the real engine, with its data in the current folder, and gives the
 * seconds from there to the answer of its first search, and the memory that it
 * has then.  The first call makes the archive, which takes a minute. */
double million_start(size_t *kilobytes);
