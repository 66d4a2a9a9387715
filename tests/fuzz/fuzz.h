#pragma once

/*
 * What every target includes.  A target reads its input, checks what must hold
 * whatever comes, and leaves nothing behind; it ends the program where
 * something does not hold.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "basics.h"
#include "xalloc.h"

/* The names are libFuzzer's.  The input is the target's for the call. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Once, before the first input; few targets have it. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Ends the program where a fact does not hold; the input is then kept. */
#define MUST(fact)                                                             \
    do {                                                                       \
        if (!(fact)) {                                                         \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__,   \
                    #fact);                                                    \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* What is left of an input. */
struct rest {
    const char *bytes;
    size_t len;
};

/* Cuts off the next line as a string, to be freed.  Seeds can be read and
 * written by people that way. */
static inline char *rest_line(struct rest *rest)
{
    const char *end = rest->len ? memchr(rest->bytes, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->bytes) : rest->len;
    char *line = xmemdup(len ? rest->bytes : "", len);

    if (end)
        len++;
    rest->bytes += len;
    rest->len -= len;
    return line;
}
