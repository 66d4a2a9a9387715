/*
 * engine_stage.c - an engine of the story's own
 */
#include "engine_stage.h"
#include "patience.h"
#include "port.h"
#include "talk.h"
#include "unit.h"
#include "xalloc.h"

enum { START_MS = 60000, STOP_MS = 60000 };

static void start(struct child *child, const char *log)
{
    const char *program = getenv("FACEWIRE_ENGINE_PROGRAM");
    const char *arguments[] = {
        program ? program : STACK_BUILD "/engine/facewire-engine", NULL};

    child_start(child, arguments, log);
}

void engine_stage_start(struct engine_stage *stage)
{
    struct patience patience = patience_of(START_MS);
    int status = 0;

    child_finish(&stage->engine);
    start(&stage->engine, "engine.log");
    while (status != 200) {
        if (!child_is_running(&stage->engine) || !patience_lasts(&patience))
            child_give_up(&stage->engine, "it did not start");
        if (port_answers(stage->port, 100))
            json_destroy(talk(stage->port, "GET", "/healthz", &status));
    }
}

void engine_stage_open(struct engine_stage *stage)
{
    const char *clean[] = {"sh", "-c", "rm -rf engine other-engine *.log",
                           NULL};
    const char *keys;
    char port[16];

    *stage = (struct engine_stage){.port = port_free()};
    child_run(clean, "/dev/null");
    snprintf(port, sizeof port, "%d", stage->port);
    setenv("FACEWIRE_ENGINE_PORT", port, 1);
    setenv("FACEWIRE_ENGINE_DATA", "engine", 1);
    if (!getenv("FACEWIRE_MODELS"))
        setenv("FACEWIRE_MODELS", unit_shared("FACEWIRE_MODELS", "models", "."),
               1);
    engine_stage_start(stage);
    keys = getenv("FACEWIRE_ENGINE_KEYS");
    recognition_client_open(&stage->client, stage->port,
                            keys ? keys : "engine/keys");
}

void engine_stage_close(struct engine_stage *stage)
{
    if (child_is_running(&stage->engine) &&
        child_stop(&stage->engine, STOP_MS) != 0)
        child_give_up(&stage->engine, "it did not end well");
    child_finish(&stage->engine);
    recognition_client_close(&stage->client);
}

void engine_stage_be_refused(const char *sentence)
{
    static const char log[] = "refused.log";
    struct child child;
    char *text;

    remove(log);
    start(&child, log);
    if (child_wait(&child, START_MS) != EXIT_FAILURE)
        child_give_up(&child, "it did not refuse its start");
    child_finish(&child);
    text = unit_read_file(log, NULL);
    if (!strstr(text, sentence))
        assert_string_equal(text, sentence);
    free(text);
}
