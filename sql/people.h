#pragma once

#include "database.h"
#include "done.h"
#include "person_row.h"

/*
 * The rows of `people`.  Each call keeps done.h's contract; the struct it is
 * given stays until done and holds the answer then.  Somebody who is being
 * erased is not there any more.
 */

/* A person with faces and the latest sightings; E_NOT_FOUND. */
struct person_find {
    const char *collection;
    const char *id;
    /* The answer. */
    struct person_row row;
    struct face_rows faces; /* the best first */
    struct sighting_rows sightings;
};
int person_find(struct database *database, struct person_find *find,
                done_fn *done, void *owner) MUST_CHECK;
void person_find_finish(struct person_find *find);

/* A page of people, the newest first. */
struct people_list {
    const char *collection;
    const char *query; /* words; "": all */
    const char *after; /* an id; "": from the newest */
    int64_t limit;
    struct person_rows rows; /* the answer */
};
int people_list(struct database *database, struct people_list *list,
                done_fn *done, void *owner) MUST_CHECK;

/* Changes a person and reads it anew.  E_NOT_FOUND; E_DUPLICATE: somebody else
 * has the external_id. */
struct person_change {
    const char *collection;
    const char *id;
    /* What is to be changed; a NULL text clears. */
    bool has_name, has_external_id, has_email, has_details;
    const char *name, *external_id, *email, *details;
    struct person_find find; /* the answer */
};
int person_change(struct database *database, struct person_change *change,
                  done_fn *done, void *owner) MUST_CHECK;

/* Whose faces these are. */
struct face_owner {
    char face[UUID_BYTES]; /* asked */
    /* The answer; NULL where nobody has it. */
    char *person;
    char *external_id;
    char *name;
};
struct faces_name {
    const char *collection;
    struct face_owner *faces;
    size_t count;
};
int faces_name(struct database *database, struct faces_name *names,
               done_fn *done, void *owner) MUST_CHECK;
void face_owner_finish(struct face_owner *owner);

/* Adds a person's words, as work inside a transaction. */
int person_words_insert(struct connection *connection, const char *collection,
                        const char *person, const char *name,
                        const char *external_id) MUST_CHECK;
