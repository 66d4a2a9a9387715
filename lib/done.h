#pragma once

/*
 * How every call that may take time reports.  It returns DONE (finished, and
 * `done` is not called), PENDING (`done` comes later: once, on the loop thread,
 * within the callee's own time limit), or a negative error (nothing started).
 */
enum { DONE = 0, PENDING = 1 };
typedef void done_fn(void *owner, int error);
