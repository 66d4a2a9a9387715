#include "unit.h"

#include "directory.h"
#include "vectors.h"

enum { LENGTH = 8, FACES = 20000 };

static struct directory directory;
static struct block *blocks[FACES / BLOCK_ROWS + 1];

/* Rows whose ids are those of make_record. */
static int make_blocks(void **state)
{
    static const float vector[LENGTH];
    struct sketch sketch;

    (void)state;
    sketch_draw(&sketch, vector, LENGTH);
    for (size_t i = 0; i < COUNT(blocks); i++) {
        blocks[i] = block_create(LENGTH, false);
        directory_add_block(&directory, blocks[i]);
    }
    for (unsigned i = 0; i < FACES; i++) {
        struct record record = make_record(i, NULL);
        struct packed_record packed = packed_record_from(&record);

        block_add(blocks[i / BLOCK_ROWS], &packed, vector, &sketch);
    }
    return 0;
}

static int destroy_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(blocks); i++)
        block_destroy(blocks[i]);
    directory_finish(&directory);
    return 0;
}

static uint32_t find(unsigned number)
{
    struct record record = make_record(number, NULL);
    struct id_bits id = id_bits_of(record.id);

    return directory_find(&directory, &id);
}

static void what_is_in_is_found_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(find(0), DIRECTORY_NONE);
    for (unsigned i = 0; i < FACES; i++) {
        directory_add(&directory, i);
        assert_int_equal(find(i), i);
        assert_int_equal(find(FACES - 1), i < FACES - 1 ? DIRECTORY_NONE : i);
    }
    for (unsigned i = 0; i < FACES; i++)
        assert_int_equal(find(i), i);
    assert_int_equal(find(FACES), DIRECTORY_NONE);

    for (unsigned i = 0; i < FACES; i += 2)
        directory_remove(&directory, i);
    for (unsigned i = 0; i < FACES; i++)
        assert_int_equal(find(i), i % 2 ? i : DIRECTORY_NONE);
    assert_int_equal(directory.count, FACES / 2);
    for (unsigned i = 0; i < FACES; i += 2)
        directory_add(&directory, i);
    for (unsigned i = 0; i < FACES; i++)
        assert_int_equal(find(i), i);
}

static void a_row_that_moves_is_found_where_it_is(void **state)
{
    (void)state;
    directory_remove(&directory, 7);
    block_remove(blocks[0], 7); /* the block's last row moves there */
    directory_move(&directory, BLOCK_ROWS - 1, 7);
    assert_int_equal(find(7), DIRECTORY_NONE);
    assert_int_equal(find(BLOCK_ROWS - 1), 7);
    for (unsigned i = 8; i < BLOCK_ROWS - 1; i++)
        assert_int_equal(find(i), i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_is_found_and_nothing_else),
        cmocka_unit_test(a_row_that_moves_is_found_where_it_is),
    };

    return cmocka_run_group_tests(tests, make_blocks, destroy_blocks);
}
