/*
 * erase_craft.c - the craft of erasing: a person, or one of their faces
 *
 * From the outside in: first the face vectors at the endpoint, then the
 * pictures, and the rows in the commit.  Each step may be done twice, so an
 * attempt that died is simply made again.  The result is the receipt.  It does
 * not wait for enrolments that may have left more: see recall_craft.c.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crafts.h"
#include "done.h"
#include "erasure.h"
#include "errors.h"
#include "question.h"
#include "xalloc.h"

enum { FACES_AT_ONCE = 1000 };

struct erasing {
    struct job *job;
    const struct tools *tools;
    char *collection; /* the endpoint's name of it */
    char *face;       /* only this one; NULL: the whole person */
    struct erasure erasure;
    size_t faces_done;
    size_t images_done;
};

static void finish(struct erasing *erasing, const struct verdict *verdict)
{
    job_worked(erasing->job, verdict);
}

static void fail(struct erasing *erasing, int error)
{
    finish(erasing, &(struct verdict){.error = error});
}

/* ---- pictures ---- */

static void end_done(struct erasing *erasing)
{
    struct json *receipt = json_object();
    char now[CLOCK_TEXT_BYTES];

    clock_text(clock_wall_ms(), now);
    json_add_text(receipt, "person", erasing->erasure.person);
    json_add_number(receipt, "faces", (double)erasing->erasure.face_count);
    json_add_number(receipt, "images", (double)erasing->erasure.photo_count);
    json_add_number(receipt, "searches", (double)erasing->erasure.searches);
    json_add_number(receipt, "pending", (double)erasing->erasure.pending);
    json_add_text(receipt, "finished", now);
    finish(erasing,
           &(struct verdict){.result = receipt, .erasure = &erasing->erasure});
}

static void remove_images(struct erasing *erasing);

static void on_removed(void *owner, int error)
{
    struct erasing *erasing = owner;

    if (error)
        fail(erasing, error);
    else
        remove_images(erasing);
}

static void remove_images(struct erasing *erasing)
{
    int result = DONE;

    while (result == DONE &&
           erasing->images_done < erasing->erasure.image_count)
        result = store_remove(erasing->tools->store,
                              erasing->erasure.images[erasing->images_done++],
                              on_removed, erasing);
    if (result == DONE)
        end_done(erasing);
    else if (result != PENDING)
        fail(erasing, result);
}

/* ---- faces ---- */

static void delete_faces(struct erasing *erasing);

/* Faces that are not there any more were deleted by an earlier attempt. */
static void on_deleted(void *owner, const struct question_answer *answer)
{
    struct erasing *erasing = owner;

    if (answer->error == 0 || question_found_nothing(answer))
        delete_faces(erasing);
    else if (answer->error == E_REFUSED)
        finish(erasing,
               &(struct verdict){.problem = PROBLEM_RECOGNITION_REFUSED});
    else
        finish(erasing, &(struct verdict){.error = answer->error,
                                          .wait_ms = answer->wait_ms});
}

static void delete_faces(struct erasing *erasing)
{
    const struct erasure *erasure = &erasing->erasure;
    const char *ids[FACES_AT_ONCE];
    struct buffer body = {0};
    size_t count = 0;

    while (count < FACES_AT_ONCE && erasing->faces_done < erasure->face_count)
        ids[count++] = erasure->faces[erasing->faces_done++];
    if (count == 0) {
        remove_images(erasing);
        return;
    }
    recognition_write_delete_faces(erasing->collection, ids, count, &body);
    question_ask(erasing->tools, RECOGNITION_DELETE_FACES,
                 job_asker(erasing->job), &body, on_deleted, erasing);
}

/* ---- the craft ---- */

static void on_read(void *owner, int error)
{
    struct erasing *erasing = owner;

    if (error)
        fail(erasing, error);
    else
        delete_faces(erasing);
}

static void *start(struct job *job)
{
    struct erasing *erasing = xcalloc(1, sizeof *erasing);
    const struct job_row *row = job_row(job);
    struct json *options = json_parse(row->options, strlen(row->options));
    int error;

    erasing->job = job;
    erasing->tools = job_tools(job);
    erasing->collection = tools_collection(erasing->tools, row->collection);
    erasing->face = xstrdup(json_get_text(options, "face_id", NULL));
    json_destroy(options);
    erasing->erasure =
        (struct erasure){.person = row->person, .face = erasing->face};
    error = erasure_read(erasing->tools->database, &erasing->erasure, on_read,
                         erasing);
    if (error != PENDING)
        fail(erasing, error);
    return erasing;
}

static void destroy(void *owner)
{
    struct erasing *erasing = owner;

    erasure_finish(&erasing->erasure);
    free(erasing->collection);
    free(erasing->face);
    free(erasing);
}

const struct craft erase_craft = {.start = start, .destroy = destroy};
