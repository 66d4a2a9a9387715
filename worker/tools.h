#pragma once

#include "darkroom.h"
#include "database.h"
#include "pacer.h"
#include "queues.h"
#include "recognizer_client.h"
#include "store.h"
#include "worker_settings.h"

/* What jobs borrow from their worker.  All of it outlives every job. */
struct tools {
    uv_loop_t *loop;
    const struct worker_settings *settings;
    struct queues *queues;
    struct database *database;
    struct store *store;
    struct recognizer_client *recognizer;
    struct pacer *pacer;
    struct darkroom *darkroom;
    const char *consumer; /* the worker's name in the queue */
};

/* What our collection is called at the endpoint, to be freed. */
char *tools_collection(const struct tools *tools,
                       const char *collection) MUST_CHECK;

/* What a refusal of the endpoint means for a job: an error that is tried again,
 * E_THROTTLED (which slows everybody down), or E_REFUSED. */
int tools_refused(const struct tools *tools,
                  enum recognition_operation operation,
                  const struct recognition_refusal *refusal);
