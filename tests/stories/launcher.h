#pragma once

#include "child.h"

/*
 * The launcher, as somebody at a shell uses it: it starts a Facewire that
 * outlives it, in a folder of the story's own.  Whatever ends the story, that
 * Facewire is stopped.
 */
enum { LAUNCHER_MS = 300000 }; /* that one command may take */

/* Finds it, or skips the story where it has no build of its own; what an
 * earlier run has left running in `var` is stopped.  The port that the server
 * will have. */
int launcher_find(const char *var) MUST_CHECK;

/* Everything is kept in this folder from now on. */
void launcher_keep_in(const char *var);

/* Stops what was started. */
void launcher_finish(void);

/* Starts a command; `before` are words of the shell that go before it, and what
 * it says is new in launcher.log. */
void launcher_begin(struct child *child, const char *before, const char *words);

/* Runs a command that goes well. */
void launcher_run_well(const char *words);

/* Runs one that fails, and says why. */
void launcher_refuses(const char *words, const char *sentence);

/* What a command that was begun has come to: it failed, and said why. */
void launcher_failed(int status, const char *sentence);

/* Whether the last command said so. */
bool launcher_said(const char *words);
