/*
 * live_search.c - a durable search that came over a live connection
 */
#include <stdio.h>
#include <stdlib.h>

#include "admission.h"
#include "live_search.h"
#include "xalloc.h"

struct live_search {
    struct services *services;
    struct admission *admission;
    const char *job; /* the admission's */
    live_search_fn *done;
    void *owner;
};

/* An upload of one image, as the HTTP API would have it. */
static struct upload *make_upload(struct services *services,
                                  const struct live_search_request *request)
{
    struct upload *upload = upload_create(services, request->len);

    upload->image_count = 1;
    upload->images[0] =
        (struct upload_image){.name = xstrdup("image"),
                              .bytes = xmemdup(request->bytes, request->len),
                              .len = request->len,
                              .facts = *request->facts};
    return upload;
}

struct live_search *
live_search_create(struct services *services,
                   const struct live_search_request *request)
{
    struct live_search *search = xcalloc(1, sizeof *search);

    services->calls++;
    search->services = services;
    search->admission =
        admission_create(services, make_upload(services, request),
                         request->begun_us, request->trace);
    search->job =
        admission_add_job(search->admission, JOB_SEARCH, PRIORITY_INTERACTIVE,
                          NULL, 0, 1, search_options_json(request->options));
    return search;
}

const char *live_search_job(const struct live_search *search)
{
    return search->job;
}

static void on_admitted(void *owner, int error, const char *part)
{
    struct live_search *search = owner;
    char detail[128] = "";

    if (error)
        snprintf(detail, sizeof detail,
                 "The %s cannot be used now; nothing was changed.", part);
    search->done(search->owner, search,
                 error ? PROBLEM_UNAVAILABLE : PROBLEM_NONE, detail);
    search->services->calls--;
    admission_destroy(search->admission);
    free(search);
}

void live_search_run(struct live_search *search, live_search_fn *done,
                     void *owner)
{
    search->done = done;
    search->owner = owner;
    admission_run(search->admission, on_admitted, search);
}
