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

/* Into the second cache: the first one's lines are too few for the vectors that
 * are on their way. */
static void fetch_vector(const float *vector, size_t length)
{
    enum { LINE = 64 / sizeof(float), SECOND_CACHE = 2 };

    for (size_t i = 0; i < length; i += LINE)
        __builtin_prefetch(vector + i, 0, SECOND_CACHE);
}

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

/* Writes which of some rows, from `first` on, pass. */
static size_t find_rows(const struct quest *quest, const struct scan *scan,
                        const struct block *block, size_t first, size_t rows,
                        uint16_t hits[static SCAN_ROWS_MAX])
{
    size_t group = first / SKETCH_ROWS;

    return quest->scan(scan,
                       block->sketches +
                           group * sketch_group_bytes(block->vector_length),
                       block->errors + first, rows, hits);
}

/* Looks at what passed of the rows from `first` on, once at each.  Vectors lie
 * apart from each other: the next ones are on their way while one is looked at.
 */
static void look_at_hits(struct quest *quest, const struct block *block,
                         bool is_first, size_t first, const uint16_t *hits,
                         size_t count)
{
    enum { AHEAD = 8 };

    for (size_t i = 0; i < count + AHEAD; i++) {
        size_t row;

        if (i < count)
            fetch_vector(block_vector(block, first + hits[i]),
                         block->vector_length);
        if (i < AHEAD)
            continue;
        row = first + hits[i - AHEAD];
        if (is_first && quest->seen[row])
            continue;
        look_at(quest, block, row);
        if (is_first)
            quest->seen[row] = true;
    }
}

static size_t smaller(size_t one, size_t other)
{
    return one < other ? one : other;
}

/*
 * A first look at the block where a search begins, when nothing is known yet of
 * how alike the best ones are: it finds most of them, and what is sure then
 * rules out more.  The steps grow, because the first ones rule out nothing.
 */
static void look_roughly(struct quest *quest, const struct block *block)
{
    enum { FIRST_ROWS = 64 };
    uint16_t hits[SCAN_ROWS_MAX];
    size_t rows = FIRST_ROWS;

    for (size_t row = 0; row < block->count; row += rows) {
        const struct scan scan = scan_roughly(quest);
        size_t count;

        if (row > 0)
            rows = smaller(row, SCAN_ROWS_MAX);
        rows = smaller(rows, block->count - row);
        count = find_rows(quest, &scan, block, row, rows, hits);
        look_at_hits(quest, block, true, row, hits, count);
    }
}

/* The bar rises as rows are looked at, so few of the next ones pass. */
static void look_surely(struct quest *quest, const struct block *block,
                        bool is_first)
{
    uint16_t hits[SCAN_ROWS_MAX];

    for (size_t row = 0; row < block->count; row += SCAN_ROWS_MAX) {
        const struct scan scan = scan_surely(quest, block);
        size_t count =
            find_rows(quest, &scan, block, row,
                      smaller(SCAN_ROWS_MAX, block->count - row), hits);

        look_at_hits(quest, block, is_first, row, hits, count);
    }
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
