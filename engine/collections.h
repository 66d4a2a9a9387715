#pragma once

#include "archive.h"
#include "basics.h"
#include "buffer.h"
#include "gallery.h"
#include "id_table.h"

/*
 * The collections, in memory: what the archive keeps, ready to be searched.
 * The list belongs to the loop thread; a collection that is held can be used
 * on any, as its gallery can, even when it is no longer in the list.
 */
struct collection {
    char *id;
    char *arn;
    char *tags; /* a JSON object */
    char *model_version;
    int64_t created_ms;
    size_t vector_length;
    struct gallery *gallery;
    struct gallery *people; /* those of the users that have faces; a record's
                               id is a user's key, its external id the user's */
    struct id_table users;  /* all of them, by their keys; the loop thread's */
    size_t promised;        /* faces that are on their way into it */
    size_t promised_users;  /* and users */
    unsigned holders;
};

/* A new one, held by the caller. */
struct collection *collection_create(const struct archive_collection *facts,
                                     size_t vector_length) MUST_CHECK;
void collection_hold(struct collection *collection);
void collection_let_go(struct collection *collection);

/* A user that is new to the collection, or has got the vector of its faces;
 * NULL: it has none. */
void collection_set_user(struct collection *collection,
                         const struct record *user, const float *vector);
void collection_remove_user(struct collection *collection, const char *key);

struct collections;

/* Reads all of them, with faces and users; blocks.  Vectors of another length
 * than `vector_length` are of another model and stay among themselves.  NULL,
 * with a sentence in `problem`, if the archive cannot be read. */
struct collections *collections_load(struct archive *archive,
                                     size_t vector_length,
                                     struct buffer *problem) MUST_CHECK;
void collections_destroy(struct collections *collections);

/* NULL: there is none. */
struct collection *collections_find(const struct collections *collections,
                                    const char *id);

/* One that is not there is added, and held; one that is there is removed. */
void collections_add(struct collections *collections,
                     struct collection *collection);
void collections_remove(struct collections *collections, const char *id);

/* In the order of their ids: how many, each, and where those behind the id
 * `after` begin. */
size_t collections_count(const struct collections *collections);
const struct collection *collections_at(const struct collections *collections,
                                        size_t place);
size_t collections_after(const struct collections *collections,
                         const char *after);
