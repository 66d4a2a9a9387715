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
 * back from the page cache.  Takes some milliseconds; call it when everything
 * is up, and later when footprint_is_due says so.
 */
void footprint_shrink(void);

/* What a program has done since it last gave memory back; all 0 at first. */
struct footprint_watch {
    int64_t seen_ms;   /* of processor time, at the last look */
    bool is_working;   /* it was at the last look */
    int64_t worked_ms; /* since memory was given back */
    unsigned looks;    /* since then */
};

/*
 * Whether it is time to shrink: when a program rests after work, and once a
 * minute while it goes on, since the heap would otherwise stay as large as the
 * busiest moment has made it.  To be asked every FOOTPRINT_LOOK_MS, with
 * clock_cpu_ms(); whoever is told yes shrinks.
 */
enum { FOOTPRINT_LOOK_MS = 2500 };
bool footprint_is_due(struct footprint_watch *watch, int64_t cpu_ms);
