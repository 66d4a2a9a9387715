#pragma once

#include "call.h"

/*
 * A search in a collection, as part of an operation's struct: for a face or for
 * a user, on a thread, since a large collection takes milliseconds.
 */
struct search {
    /* Set by the operation. */
    float vector[NETWORKS_VECTOR_MAX];
    double threshold;
    int64_t most;
    const char *except; /* leave out this id; NULL: none */

    /* Its own, and the answer. */
    struct collection *collection; /* held */
    struct gallery *gallery;       /* of the collection */
    struct matches matches;
    struct crew_task task;
};

/* Searches the collection's faces or its people; `after` comes on the loop,
 * unless the call was refused. */
void search_start(struct call *call, struct search *search,
                  struct collection *collection, struct gallery *gallery,
                  void (*after)(struct crew_task *task));
void search_finish(struct search *search);
