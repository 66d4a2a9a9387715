#pragma once

#include "basics.h"
#include "buffer.h"

/*
 * What is wrong with an archive, in sentences.  It is read as it is at one
 * moment, whoever has it, and nothing is changed.
 */
enum { INSPECTION_SENTENCES = 20 }; /* that are kept */

struct inspection {
    size_t collections, faces, users; /* that are there */
    size_t wrong;                     /* things; 0: none */
    struct buffer sentences;          /* of the first ones, a line each */
};

/* Looks at all of it; an archive of an older version is looked at as a file
 * alone.  A negative error comes with a sentence in `problem`: it cannot be
 * opened. */
int inspection_make(struct inspection *inspection, const char *path,
                    struct buffer *problem) MUST_CHECK;
void inspection_finish(struct inspection *inspection);

/* Counts one more wrong thing. */
void inspection_add(struct inspection *inspection, const char *format, ...)
    PRINTS(2, 3);
