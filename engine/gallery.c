/*
 * gallery.c - the faces of one collection, searched in memory
 *
 * A face is a row of a block, and stays in that block until it is removed.  A
 * search walks along the blocks, holding one at a time, so a face that is there
 * all the while is found, and changes go on in the other blocks.
 *
 * The gallery's lock is taken before a block's.  Whoever changes anything holds
 * it to write, so whoever holds it to read may look into all blocks.
 */
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "directory.h"
#include "errors.h"
#include "fair_lock.h"
#include "gallery.h"
#include "quest.h"
#include "ranking.h"
#include "xalloc.h"

struct gallery {
    pthread_rwlock_t lock; /* of the directory and `open` */
    size_t vector_length;
    size_t faces_max;
    struct directory directory;
    uint32_t open;               /* no block before it has room */
    struct block *_Atomic first; /* of a chain, to which blocks are added */
};

struct gallery *gallery_create(size_t vector_length, size_t faces_max)
{
    struct gallery *gallery = xcalloc(1, sizeof *gallery);

    fair_lock_init(&gallery->lock);
    gallery->vector_length = vector_length;
    gallery->faces_max = faces_max;
    return gallery;
}

void gallery_destroy(struct gallery *gallery)
{
    struct block *block, *next;

    if (!gallery)
        return;
    for (block = gallery->first; block; block = next) {
        next = block->next;
        block_destroy(block);
    }
    directory_finish(&gallery->directory);
    pthread_rwlock_destroy(&gallery->lock);
    free(gallery);
}

size_t gallery_count(struct gallery *gallery)
{
    size_t count;

    pthread_rwlock_rdlock(&gallery->lock);
    count = gallery->directory.count;
    pthread_rwlock_unlock(&gallery->lock);
    return count;
}

/* ---- changes ---- */

/* A block that has room; made where there is none. */
static uint32_t open_block(struct gallery *gallery)
{
    struct directory *directory = &gallery->directory;
    struct block *block;

    for (; gallery->open < directory->block_count; gallery->open++)
        if (directory->blocks[gallery->open]->count < BLOCK_ROWS)
            return gallery->open;
    block = block_create(gallery->vector_length, directory->block_count > 0);
    if (directory->block_count == 0)
        gallery->first = block;
    else
        directory->blocks[directory->block_count - 1]->next = block;
    directory_add_block(directory, block);
    return gallery->open;
}

/* Tells its row. */
static int add_row(struct gallery *gallery, const struct packed_record *record,
                   const float *vector, const struct sketch *sketch,
                   uint32_t *row)
{
    struct block *block;
    uint32_t number;

    if (directory_find(&gallery->directory, &record->id) != DIRECTORY_NONE)
        return E_DUPLICATE;
    if (gallery->directory.count >= gallery->faces_max)
        return E_TOO_LARGE;
    number = open_block(gallery);
    block = gallery->directory.blocks[number];
    *row = number * BLOCK_ROWS + (uint32_t)block->count;

    pthread_rwlock_wrlock(&block->lock);
    block_add(block, record, vector, sketch);
    pthread_rwlock_unlock(&block->lock);
    directory_add(&gallery->directory, *row);
    return 0;
}

int gallery_add(struct gallery *gallery, const struct record *record,
                const float *vector)
{
    struct packed_record packed = packed_record_from(record);
    struct block *block = NULL;
    struct sketch sketch;
    uint32_t row;
    int error;

    sketch_draw(&sketch, vector, gallery->vector_length);
    fair_lock_write(&gallery->lock);
    error = add_row(gallery, &packed, vector, &sketch, &row);
    if (!error)
        block = directory_block(&gallery->directory, row);
    pthread_rwlock_unlock(&gallery->lock);
    if (block)
        block_look_ahead(block, row % BLOCK_ROWS);
    else
        packed_record_finish(&packed);
    return error;
}

static void remove_row(struct gallery *gallery, uint32_t row)
{
    struct block *block = directory_block(&gallery->directory, row);
    uint32_t number = row / BLOCK_ROWS, last;

    directory_remove(&gallery->directory, row);
    pthread_rwlock_wrlock(&block->lock);
    block_remove(block, row % BLOCK_ROWS);
    pthread_rwlock_unlock(&block->lock);
    last = number * BLOCK_ROWS + (uint32_t)block->count;
    if (row != last)
        directory_move(&gallery->directory, last, row);
    if (number < gallery->open)
        gallery->open = number;
}

int gallery_remove(struct gallery *gallery, const char *id)
{
    const struct id_bits bits = id_bits_of(id);
    uint32_t row;

    pthread_rwlock_wrlock(&gallery->lock);
    row = directory_find(&gallery->directory, &bits);
    if (row != DIRECTORY_NONE)
        remove_row(gallery, row);
    pthread_rwlock_unlock(&gallery->lock);
    return row == DIRECTORY_NONE ? E_NOT_FOUND : 0;
}

int gallery_set_user(struct gallery *gallery, const char *id,
                     const char *user_id)
{
    const struct id_bits bits = id_bits_of(id);
    uint32_t row;

    pthread_rwlock_wrlock(&gallery->lock);
    row = directory_find(&gallery->directory, &bits);
    if (row != DIRECTORY_NONE) {
        struct block *block = directory_block(&gallery->directory, row);

        pthread_rwlock_wrlock(&block->lock);
        packed_record_set_user(directory_record(&gallery->directory, row),
                               user_id);
        pthread_rwlock_unlock(&block->lock);
    }
    pthread_rwlock_unlock(&gallery->lock);
    return row == DIRECTORY_NONE ? E_NOT_FOUND : 0;
}

int gallery_set_vector(struct gallery *gallery, const char *id,
                       const float *vector)
{
    const struct id_bits bits = id_bits_of(id);
    struct sketch sketch;
    uint32_t row;

    sketch_draw(&sketch, vector, gallery->vector_length);
    pthread_rwlock_wrlock(&gallery->lock);
    row = directory_find(&gallery->directory, &bits);
    if (row != DIRECTORY_NONE) {
        struct block *block = directory_block(&gallery->directory, row);

        pthread_rwlock_wrlock(&block->lock);
        block_set_vector(block, row % BLOCK_ROWS, vector, &sketch);
        pthread_rwlock_unlock(&block->lock);
    }
    pthread_rwlock_unlock(&gallery->lock);
    return row == DIRECTORY_NONE ? E_NOT_FOUND : 0;
}

/* ---- looking ---- */

int gallery_find(struct gallery *gallery, const char *id, struct record *record,
                 float *vector)
{
    const struct id_bits bits = id_bits_of(id);
    uint32_t row;

    pthread_rwlock_rdlock(&gallery->lock);
    row = directory_find(&gallery->directory, &bits);
    if (row != DIRECTORY_NONE && record)
        *record =
            packed_record_open(directory_record(&gallery->directory, row));
    if (row != DIRECTORY_NONE && vector)
        memcpy(vector,
               block_vector(directory_block(&gallery->directory, row),
                            row % BLOCK_ROWS),
               gallery->vector_length * sizeof *vector);
    pthread_rwlock_unlock(&gallery->lock);
    return row == DIRECTORY_NONE ? E_NOT_FOUND : 0;
}

/* Moves the places to where the most alike comes first. */
static void take_matches(struct ranking *ranking, struct matches *matches)
{
    matches->count = ranking->count;
    matches->list = xcalloc(ranking->count, sizeof *matches->list);
    while (ranking->count > 0) {
        struct place worst = ranking_take_worst(ranking);

        matches->list[ranking->count] =
            (struct match){worst.cosine, packed_record_open(&worst.record)};
        packed_record_finish(&worst.record);
    }
}

void gallery_search(struct gallery *gallery, const struct gallery_query *query,
                    struct matches *matches)
{
    size_t count = gallery_count(gallery);
    struct ranking ranking;

    ranking_init(&ranking, query->most < count ? query->most : count);
    if (gallery->first)
        quest_run(query, gallery->first, &ranking);
    take_matches(&ranking, matches);
    ranking_finish(&ranking);
}

void matches_finish(struct matches *matches)
{
    for (size_t i = 0; i < matches->count; i++)
        record_finish(&matches->list[i].record);
    free(matches->list);
    *matches = (struct matches){0};
}
