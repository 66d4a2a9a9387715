#pragma once

#include "done.h"
#include "question.h"

/*
 * Faces of somebody who was erased that no row knows of: an enrolment ended
 * between making one and saying so.  The endpoint has no list of one person's
 * faces, so all of the collection is looked through for the name under which an
 * enrolment indexes (see recognition.md).  That is dear, and for the rare case
 * alone.  All zero before it begins.
 */
struct leftovers {
    const struct tools *tools;
    const struct asker *asker;
    const char *collection; /* the endpoint's name of it */
    const char *person;
    /* The answer. */
    size_t removed;  /* faces, with their crops */
    int64_t wait_ms; /* of E_BUSY: when its turn comes */
    /* Under way. */
    char *name;                /* what their names begin with */
    char *token;               /* of the next page; NULL: there is none */
    char (*faces)[UUID_BYTES]; /* of this page */
    size_t count;
    size_t crops_done;
    done_fn *done;
    void *owner;
};

/* Removes them; the first four members say whose.  `done` comes later, with 0
 * or as question.h has it.  It may be done again. */
void leftovers_remove(struct leftovers *leftovers, done_fn *done, void *owner);
void leftovers_finish(struct leftovers *leftovers);
