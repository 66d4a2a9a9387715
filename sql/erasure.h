#pragma once

#include "database.h"
#include "done.h"
#include "uuid.h"

/*
 * What erasing a person, or one face, takes away: read first, so that what lies
 * outside the database can go, and carried out in the commit of the job.
 */
struct erasure {
    const char *person;
    const char *face; /* only this one; NULL: the whole person */
    /* What erasure_read finds. */
    char (*faces)[UUID_BYTES]; /* at the recognition service */
    size_t face_count;
    char **images; /* keys in the image store: photos, and what was made of
                      them */
    size_t image_count;
    int64_t photo_count; /* photos alone */
    int64_t searches;    /* past results that name the person */
    int64_t pending;     /* enrolments that may have left more */
};

/* Fills what there is to erase. */
int erasure_read(struct database *database, struct erasure *erasure,
                 done_fn *done, void *owner) MUST_CHECK;
void erasure_finish(struct erasure *erasure);

/* Takes the rows away, inside a transaction: faces, sightings, words, the
 * enrolling jobs and the person, and what past results and answers say of
 * them.  The row of an enrolment that may have left something where no row says
 * so stays, without its photo: it is queued to be taken back, if it is over. */
int erasure_apply(struct connection *connection,
                  const struct erasure *erasure) MUST_CHECK;
