/*
 * collections.c - the collections, in memory
 *
 * The list is sorted by id, so that a page of it begins where the last one
 * ended, whatever came and went meanwhile.
 */
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "archive_users.h"
#include "collections.h"
#include "embedding.h"
#include "errors.h"
#include "log.h"
#include "xalloc.h"

struct collections {
    struct collection **list;
    size_t count;
};

/* ---- one ---- */

struct collection *collection_create(const struct archive_collection *facts,
                                     size_t vector_length)
{
    struct collection *collection = xcalloc(1, sizeof *collection);

    *collection = (struct collection){
        .id = xstrdup(facts->id),
        .arn = xstrdup(facts->arn),
        .tags = xstrdup(facts->tags),
        .model_version = xstrdup(facts->model_version),
        .created_ms = facts->created_ms,
        .vector_length = vector_length,
        .gallery = gallery_create(vector_length, SIZE_MAX),
        .people = gallery_create(vector_length, SIZE_MAX),
        .holders = 1,
    };
    return collection;
}

void collection_hold(struct collection *collection)
{
    collection->holders++;
}

void collection_let_go(struct collection *collection)
{
    if (!collection || --collection->holders > 0)
        return;
    gallery_destroy(collection->gallery);
    gallery_destroy(collection->people);
    id_table_finish(&collection->users);
    free(collection->id);
    free(collection->arn);
    free(collection->tags);
    free(collection->model_version);
    free(collection);
}

void collection_set_user(struct collection *collection,
                         const struct record *user, const float *vector)
{
    int error = 0;

    id_table_set(&collection->users, user->id, 0);
    if (!vector)
        (void)!gallery_remove(collection->people, user->id);
    else if (gallery_set_vector(collection->people, user->id, vector) != 0)
        error = gallery_add(collection->people, user, vector);
    assert(!error);
    (void)error;
}

void collection_remove_user(struct collection *collection, const char *key)
{
    (void)!gallery_remove(collection->people, key);
    if (id_table_find(&collection->users, key) != ID_TABLE_NONE)
        id_table_remove(&collection->users, key);
}

/* ---- the list ---- */

/* The first place whose id is not before `id`. */
static size_t place_of(const struct collections *collections, const char *id)
{
    size_t low = 0, high = collections->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(collections->list[middle]->id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct collection *collections_find(const struct collections *collections,
                                    const char *id)
{
    size_t place = place_of(collections, id);

    if (place == collections->count ||
        strcmp(collections->list[place]->id, id) != 0)
        return NULL;
    return collections->list[place];
}

void collections_add(struct collections *collections,
                     struct collection *collection)
{
    size_t place = place_of(collections, collection->id);
    struct collection **list;

    /* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a list of pointers */
    list = xrealloc(collections->list, (collections->count + 1) * sizeof *list);
    for (size_t i = collections->count; i > place; i--)
        list[i] = list[i - 1];
    list[place] = collection;
    collections->list = list;
    collections->count++;
    collection_hold(collection);
}

void collections_remove(struct collections *collections, const char *id)
{
    size_t place = place_of(collections, id);

    collection_let_go(collections->list[place]);
    collections->count--;
    for (size_t i = place; i < collections->count; i++)
        collections->list[i] = collections->list[i + 1];
}

size_t collections_count(const struct collections *collections)
{
    return collections->count;
}

const struct collection *collections_at(const struct collections *collections,
                                        size_t place)
{
    return collections->list[place];
}

size_t collections_after(const struct collections *collections,
                         const char *after)
{
    size_t place = place_of(collections, after);

    return place + (collections_find(collections, after) != NULL);
}

/* ---- loading ---- */

struct loading {
    struct collections *collections;
    size_t vector_length;
    struct collection *collection; /* whose users are read */
    uv_mutex_t mutex;              /* of what is below */
    struct buffer *problem;
};

static int load_collection(void *owner, const struct archive_collection *facts)
{
    struct loading *loading = owner;
    size_t length = embedding_length(facts->model_version);
    struct collection *collection;

    if (length == 0) {
        buffer_printf(loading->problem,
                      "the collection %s was made with face model %s, which "
                      "this engine does not know",
                      facts->id, facts->model_version);
        return E_UNSUPPORTED;
    }
    collection = collection_create(facts, length);
    collections_add(loading->collections, collection);
    collection_let_go(collection);
    if (length != loading->vector_length)
        log_warn("collection=%s was made with face model %s: its faces can be "
                 "listed and deleted, and must be indexed anew to be found",
                 facts->id, facts->model_version);
    return 0;
}

static int check_length(struct loading *loading,
                        const struct collection *collection,
                        size_t vector_length)
{
    if (vector_length == collection->vector_length)
        return 0;
    uv_mutex_lock(&loading->mutex);
    if (!loading->problem->len)
        buffer_printf(loading->problem,
                      "the collection %s has a vector of %zu numbers among "
                      "those of %zu",
                      collection->id, vector_length, collection->vector_length);
    uv_mutex_unlock(&loading->mutex);
    return E_INVALID;
}

static int load_face(void *owner, const char *id, const struct record *record,
                     const float *vector, size_t vector_length)
{
    struct loading *loading = owner;
    const struct collection *collection =
        collections_find(loading->collections, id);
    int error = collection ? check_length(loading, collection, vector_length)
                           : E_NOT_FOUND;

    return error ? error : gallery_add(collection->gallery, record, vector);
}

static int load_user(void *owner, const struct record *user,
                     const float *vector, size_t vector_length)
{
    struct loading *loading = owner;
    int error = vector_length
                    ? check_length(loading, loading->collection, vector_length)
                    : 0;

    if (error == 0)
        collection_set_user(loading->collection, user,
                            vector_length ? vector : NULL);
    return error;
}

struct collections *collections_load(struct archive *archive,
                                     size_t vector_length,
                                     struct buffer *problem)
{
    struct collections *collections = xcalloc(1, sizeof *collections);
    struct loading loading = {.collections = collections,
                              .vector_length = vector_length,
                              .problem = problem};
    int error = archive_each_collection(archive, load_collection, &loading);

    uv_mutex_init(&loading.mutex);
    if (!error)
        error = archive_each_face_of_all(archive, load_face, &loading);
    for (size_t i = 0; i < collections->count && !error; i++) {
        loading.collection = collections->list[i];
        error = archive_each_user(archive, loading.collection->id, "", SIZE_MAX,
                                  load_user, &loading);
    }
    uv_mutex_destroy(&loading.mutex);
    if (!error)
        return collections;
    if (!problem->len)
        buffer_printf(problem, "the collections cannot be read: %s",
                      error_sentence(error));
    collections_destroy(collections);
    return NULL;
}

void collections_destroy(struct collections *collections)
{
    if (!collections)
        return;
    for (size_t i = 0; i < collections->count; i++)
        collection_let_go(collections->list[i]);
    free(collections->list);
    free(collections);
}
