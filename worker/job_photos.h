#pragma once

#include "darkroom.h"
#include "done.h"
#include "job_row.h"
#include "tools.h"

/*
 * The photos of a job: fetched from the image store, developed, and their
 * thumbnails kept beside them.  Embedded in the job; all zero before it begins.
 */
enum { JOB_PHOTOS_MAX = 2 };

struct job_photos {
    const struct tools *tools;
    const struct job_row *row;
    struct {
        char *key;
        char *type; /* its media type */
        struct photo *photo;
    } list[JOB_PHOTOS_MAX];
    size_t count;
    size_t at; /* the one that is being loaded */
    int stage; /* of loading it */
    done_fn *done;
    void *owner;
};

/* Loads all of them.  E_INVALID: one is damaged; E_NOT_FOUND: one is gone. */
int job_photos_load(struct job_photos *photos, const struct tools *tools,
                    const struct job_row *row, done_fn *done,
                    void *owner) MUST_CHECK;
void job_photos_finish(struct job_photos *photos);
