#pragma once

#include <uv.h>

#include "basics.h"
#include "footprint.h"

/*
 * A program's life: init, the loop, a drain on SIGTERM or SIGINT, exit.  It is
 * embedded in the struct of the program.  While the loop runs, memory that work
 * has left behind goes back to the system (footprint.h).
 *
 * The drain: `on_drain` is called once and begins to end what is under way;
 * program_stop, when nothing is left, ends the loop.  A second signal, or
 * `drain_ms` running out, ends it at once.  Before program_run there is nothing
 * to drain: a signal ends the process.
 */
typedef void program_drain_fn(void *owner);

struct program {
    uv_loop_t loop;
    program_drain_fn *on_drain;
    void *owner;
    int64_t drain_ms;
    bool is_running;
    bool draining;
    uv_signal_t signals[2]; /* SIGTERM, SIGINT */
    uv_timer_t limit;       /* of the drain */
    uv_timer_t look;        /* at the memory */
    struct footprint_watch watch;
};

/*
 * `threads` is how many threads libuv's pool gets: the sum of the crews' tools.
 * Call it before anything else that uses libuv.
 */
void program_init(struct program *program, size_t threads, int64_t drain_ms,
                  program_drain_fn *on_drain, void *owner);

/* Runs until program_stop; true if it ended by itself, false if the drain had
 * to be cut off. */
bool program_run(struct program *program);

/* Begins the drain, as a signal would. */
void program_drain(struct program *program);

/* Ends program_run once what is open on the loop is closed. */
void program_stop(struct program *program);

/* Closes the loop; everything on it must be closed or closing. */
void program_finish(struct program *program);
