#pragma once

#include <stddef.h>
#include <stdint.h>

#include "block.h"

/*
 * From face ids to rows: a hash table that grows by one bucket for each face,
 * so that no addition takes longer than another.  Those of one bucket are
 * chained through the rows themselves.  All zero is empty.
 *
 * A row's number is that of its block and its place there.
 */
struct directory {
    struct block **blocks; /* borrowed */
    size_t block_count;
    uint32_t *buckets; /* the first row of each; DIRECTORY_NONE: none */
    size_t bucket_count;
    size_t bucket_power; /* the least power of two that is not less */
    size_t bucket_capacity;
    size_t count; /* rows */
};

#define DIRECTORY_NONE UINT32_MAX
enum { DIRECTORY_BLOCKS_MAX = UINT32_MAX / BLOCK_ROWS };

void directory_finish(struct directory *directory);

void directory_add_block(struct directory *directory, struct block *block);
struct block *directory_block(const struct directory *directory, uint32_t row);
struct packed_record *directory_record(const struct directory *directory,
                                       uint32_t row);

/* DIRECTORY_NONE: it is not there. */
uint32_t directory_find(const struct directory *directory,
                        const struct id_bits *id);

/* The row is taken, and its id is new. */
void directory_add(struct directory *directory, uint32_t row);

/* The row must be there, and is still as it was. */
void directory_remove(struct directory *directory, uint32_t row);

/* What was row `from` has become row `to`. */
void directory_move(struct directory *directory, uint32_t from, uint32_t to);
