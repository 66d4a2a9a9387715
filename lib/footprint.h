#pragma once

#include "basics.h"

/*
 * Keeps what a program holds of the machine's memory small.  Both are a matter
 * of economy alone: nothing else changes.
 */

/* Before the first thread: all threads share one heap, so that what one frees
 * another can use. */
void footprint_init(void);

/* For programs that pass photos on: the heap keeps room for some of them, 8 MB
 * at most, because the kernel takes longer to find and clear pages for one than
 * we do to pass it on. */
void footprint_keep_room(void);

/*
 * Gives back what starting up or a burst of work has left behind: free memory
 * of the heap, and pages of the program's and the libraries' files that are
 * still mapped though only starting up needed them.  What is needed again comes
 * back from the page cache.  Takes about a millisecond; call it when everything
 * is up, and after some seconds without work.
 */
void footprint_shrink(void);
