/*
 * recall_craft.c - the craft of taking back what an enrolment may have left
 * whose person was erased
 *
 * An attempt may have made a face and died before it could say so or take it
 * back.  The erasure does not wait for that: it leaves the row, without the
 * photo, and so the duty.  Whoever takes the job next removes what bears the
 * person's name; then the job fails as one whose person is gone, and its row
 * goes with it.
 */
#include <stdlib.h>

#include "crafts.h"
#include "errors.h"
#include "image_key.h"
#include "leftovers.h"
#include "xalloc.h"

/* What an attempt has asked and nobody hears any more, the endpoint may still
 * do: the engine lets a photo wait for 10 s. */
enum { UNHEARD_MS = 20000 };

static const char *const prints[] = {"thumb", "view"};

struct recalling {
    struct job *job;
    const struct tools *tools;
    char *collection; /* the endpoint's name of it */
    struct leftovers leftovers;
    size_t prints_done;
};

static void fail(struct recalling *recalling, int error, int64_t wait_ms)
{
    job_worked(recalling->job, &(struct verdict){.error = error,
                                                 .wait_ms = wait_ms,
                                                 .progress = "{}"});
}

static void finish(void *owner, int error)
{
    struct recalling *recalling = owner;

    if (error)
        fail(recalling, error, recalling->leftovers.wait_ms);
    else
        job_worked(recalling->job,
                   &(struct verdict){.problem = PROBLEM_PERSON_GONE});
}

/* The erasure has removed those that were there when it looked. */
static void remove_prints(void *owner, int error)
{
    struct recalling *recalling = owner;

    while (error == 0 && recalling->prints_done < COUNT(prints)) {
        char *key = image_key_print(job_row(recalling->job)->id, "source",
                                    prints[recalling->prints_done++]);

        error = store_remove(recalling->tools->store, key, remove_prints,
                             recalling);
        free(key);
    }
    if (error == 0)
        leftovers_remove(&recalling->leftovers, finish, recalling);
    else if (error != PENDING)
        finish(recalling, error);
}

/* Nothing was made before the first attempt.  Any progress says that we have
 * waited since the last. */
static void *start(struct job *job)
{
    struct recalling *recalling = xcalloc(1, sizeof *recalling);
    const struct job_row *row = job_row(job);

    recalling->job = job;
    recalling->tools = job_tools(job);
    recalling->collection = tools_collection(recalling->tools, row->collection);
    recalling->leftovers =
        (struct leftovers){.tools = recalling->tools,
                           .asker = job_asker(job),
                           .collection = recalling->collection,
                           .person = row->person};
    if (row->attempt == 1)
        finish(recalling, 0);
    else if (row->progress)
        remove_prints(recalling, 0);
    else
        fail(recalling, E_BUSY, UNHEARD_MS);
    return recalling;
}

static void destroy(void *owner)
{
    struct recalling *recalling = owner;

    leftovers_finish(&recalling->leftovers);
    free(recalling->collection);
    free(recalling);
}

const struct craft recall_craft = {.start = start, .destroy = destroy};
