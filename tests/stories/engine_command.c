/*
 * engine_command.c - the engine's commands, as an operator gives them
 */
#include "engine_command.h"
#include "stack.h"
#include "unit.h"
#include "xalloc.h"

enum { COMMAND_MS = 120000 };

static const char log_path[] = "command.log";

void engine_command_begin(struct child *child, const char *data,
                          const char *words)
{
    char *program = stack_program("engine/facewire-engine");
    char *line =
        xprintf("FACEWIRE_ENGINE_DATA=%s exec %s %s", data, program, words);
    const char *arguments[] = {"sh", "-c", line, NULL};

    remove(log_path);
    child_start(child, arguments, log_path);
    free(line);
    free(program);
}

void engine_command_ends(struct child *child, int status, const char *sentence)
{
    int found = child_wait(child, COMMAND_MS);
    char *said = unit_read_file(log_path, NULL);

    child_finish(child);
    if (found != status || !strstr(said, sentence))
        fail_msg("not \"%s\", but status %d:\n%s", sentence, found, said);
    free(said);
}

void engine_command_succeeds(const char *data, const char *words,
                             const char *sentence)
{
    struct child child;

    engine_command_begin(&child, data, words);
    engine_command_ends(&child, EXIT_SUCCESS, sentence);
}

void engine_command_fails(const char *data, const char *words,
                          const char *sentence)
{
    struct child child;

    engine_command_begin(&child, data, words);
    engine_command_ends(&child, EXIT_FAILURE, sentence);
}

void engine_command_shell(const char *line)
{
    const char *arguments[] = {"sh", "-c", line, NULL};

    if (child_run(arguments, "shell.log") != 0)
        fail_msg("%s", line);
}
