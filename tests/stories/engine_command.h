#pragma once

#include "child.h"

/*
 * The engine's commands, as an operator gives them at a shell.  `data` is the
 * folder that the engine keeps everything in; what a command says goes to
 * command.log.
 */
void engine_command_begin(struct child *child, const char *data,
                          const char *words);

/* Waits for the end of one that was begun, and demands its status, and that it
 * said so. */
void engine_command_ends(struct child *child, int status, const char *sentence);

/* Runs one that goes well, or that fails; it says so. */
void engine_command_succeeds(const char *data, const char *words,
                             const char *sentence);
void engine_command_fails(const char *data, const char *words,
                          const char *sentence);

/* Runs a line of the shell, which must go well. */
void engine_command_shell(const char *line);
