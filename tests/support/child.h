#pragma once

#include <sys/types.h>

#include "basics.h"

/*
 * A program started by a test.  It dies with the test, whatever ends that, so
 * nothing is ever left running.  Its output goes to a file.
 */
struct child {
    pid_t pid; /* 0: not running */
    char *name;
    char *log; /* the file's path */
};

/* Starts `arguments` (its end is NULL; the first is looked for in PATH) with
 * the test's environment.  Output is appended to `log`. */
void child_start(struct child *child, const char *const *arguments,
                 const char *log);

void child_signal(const struct child *child, int signal);

/* Waits for its end, `limit_ms` at most; the exit status, 128 + the signal that
 * ended it, or -1 if it still runs. */
int child_wait(struct child *child, int limit_ms);

/* SIGTERM, then SIGKILL past the limit; what child_wait says. */
int child_stop(struct child *child, int limit_ms);

/* Whether it has not ended. */
bool child_is_running(struct child *child);

void child_finish(struct child *child);

/* Ends the test, with the end of the log. */
_Noreturn void child_give_up(const struct child *child, const char *reason);

/* Runs a command to its end and returns its exit status. */
int child_run(const char *const *arguments, const char *log);
