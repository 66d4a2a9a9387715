#pragma once

#include "stages.h"
#include "trace.h"

/*
 * On whose behalf the recognition endpoint is asked.  It outlives the question,
 * and so does what it points to.
 */
struct asker {
    const char *job; /* its name, for logs and for the pace */
    bool is_backfill;
    const struct trace *trace; /* passed on with every question */
    struct stages *stages;     /* each answer is put down in them */
};
