#pragma once

#include "basics.h"

/*
 * Keeps what a program holds of the machine's memory small.  Both are a matter
 * of economy alone: nothing else changes.
 */

/* Before the first thread: all threads share one heap, so that what one frees
 * another can use. */
void footprint_init(void);

/*
 * Gives back what starting up or a burst of work has left behind: free memory
 * of the heap, and pages of the program's and the libraries' files that are
 * still mapped though only starting up needed them.  What is needed again comes
 * back from the page cache.  Takes about a millisecond; call it when everything
 * is up, and after some seconds without work.
 */
void footprint_shrink(void);
