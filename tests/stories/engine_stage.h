#pragma once

#include "child.h"
#include "recognition_client.h"

/*
 * An engine of the story's own, with its data in the folder `engine` of the
 * current one, and a client that has its keys.  It is the program of the same
 * build, or the one that FACEWIRE_ENGINE_PROGRAM names.
 */
struct engine_stage {
    struct child engine;
    struct recognition_client client;
    int port;
};

/* Starts a new engine that knows nobody.  Settings may be given before, with
 * setenv. */
void engine_stage_open(struct engine_stage *stage);

/* Stops it, and demands that it ends well. */
void engine_stage_close(struct engine_stage *stage);

/* Starts it again after it was killed or stopped. */
void engine_stage_start(struct engine_stage *stage);

/* An engine that is to refuse its start, with this in its log. */
void engine_stage_be_refused(const char *sentence);
