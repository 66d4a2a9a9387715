#pragma once

#include "basics.h"
#include "buffer.h"

/*
 * Takes the lock that says whose a file is, that of `<path>-lock`, which is
 * made and stays.  Gives its descriptor: closing it lets go, as our end does,
 * whatever it is.  -1, with a sentence in `problem`: another program has it, or
 * there can be none.
 */
int file_lock_take(const char *path, struct buffer *problem) MUST_CHECK;
