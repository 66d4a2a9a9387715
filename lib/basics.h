#pragma once

/* The few macros that every file may use. */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many elements an array has (never of a pointer). */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The struct of type `type` whose member `member` is at `pointer`. */
#define container_of(pointer, type, member)                                    \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* The caller must look at what a function so marked returns. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* The arguments are checked as printf's are. */
#define PRINTS(at, rest) __attribute__((format(printf, at, rest)))
