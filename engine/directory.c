/*
 * directory.c - from face ids to rows
 *
 * Linear hashing: with n buckets, an id belongs to the bucket that the lowest
 * bits of its hash name, as many as n needs; where there is no such bucket yet,
 * to the one that the bits without the highest name.  A new bucket takes its
 * rows from that one alone.
 */
#include <stdlib.h>

#include "directory.h"
#include "xalloc.h"

enum { BUCKETS_LEAST = 16 };

void directory_finish(struct directory *directory)
{
    free(directory->blocks);
    free(directory->buckets);
    *directory = (struct directory){0};
}

void directory_add_block(struct directory *directory, struct block *block)
{
    assert(directory->block_count < DIRECTORY_BLOCKS_MAX);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a list of pointers */
    directory->blocks =
        xrealloc(directory->blocks,
                 (directory->block_count + 1) * sizeof *directory->blocks);
    directory->blocks[directory->block_count++] = block;
}

struct block *directory_block(const struct directory *directory, uint32_t row)
{
    return directory->blocks[row / BLOCK_ROWS];
}

struct packed_record *directory_record(const struct directory *directory,
                                       uint32_t row)
{
    return &directory_block(directory, row)->records[row % BLOCK_ROWS];
}

static struct block_link *link_of(const struct directory *directory,
                                  uint32_t row)
{
    return &directory_block(directory, row)->links[row % BLOCK_ROWS];
}

/* The ids we make are random but for the time in them; the multiplication
 * spreads those that others have made. */
static uint32_t hash_of(const struct id_bits *id)
{
    uint64_t hash = 0;

    for (size_t i = 0; i < sizeof id->bytes / 2; i++)
        hash = hash << 8 | (id->bytes[i] ^ id->bytes[i + 8]);
    return (uint32_t)(hash * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static uint32_t *bucket_of(const struct directory *directory, uint32_t hash)
{
    size_t power = directory->bucket_power;
    size_t bucket = hash & (power - 1);

    if (bucket >= directory->bucket_count)
        bucket -= power / 2;
    return &directory->buckets[bucket];
}

uint32_t directory_find(const struct directory *directory,
                        const struct id_bits *id)
{
    uint32_t hash = hash_of(id), row;

    if (directory->count == 0)
        return DIRECTORY_NONE;
    row = *bucket_of(directory, hash);
    while (row != DIRECTORY_NONE &&
           (link_of(directory, row)->hash != hash ||
            id_bits_compare(&directory_record(directory, row)->id, id) != 0))
        row = link_of(directory, row)->next;
    return row;
}

static void chain(struct directory *directory, uint32_t row)
{
    struct block_link *link = link_of(directory, row);
    uint32_t *bucket = bucket_of(directory, link->hash);

    link->next = *bucket;
    *bucket = row;
}

static void make_buckets(struct directory *directory)
{
    directory->bucket_count = directory->bucket_capacity = BUCKETS_LEAST;
    directory->bucket_power = BUCKETS_LEAST;
    directory->buckets = xmalloc(BUCKETS_LEAST * sizeof *directory->buckets);
    for (size_t i = 0; i < BUCKETS_LEAST; i++)
        directory->buckets[i] = DIRECTORY_NONE;
}

static void add_bucket(struct directory *directory)
{
    size_t added = directory->bucket_count++, parted;
    uint32_t row;

    if (added == directory->bucket_capacity) {
        directory->bucket_capacity += directory->bucket_capacity / 2;
        directory->buckets =
            xrealloc(directory->buckets,
                     directory->bucket_capacity * sizeof *directory->buckets);
    }
    if (directory->bucket_count > directory->bucket_power)
        directory->bucket_power *= 2;
    parted = added - directory->bucket_power / 2;
    row = directory->buckets[parted];
    directory->buckets[parted] = directory->buckets[added] = DIRECTORY_NONE;
    while (row != DIRECTORY_NONE) {
        uint32_t next = link_of(directory, row)->next;

        chain(directory, row);
        row = next;
    }
}

void directory_add(struct directory *directory, uint32_t row)
{
    link_of(directory, row)->hash =
        hash_of(&directory_record(directory, row)->id);
    directory->count++;
    if (!directory->buckets)
        make_buckets(directory);
    else if (directory->count > directory->bucket_count)
        add_bucket(directory);
    chain(directory, row);
}

/* Where the number of a row stands whose hash this is. */
static uint32_t *place_of(struct directory *directory, uint32_t hash,
                          uint32_t row)
{
    uint32_t *place = bucket_of(directory, hash);

    while (*place != row) {
        assert(*place != DIRECTORY_NONE);
        place = &link_of(directory, *place)->next;
    }
    return place;
}

void directory_remove(struct directory *directory, uint32_t row)
{
    const struct block_link *link = link_of(directory, row);

    *place_of(directory, link->hash, row) = link->next;
    directory->count--;
}

void directory_move(struct directory *directory, uint32_t from, uint32_t to)
{
    *place_of(directory, link_of(directory, to)->hash, from) = to;
}
