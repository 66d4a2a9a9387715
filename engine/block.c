/*
 * block.c - some thousand rows of a gallery
 *
 * The memory is the kernel's from the start and becomes real as rows are taken,
 * so that a small collection costs little.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "block.h"
#include "fair_lock.h"
#include "log.h"
#include "xalloc.h"

enum { LARGE_PAGE_BYTES = 2 * 1024 * 1024, AHEAD_ROWS = 256 };

/* Where each array begins, one behind the other. */
struct plan {
    size_t sketches, errors, records, links, end;
};

static struct plan make_plan(size_t vector_length)
{
    struct plan plan;

    plan.sketches = BLOCK_ROWS * vector_length * sizeof(float);
    plan.errors = plan.sketches +
                  BLOCK_ROWS / SKETCH_ROWS * sketch_group_bytes(vector_length);
    plan.records = plan.errors + BLOCK_ROWS * sizeof(float);
    plan.links = plan.records + BLOCK_ROWS * sizeof(struct packed_record);
    plan.end = plan.links + BLOCK_ROWS * sizeof(struct block_link);
    return plan;
}

/* As xmalloc, the program ends where there is none. */
static char *map(struct block *block, size_t bytes)
{
    uintptr_t start;

    block->memory_bytes = bytes + LARGE_PAGE_BYTES;
    block->memory = mmap(NULL, block->memory_bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block->memory == MAP_FAILED)
        fatal("out of memory");
    start = (uintptr_t)block->memory + LARGE_PAGE_BYTES - 1;
    return (char *)block->memory +
           (start - start % LARGE_PAGE_BYTES - (uintptr_t)block->memory);
}

struct block *block_create(size_t vector_length, bool with_large_pages)
{
    struct block *block = xcalloc(1, sizeof *block);
    struct plan plan = make_plan(vector_length);
    char *start = map(block, plan.end);

    /* It is advice; where the kernel does not take it, nothing is lost. */
    if (with_large_pages)
        (void)madvise(start + plan.sketches, plan.errors - plan.sketches,
                      MADV_HUGEPAGE);
    fair_lock_init(&block->lock);
    block->vector_length = vector_length;
    block->vectors = (void *)start;
    block->sketches = (void *)(start + plan.sketches);
    block->errors = (void *)(start + plan.errors);
    block->records = (void *)(start + plan.records);
    block->links = (void *)(start + plan.links);
    return block;
}

void block_destroy(struct block *block)
{
    if (!block)
        return;
    for (size_t row = 0; row < block->count; row++)
        packed_record_finish(&block->records[row]);
    munmap(block->memory, block->memory_bytes);
    pthread_rwlock_destroy(&block->lock);
    free(block);
}

static float *vector_of(const struct block *block, size_t row)
{
    return block->vectors + row * block->vector_length;
}

const float *block_vector(const struct block *block, size_t row)
{
    return vector_of(block, row);
}

static size_t vector_bytes(const struct block *block)
{
    return block->vector_length * sizeof *block->vectors;
}

static uint8_t *group_of(const struct block *block, size_t row)
{
    return block->sketches +
           row / SKETCH_ROWS * sketch_group_bytes(block->vector_length);
}

void block_set_vector(struct block *block, size_t row, const float *vector,
                      const struct sketch *sketch)
{
    memcpy(vector_of(block, row), vector, vector_bytes(block));
    sketch_put(sketch, block->vector_length, group_of(block, row),
               row % SKETCH_ROWS);
    block->errors[row] = sketch->error;
    block->norm_max = fmaxf(block->norm_max, sketch->norm);
}

/* Asked for at once, it costs less than page by page as it is written.  Where
 * the kernel does not know how, nothing is lost. */
void block_look_ahead(struct block *block, size_t row)
{
    size_t next = row - row % AHEAD_ROWS + AHEAD_ROWS;

    if (row % AHEAD_ROWS == AHEAD_ROWS / 2 && next < BLOCK_ROWS)
        (void)madvise(vector_of(block, next), AHEAD_ROWS * vector_bytes(block),
                      MADV_POPULATE_WRITE);
}

void block_add(struct block *block, const struct packed_record *record,
               const float *vector, const struct sketch *sketch)
{
    size_t row = block->count++;

    assert(row < BLOCK_ROWS);
    block_set_vector(block, row, vector, sketch);
    block->records[row] = *record;
}

static void move(struct block *block, size_t from, size_t to)
{
    memcpy(vector_of(block, to), vector_of(block, from), vector_bytes(block));
    sketch_move(block->vector_length, group_of(block, from), from % SKETCH_ROWS,
                group_of(block, to), to % SKETCH_ROWS);
    block->errors[to] = block->errors[from];
    block->records[to] = block->records[from];
    block->links[to] = block->links[from];
}

/* A face that was removed leaves nothing behind. */
static void wipe(struct block *block, size_t row)
{
    static const struct sketch none;

    memset(vector_of(block, row), 0, vector_bytes(block));
    sketch_put(&none, block->vector_length, group_of(block, row),
               row % SKETCH_ROWS);
    block->records[row] = (struct packed_record){.texts = NULL};
    block->links[row] = (struct block_link){.hash = 0};
}

/* An empty block gives its memory back. */
void block_remove(struct block *block, size_t row)
{
    size_t last = --block->count;

    packed_record_finish(&block->records[row]);
    if (row != last)
        move(block, last, row);
    wipe(block, last);
    if (last == 0) {
        block->norm_max = 0;
        (void)madvise(block->vectors, make_plan(block->vector_length).end,
                      MADV_DONTNEED);
    }
}
