#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "basics.h"
#include "packed_record.h"
#include "sketch.h"

/*
 * Some thousand rows of a gallery.  A row is a face: its sketch, its vector,
 * its record and its link, in arrays of their own.  Rows 0 to count - 1 are
 * taken.
 *
 * A search holds a block for as long as it reads it, some tenths of a
 * millisecond, and a change for as long as it changes one row; nobody holds
 * two.
 */
enum { BLOCK_ROWS = 16384 };

/* The directory's: it follows them without touching a record. */
struct block_link {
    uint32_t hash; /* of the row's id */
    uint32_t next;
};

struct block {
    pthread_rwlock_t lock; /* of what is below */
    size_t count;
    float norm_max; /* no vector was ever longer */
    size_t vector_length;
    float *vectors;
    uint8_t *sketches;
    float *errors; /* the sketches' */
    struct packed_record *records;
    struct block_link *links;
    void *memory; /* that all five lie in */
    size_t memory_bytes;
    struct block *_Atomic next;
};

/* Large pages are for the sketches alone: those are read from end to end.  They
 * are a waste where few rows are taken. */
struct block *block_create(size_t vector_length,
                           bool with_large_pages) MUST_CHECK;

/* The record is taken over; the row is the block's last one. */
void block_add(struct block *block, const struct packed_record *record,
               const float *vector, const struct sketch *sketch);

/* Behind each addition, with its row: now and then it asks for the memory of
 * the rows to come.  To be called without the lock, so that nobody waits for
 * it. */
void block_look_ahead(struct block *block, size_t row);

/* The last row moves into its place. */
void block_remove(struct block *block, size_t row);

void block_set_vector(struct block *block, size_t row, const float *vector,
                      const struct sketch *sketch);

const float *block_vector(const struct block *block, size_t row);

void block_destroy(struct block *block);
