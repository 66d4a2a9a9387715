#pragma once

#include <stddef.h>

#include "basics.h"
#include "record.h"

/*
 * The faces of one collection, in memory, where they are searched; its users
 * are searched in another one, in which a record is a user.  Every
 * vector is compared: the answer is exact, and a hundred thousand faces take
 * about as long as one photo's decoding.
 *
 * Any thread may call any of these.  Searches run side by side; a change waits
 * for those under way, and they never wait for more than one change.
 */
struct gallery;

/* Vectors have `vector_length` numbers; at most `faces_max` faces go in. */
struct gallery *gallery_create(size_t vector_length,
                               size_t faces_max) MUST_CHECK;
void gallery_destroy(struct gallery *gallery);

size_t gallery_count(struct gallery *gallery);

/* Copies both.  The vector has length 1.  E_DUPLICATE: the id is there;
 * E_TOO_LARGE: the gallery is full. */
int gallery_add(struct gallery *gallery, const struct record *record,
                const float *vector) MUST_CHECK;

/* E_NOT_FOUND */
int gallery_remove(struct gallery *gallery, const char *id) MUST_CHECK;

/* Says whom a face belongs to; NULL: nobody.  E_NOT_FOUND */
int gallery_set_user(struct gallery *gallery, const char *id,
                     const char *user_id) MUST_CHECK;

/* E_NOT_FOUND */
int gallery_set_vector(struct gallery *gallery, const char *id,
                       const float *vector) MUST_CHECK;

/* Gives copies; each may be NULL.  `record` is to be finished, `vector` has
 * room for the vector's length.  E_NOT_FOUND */
int gallery_find(struct gallery *gallery, const char *id, struct record *record,
                 float *vector) MUST_CHECK;

struct match {
    double cosine;
    struct record record;
};

struct matches {
    struct match *list; /* the most alike first; equal ones by id */
    size_t count;
};

/* What to look for.  All borrowed. */
struct gallery_query {
    const float *vector; /* of length 1 */
    double cosine_min;   /* leave out what is less alike */
    size_t most;         /* how many at most */
    const char *except;  /* leave out this id; NULL: none */
};

/* Fills `matches`, which matches_finish frees. */
void gallery_search(struct gallery *gallery, const struct gallery_query *query,
                    struct matches *matches);
void matches_finish(struct matches *matches);
