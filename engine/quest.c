/*
 * quest.c - one search through the blocks of a gallery
 *
 * Of each block it first reads the sketches, at the speed of memory, and then
 * the vectors that they do not rule out.
 */
#include <math.h>

#include "dot.h"
#include "quest.h"
#include "scan.h"

struct quest {
    dot_fn *dot;
    scan_fn *scan;
    const struct gallery_query *query;
    struct sketch_query sketch;
    struct id_bits except;
    struct ranking *ranking;
    bool seen[BLOCK_ROWS]; /* rows of the first block that were looked at */
};

static void look_at(struct quest *quest, const struct block *block, size_t row)
{
    const struct gallery_query *query = quest->query;
    const struct packed_record *record = &block->records[row];
    double cosine = quest->dot(query->vector, block_vector(block, row),
                               block->vector_length);

    if (cosine >= query->cosine_min && cosine >= ranking_bar(quest->ranking) &&
        (!query->except || id_bits_compare(&record->id, &quest->except) != 0))
        ranking_offer(quest->ranking, cosine, record);
}

/* What is less alike than this is not wanted. */
static double bar_of(const struct quest *quest)
{
    return fmax(quest->query->cosine_min, ranking_bar(quest->ranking));
}

/* Passes all rows that can be wanted. */
static struct scan scan_surely(const struct quest *quest,
                               const struct block *block)
{
    const struct sketch_query *sketch = &quest->sketch;

    return (struct scan){
        .numbers = sketch->numbers,
        .pieces = sketch->pieces,
        .unit = (float)sketch->unit,
        .reach = (float)sketch->reach,
        .least = sketch_least(sketch, bar_of(quest), (double)block->norm_max)};
}

/* Passes the rows that are wanted if their sketches do not err. */
static struct scan scan_roughly(const struct quest *quest)
{
    const struct sketch_query *sketch = &quest->sketch;

    return (struct scan){.numbers = sketch->numbers,
                         .pieces = sketch->pieces,
                         .unit = (float)sketch->unit,
                         .least = (float)(bar_of(quest) - sketch->shift)};
}

static size_t smaller(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* What passed of some rows. */
struct hits {
    size_t first; /* of the rows */
    size_t count;
    uint16_t rows[SCAN_ROWS_MAX]; /* from the first one on */
};

/* So many vectors are on their way at once: they lie apart from each other. */
enum { AHEAD = 64 };

/* Into the second cache, since the first one has too few lines for them. */
static void fetch_hit(const struct block *block, const struct hits *hits,
                      size_t number)
{
    enum { LINE = 64 / sizeof(float), SECOND_CACHE = 2 };
    const float *vector = block_vector(block, hits->first + hits->rows[number]);

    for (size_t i = 0; i < block->vector_length; i += LINE)
        __builtin_prefetch(vector + i, 0, SECOND_CACHE);
}

static void find_hits(const struct quest *quest, const struct scan *scan,
                      const struct block *block, size_t first, size_t rows,
                      struct hits *hits)
{
    size_t group = first / SKETCH_ROWS;

    hits->first = first;
    hits->count = quest->scan(
        scan,
        block->sketches + group * sketch_group_bytes(block->vector_length),
        block->errors + first, rows, hits->rows);
    for (size_t i = 0; i < smaller(hits->count, AHEAD); i++)
        fetch_hit(block, hits, i);
}

/* Looks once at each. */
static void look_at_hits(struct quest *quest, const struct block *block,
                         bool is_first, const struct hits *hits)
{
    for (size_t i = 0; i < hits->count; i++) {
        size_t row = hits->first + hits->rows[i];

        if (i + AHEAD < hits->count)
            fetch_hit(block, hits, i + AHEAD);
        if (is_first && quest->seen[row])
            continue;
        look_at(quest, block, row);
        if (is_first)
            quest->seen[row] = true;
    }
}

/*
 * A first look at the block where a search begins, when nothing is known yet of
 * how alike the best ones are: it finds most of them, and what is sure then
 * rules out more.  The steps grow, because the first ones rule out nothing.
 */
static void look_roughly(struct quest *quest, const struct block *block)
{
    enum { FIRST_ROWS = 64 };
    struct hits hits;
    size_t rows = FIRST_ROWS;

    for (size_t row = 0; row < block->count; row += rows) {
        const struct scan scan = scan_roughly(quest);

        if (row > 0)
            rows = smaller(row, SCAN_ROWS_MAX);
        rows = smaller(rows, block->count - row);
        find_hits(quest, &scan, block, row, rows, &hits);
        look_at_hits(quest, block, true, &hits);
    }
}

/* The bar rises as rows are looked at, so few of the next ones pass.  While the
 * vectors of those that do are on their way, the next sketches are read. */
static void look_surely(struct quest *quest, const struct block *block,
                        bool is_first)
{
    struct hits both[2], *hits = &both[0], *next = &both[1];

    hits->count = 0;
    for (size_t row = 0; row < block->count; row += SCAN_ROWS_MAX) {
        const struct scan scan = scan_surely(quest, block);
        struct hits *found = next;

        find_hits(quest, &scan, block, row,
                  smaller(SCAN_ROWS_MAX, block->count - row), found);
        look_at_hits(quest, block, is_first, hits);
        next = hits;
        hits = found;
    }
    look_at_hits(quest, block, is_first, hits);
}

/* Whether strangers are wanted, too: the best of a block full of them are about
 * that much alike. */
static bool wants_strangers(const struct quest *quest, size_t vector_length)
{
    return quest->query->cosine_min < 4 / sqrt((double)vector_length);
}

static void look_into(struct quest *quest, struct block *block, bool is_first)
{
    pthread_rwlock_rdlock(&block->lock);
    if (is_first && wants_strangers(quest, block->vector_length))
        look_roughly(quest, block);
    look_surely(quest, block, is_first);
    pthread_rwlock_unlock(&block->lock);
}

void quest_run(const struct gallery_query *query, struct block *first,
               struct ranking *ranking)
{
    struct quest quest = {.dot = dot_fastest(),
                          .scan = scan_fastest(),
                          .query = query,
                          .ranking = ranking};

    if (query->except)
        quest.except = id_bits_of(query->except);
    sketch_ask(&quest.sketch, query->vector, first->vector_length);
    for (struct block *block = first; block; block = block->next)
        look_into(&quest, block, block == first);
}
