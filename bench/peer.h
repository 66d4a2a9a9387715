#pragma once

#include "child.h"
#include "json.h"

/*
 * A contender in a program of its own: one of bench/peers/, or of ours.  It
 * says "ready" on a line of its own when it can be used; one that measures says
 * what it found as a line of JSON when it ends.
 */

/* Starts `arguments` (their end is NULL) with its output in a new file `log`,
 * and waits until it is ready.  Ends the bench if it does not get so. */
void peer_start(struct child *child, const char *const *arguments,
                const char *log);

/* The path of a file in bench/peers/, to be freed. */
char *peer_path(const char *file) MUST_CHECK;

/* Waits until it ends, and reads what it found; to be destroyed. */
struct json *peer_result(struct child *child) MUST_CHECK;

void peer_stop(struct child *child);

/* Whether there is such a program in PATH. */
bool peer_has(const char *program);
