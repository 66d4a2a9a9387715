#pragma once

#include "darkroom.h"
#include "done.h"
#include "job_row.h"
#include "people.h"
#include "tools.h"

/*
 * The photos of a job: fetched from the image store, made fit for the endpoint,
 * and their thumbnails kept beside them in the end.  Embedded in the job; all
 * zero before it begins.
 */
enum { JOB_PHOTOS_MAX = 2 };

struct job_photos;
typedef int job_photos_stage(struct job_photos *photos);

struct job_photos {
    const struct tools *tools;
    const struct job_row *row;
    struct {
        char *key;
        char *type; /* its media type */
        struct photo *photo;
    } list[JOB_PHOTOS_MAX];
    size_t count;
    job_photos_stage *const
        *stages;               /* that each goes through; NULL ends them */
    size_t at;                 /* the photo that goes through them */
    size_t stage;              /* its next */
    struct buffer print;       /* of it, on its way to the store */
    char *kept;                /* the print's key; NULL: there was none yet */
    struct person_find person; /* whom an enrolment is for, asked again */
    done_fn *done;
    void *owner;
};

/* Loads all of them.  E_INVALID: one is damaged; E_NOT_FOUND: one is gone. */
int job_photos_load(struct job_photos *photos, const struct tools *tools,
                    const struct job_row *row, done_fn *done,
                    void *owner) MUST_CHECK;

/* Keeps a thumbnail of each that was loaded.  DONE or PENDING: it never fails.
 */
int job_photos_keep_thumbs(struct job_photos *photos, done_fn *done,
                           void *owner) MUST_CHECK;
void job_photos_finish(struct job_photos *photos);
