#pragma once

#include <sys/types.h>

#include "basics.h"

/*
 * Who runs on which core, and what it takes of it.  With two cores or more the
 * servers have the first and the clients the second, so that neither takes from
 * the other.
 */
enum core { CORE_SERVERS, CORE_CLIENTS, CORE_BOTH };

/* Pins the caller; whatever it starts from now on inherits that. */
void cores_use(enum core core);

/* Pins a process that runs already: all threads that it has now. */
void cores_move(pid_t pid, enum core core);

/* The CPU time that a process has used so far, all its threads together. */
double cores_seconds(pid_t pid);

/*
 * How much of the machine went to others while something was measured.  What
 * runs from beginning to end is named; what is started and ends between them
 * counts as ours by itself.
 */
struct cores_watch {
    double all;        /* seconds that the cores had, busy or not */
    double idle;       /* of them */
    double ours;       /* seconds used by us */
    const pid_t *pids; /* those whose time is ours, too */
    size_t count;
};

/* Begins to watch; `pids` are borrowed until the end. */
void cores_watch_begin(struct cores_watch *watch, const pid_t *pids,
                       size_t count);

/* The share of the cores' time that was used by others, in percent. */
double cores_watch_end(const struct cores_watch *watch);
