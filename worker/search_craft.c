/*
 * search_craft.c - the craft of searching: a search_work for a durable job
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crafts.h"
#include "search_work.h"
#include "xalloc.h"

struct search_craft_work {
    struct job *job;
    struct search_request request;
    struct new_sighting *sightings; /* copied: the commit needs them */
    size_t sighting_count;
    char *progress;
};

static void tell_face(struct job *job, size_t index, size_t count,
                      const struct json *face)
{
    struct json *data = json_copy(face);
    char name[32];

    json_add_number(data, "index", (double)index);
    json_add_number(data, "count", (double)count);
    snprintf(name, sizeof name, "search.face:%zu", index);
    job_progress(job, name, data);
    json_destroy(data);
}

static void on_face(void *owner, size_t index, size_t count,
                    const struct json *face)
{
    struct search_craft_work *work = owner;

    tell_face(work->job, index, count, face);
}

static void tell_again(struct job *job, const char *result)
{
    struct json *document = json_parse(result, strlen(result));
    const struct json *faces = json_get(document, "faces");
    size_t index = 0;

    for (const struct json *face = json_first(faces); face;
         face = json_next(face))
        tell_face(job, index++, json_count(faces), face);
    json_destroy(document);
}

static void keep_sightings(struct search_craft_work *work,
                           const struct search_outcome *outcome)
{
    work->sighting_count = outcome->sighting_count;
    work->sightings = xcalloc(outcome->sighting_count, sizeof *work->sightings);
    for (size_t i = 0; i < outcome->sighting_count; i++)
        work->sightings[i] =
            (struct new_sighting){xstrdup(outcome->sightings[i].person),
                                  outcome->sightings[i].similarity};
}

static void on_end(void *owner, const struct search_outcome *outcome)
{
    struct search_craft_work *work = owner;

    keep_sightings(work, outcome);
    work->progress = xstrdup(outcome->progress);
    job_worked(work->job,
               &(struct verdict){.error = outcome->error,
                                 .wait_ms = outcome->wait_ms,
                                 .progress = work->progress,
                                 .problem = outcome->problem,
                                 .detail = outcome->detail,
                                 .result = outcome->result,
                                 .sightings = work->sightings,
                                 .sighting_count = work->sighting_count});
}

static void *start(struct job *job)
{
    static const struct search_events events = {on_face, on_end};
    struct search_craft_work *work = xcalloc(1, sizeof *work);
    const struct job_row *row = job_row(job);
    struct json *options = json_parse(row->options, strlen(row->options));
    char detail[128];

    work->job = job;
    work->request = (struct search_request){
        .asker = job_asker(job),
        .collection = row->collection,
        .photo = job_photo(job, 0),
        .image_type = job_photo_type(job, 0),
        .options = search_options_default(),
        .progress = row->progress,
    };
    /* They were checked when the job came in. */
    (void)search_options_read(&work->request.options, options, detail);
    json_destroy(options);
    search_work_start(job_tools(job), &work->request, &events, work);
    return work;
}

static void destroy(void *owner)
{
    struct search_craft_work *work = owner;

    for (size_t i = 0; i < work->sighting_count; i++)
        free((char *)work->sightings[i].person);
    free(work->sightings);
    free(work->progress);
    free(work);
}

const struct craft search_craft = {
    .start = start,
    .tell_again = tell_again,
    .destroy = destroy,
    .has_elapsed = true,
};
