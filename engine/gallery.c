/*
 * gallery.c - the faces of one collection, searched in memory
 *
 * A face is a row: its vector lies in one long array, which a search reads from
 * front to back at the speed of memory, and its record in another.  Removing
 * moves the last row into the gap, so both stay without holes.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "dot.h"
#include "errors.h"
#include "gallery.h"
#include "id_table.h"
#include "ranking.h"
#include "xalloc.h"

struct gallery {
    pthread_rwlock_t lock; /* of all below */
    dot_fn *dot;
    size_t vector_length;
    size_t faces_max;
    float *vectors;         /* count times vector_length numbers */
    struct record *records; /* of the same rows */
    struct id_table rows;
    size_t count;
    size_t capacity;
};

/* By default a stream of searches would keep every change waiting for ever. */
static void lock_init(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t kind;
    int error;

    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    error = pthread_rwlock_init(lock, &kind);
    assert(error == 0);
    (void)error;
    pthread_rwlockattr_destroy(&kind);
}

struct gallery *gallery_create(size_t vector_length, size_t faces_max)
{
    struct gallery *gallery = xcalloc(1, sizeof *gallery);

    lock_init(&gallery->lock);
    gallery->dot = dot_fastest();
    gallery->vector_length = vector_length;
    gallery->faces_max = faces_max;
    return gallery;
}

void gallery_destroy(struct gallery *gallery)
{
    if (!gallery)
        return;
    for (size_t i = 0; i < gallery->count; i++)
        record_finish(&gallery->records[i]);
    id_table_finish(&gallery->rows);
    free(gallery->vectors);
    free(gallery->records);
    pthread_rwlock_destroy(&gallery->lock);
    free(gallery);
}

size_t gallery_count(struct gallery *gallery)
{
    size_t count;

    pthread_rwlock_rdlock(&gallery->lock);
    count = gallery->count;
    pthread_rwlock_unlock(&gallery->lock);
    return count;
}

static float *vector_of(const struct gallery *gallery, size_t row)
{
    return gallery->vectors + row * gallery->vector_length;
}

static size_t vector_bytes(const struct gallery *gallery)
{
    return gallery->vector_length * sizeof *gallery->vectors;
}

static void make_room(struct gallery *gallery)
{
    if (gallery->count < gallery->capacity)
        return;
    gallery->capacity += gallery->capacity / 2 + 16;
    gallery->vectors =
        xrealloc(gallery->vectors, gallery->capacity * vector_bytes(gallery));
    gallery->records = xrealloc(gallery->records,
                                gallery->capacity * sizeof *gallery->records);
}

static int add_row(struct gallery *gallery, const struct record *record,
                   const float *vector)
{
    size_t row = gallery->count;

    if (id_table_find(&gallery->rows, record->id) != ID_TABLE_NONE)
        return E_DUPLICATE;
    if (gallery->count >= gallery->faces_max)
        return E_TOO_LARGE;
    make_room(gallery);
    memcpy(vector_of(gallery, row), vector, vector_bytes(gallery));
    gallery->records[row] = record_copy(record);
    id_table_set(&gallery->rows, record->id, row);
    gallery->count++;
    return 0;
}

int gallery_add(struct gallery *gallery, const struct record *record,
                const float *vector)
{
    int error;

    pthread_rwlock_wrlock(&gallery->lock);
    error = add_row(gallery, record, vector);
    pthread_rwlock_unlock(&gallery->lock);
    return error;
}

static int remove_row(struct gallery *gallery, const char *id)
{
    ptrdiff_t found = id_table_find(&gallery->rows, id);
    size_t row = (size_t)found, last = gallery->count - 1;

    if (found == ID_TABLE_NONE)
        return E_NOT_FOUND;
    id_table_remove(&gallery->rows, id);
    record_finish(&gallery->records[row]);
    if (row != last) {
        memcpy(vector_of(gallery, row), vector_of(gallery, last),
               vector_bytes(gallery));
        gallery->records[row] = gallery->records[last];
        id_table_set(&gallery->rows, gallery->records[row].id, row);
    }
    /* A face that was removed leaves nothing behind. */
    memset(vector_of(gallery, last), 0, vector_bytes(gallery));
    gallery->count--;
    return 0;
}

int gallery_remove(struct gallery *gallery, const char *id)
{
    int error;

    pthread_rwlock_wrlock(&gallery->lock);
    error = remove_row(gallery, id);
    pthread_rwlock_unlock(&gallery->lock);
    return error;
}

int gallery_set_user(struct gallery *gallery, const char *id,
                     const char *user_id)
{
    ptrdiff_t row;

    pthread_rwlock_wrlock(&gallery->lock);
    row = id_table_find(&gallery->rows, id);
    if (row != ID_TABLE_NONE) {
        free((char *)gallery->records[row].user_id);
        gallery->records[row].user_id = xstrdup(user_id);
    }
    pthread_rwlock_unlock(&gallery->lock);
    return row == ID_TABLE_NONE ? E_NOT_FOUND : 0;
}

int gallery_set_vector(struct gallery *gallery, const char *id,
                       const float *vector)
{
    ptrdiff_t row;

    pthread_rwlock_wrlock(&gallery->lock);
    row = id_table_find(&gallery->rows, id);
    if (row != ID_TABLE_NONE)
        memcpy(vector_of(gallery, (size_t)row), vector, vector_bytes(gallery));
    pthread_rwlock_unlock(&gallery->lock);
    return row == ID_TABLE_NONE ? E_NOT_FOUND : 0;
}

int gallery_find(struct gallery *gallery, const char *id, struct record *record,
                 float *vector)
{
    ptrdiff_t row;

    pthread_rwlock_rdlock(&gallery->lock);
    row = id_table_find(&gallery->rows, id);
    if (row != ID_TABLE_NONE && record)
        *record = record_copy(&gallery->records[row]);
    if (row != ID_TABLE_NONE && vector)
        memcpy(vector, vector_of(gallery, (size_t)row), vector_bytes(gallery));
    pthread_rwlock_unlock(&gallery->lock);
    return row == ID_TABLE_NONE ? E_NOT_FOUND : 0;
}

static void rank_all(const struct gallery *gallery,
                     const struct gallery_query *query, struct ranking *ranking)
{
    ptrdiff_t except = query->except
                           ? id_table_find(&gallery->rows, query->except)
                           : ID_TABLE_NONE;

    for (size_t row = 0; row < gallery->count; row++) {
        double cosine = (double)gallery->dot(
            query->vector, vector_of(gallery, row), gallery->vector_length);

        if (cosine >= query->cosine_min && (ptrdiff_t)row != except)
            ranking_offer(
                ranking, (struct place){cosine, gallery->records[row].id, row});
    }
}

void gallery_search(struct gallery *gallery, const struct gallery_query *query,
                    struct matches *matches)
{
    struct ranking ranking;

    pthread_rwlock_rdlock(&gallery->lock);
    ranking_init(&ranking,
                 query->most < gallery->count ? query->most : gallery->count);
    rank_all(gallery, query, &ranking);

    matches->count = ranking.count;
    matches->list = xcalloc(ranking.count, sizeof *matches->list);
    while (ranking.count > 0) {
        struct place worst = ranking_take_worst(&ranking);

        matches->list[ranking.count] = (struct match){
            worst.cosine, record_copy(&gallery->records[worst.row])};
    }
    pthread_rwlock_unlock(&gallery->lock);
    ranking_finish(&ranking);
}

void matches_finish(struct matches *matches)
{
    for (size_t i = 0; i < matches->count; i++)
        record_finish(&matches->list[i].record);
    free(matches->list);
    *matches = (struct matches){0};
}
