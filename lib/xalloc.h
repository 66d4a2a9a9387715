#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "basics.h"

/*
 * Memory for small things: when there is none left the program stops, because
 * nothing sensible can be done without it.  What a stranger sizes has a limit
 * that is checked before these are called.  Freed with free().
 */
void *xmalloc(size_t bytes) MUST_CHECK;
void *xcalloc(size_t count, size_t bytes) MUST_CHECK;
void *xrealloc(void *memory, size_t bytes) MUST_CHECK;

/* A copy of `text`; NULL stays NULL. */
char *xstrdup(const char *text) MUST_CHECK;

/* A copy of `len` bytes with a zero byte behind them. */
char *xmemdup(const void *bytes, size_t len) MUST_CHECK;

char *xprintf(const char *format, ...) MUST_CHECK PRINTS(1, 2);
