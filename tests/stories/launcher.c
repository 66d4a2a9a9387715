/*
 * launcher.c - the launcher, as somebody at a shell uses it
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "launcher.h"
#include "port.h"
#include "stack.h"
#include "unit.h"
#include "xalloc.h"

enum { FOLDERS_MAX = 4 };

static const char words_file[] = "launcher.log";

static char *launcher;
static const char *folders[FOLDERS_MAX]; /* that something may run in */
static size_t folder_count;

void launcher_begin(struct child *child, const char *before, const char *words)
{
    char *line = xprintf("%s exec %s %s", before, launcher, words);
    const char *arguments[] = {"sh", "-c", line, NULL};

    fclose(fopen(words_file, "we"));
    child_start(child, arguments, words_file);
    free(line);
}

static int launch(const char *words)
{
    struct child child;
    int status;

    launcher_begin(&child, "", words);
    status = child_wait(&child, LAUNCHER_MS);
    child_finish(&child);
    return status;
}

void launcher_run_well(const char *words)
{
    if (launch(words) != 0)
        fail_msg("facewire %s failed:\n%s", words,
                 unit_read_file(words_file, NULL));
}

bool launcher_said(const char *words)
{
    char *said = unit_read_file(words_file, NULL);
    bool is_said = strstr(said, words) != NULL;

    free(said);
    return is_said;
}

void launcher_failed(int status, const char *sentence)
{
    if (status <= 0 || !launcher_said(sentence))
        fail_msg("not \"%s\", but status %d:\n%s", sentence, status,
                 unit_read_file(words_file, NULL));
}

void launcher_refuses(const char *words, const char *sentence)
{
    launcher_failed(launch(words), sentence);
}

void launcher_finish(void)
{
    for (size_t i = 0; launcher && i < folder_count; i++) {
        setenv("FACEWIRE_VAR", folders[i], 1);
        launch("down");
    }
    free(launcher);
    launcher = NULL;
}

void launcher_keep_in(const char *var)
{
    assert(folder_count < FOLDERS_MAX);
    folders[folder_count++] = var;
    setenv("FACEWIRE_VAR", var, 1);
    launch("down");
}

/* It builds into build/<preset>; that must be the build of this story. */
static void find_build(void)
{
    char *program = stack_program("server/facewire-server");
    char *builds = xstrdup(unit_source("build/"));
    char *preset;

    if (strncmp(program, builds, strlen(builds)) != 0)
        unit_skip("the build lies where the launcher has none");
    preset = xstrdup(program + strlen(builds));
    preset[strcspn(preset, "/")] = '\0';
    setenv("FACEWIRE_PRESET", preset, 1);
    free(preset);
    free(builds);
    free(program);
}

static void set_port(const char *name, int port)
{
    char text[16];

    snprintf(text, sizeof text, "%d", port);
    setenv(name, text, 1);
}

int launcher_find(const char *var)
{
    int port = port_free();

    find_build();
    if (access(unit_source("web/node_modules/preact"), R_OK) != 0)
        unit_skip("the pages' libraries are missing: ./facewire test gets "
                  "them");
    unit_shared("FACEWIRE_MODELS", "models", ".");
    launcher = xstrdup(unit_source("facewire"));
    set_port("FACEWIRE_PORT", port);
    set_port("FACEWIRE_ENGINE_PORT", port_free());
    atexit(launcher_finish);
    launcher_keep_in(var);
    return port;
}
