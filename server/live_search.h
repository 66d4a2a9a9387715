#pragma once

#include "search_options.h"
#include "services.h"
#include "upload.h"

/*
 * A durable search that came over a live connection: admitted as one over HTTP
 * is.
 */
struct live_search;

/* `problem` is PROBLEM_NONE once it is admitted; the search is no more then. */
typedef void live_search_fn(void *owner, struct live_search *search,
                            enum problem problem, const char *detail);

struct live_search_request {
    const char *bytes; /* of the photo */
    size_t len;
    const struct picture_facts *facts;
    const struct search_options *options;
    int64_t begun_us; /* when it was announced */
    const struct trace *trace;
};

/* Prepares it: its job has a name from here on.  The photo is copied. */
struct live_search *
live_search_create(struct services *services,
                   const struct live_search_request *request) MUST_CHECK;

/* The job's id. */
const char *live_search_job(const struct live_search *search);

/* Begins; `done` comes later, or at once. */
void live_search_run(struct live_search *search, live_search_fn *done,
                     void *owner);
