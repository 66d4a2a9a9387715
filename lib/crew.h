#pragma once

#include <stddef.h>

#include <uv.h>

#include "basics.h"
#include "log.h"

/*
 * A crew: a few tools (database connections, sets of networks), each used by
 * one task at a time on a thread of libuv's pool.  Tasks wait their turn in
 * the order they came, and a slow tool never holds up another crew.  All is to
 * be called on the loop thread.
 */
struct crew;

/*
 * A task is embedded in the struct it serves (container_of finds it again) and
 * stays there until `after` was called.
 */
struct crew_task {
    /* On a thread of the pool, with the tool that is this task's alone. */
    void (*work)(struct crew_task *task, void *tool);
    /* Then, on the loop thread. */
    void (*after)(struct crew_task *task);

    /* The crew's. */
    struct crew_task *next;
    struct log_about about; /* as it was where the task was submitted */
};

/*
 * `tools` (copied; the things themselves are borrowed) may be NULL pointers
 * where only the number matters.  At most `waiting_max` tasks wait.  The pool
 * needs as many threads as all crews have tools: see program_init.
 */
struct crew *crew_create(uv_loop_t *loop, void *const *tools, size_t count,
                         size_t waiting_max) MUST_CHECK;

/* Every task must have come to its `after`.  It is gone from the loop once the
 * loop has turned. */
void crew_destroy(struct crew *crew);

/* Starts the task or lets it wait; E_BUSY (and nothing happened) when too many
 * wait already. */
int crew_submit(struct crew *crew, struct crew_task *task) MUST_CHECK;

/* Takes the task out of the queue that waits longest, if it is chosen: it is
 * never begun, and `after` is not called.  NULL: none waits, or not that one.
 */
typedef bool crew_choose_fn(const struct crew_task *task, void *owner);
struct crew_task *crew_withdraw(struct crew *crew, crew_choose_fn *is_chosen,
                                void *owner);

/* How many tasks wait, and how many are under way. */
size_t crew_waiting(struct crew *crew);
size_t crew_working(struct crew *crew);
