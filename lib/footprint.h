#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * Keeps what a program holds of the machine's memory small.  Both are a matter
 * of economy alone: nothing else changes.
 */

/* Before the first thread: all threads share one heap, so that what one frees
 * another can use. */
void footprint_init(void);

/* For programs that work on photos: the heap keeps so much room free for the
 * next ones, because the kernel takes long to find and clear pages.  Blocks up
 * to half of it, and no larger than 32 MB, lie in the heap. */
void footprint_keep_room(size_t bytes);

/* Enough for some photos that are only passed on. */
enum { FOOTPRINT_ROOM_BYTES = 8 << 20 };

/*
 * Gives back what starting up or a burst of work has left behind: free memory
 * of the heap, and pages of the program's and the libraries' files that are
 * still mapped though only starting up needed them.  What is needed again comes
 * back from the page cache.  Takes about a millisecond; call it when everything
 * is up, and after some seconds without work.
 */
void footprint_shrink(void);
