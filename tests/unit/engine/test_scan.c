#include "unit.h"

#include "scan.h"
#include "vectors.h"

enum { LENGTH = 256, GROUPS = SCAN_ROWS_MAX / SKETCH_ROWS };

static uint8_t groups[GROUPS * SKETCH_ROWS * LENGTH / 2];
static float errors[SCAN_ROWS_MAX];

static void draw_groups(void)
{
    for (size_t i = 0; i < sizeof groups; i++)
        groups[i] = (uint8_t)(128 + 127 * draw_number());
    for (size_t i = 0; i < SCAN_ROWS_MAX; i++)
        errors[i] = (float)fabs(draw_number());
}

/* Every variant finds what the plain one does; returns how much that is. */
static size_t assert_all_agree(const struct scan *scan, size_t rows)
{
    static uint16_t expected[SCAN_ROWS_MAX], found[SCAN_ROWS_MAX];
    const char *name;
    scan_fn *fn = scan_variant(0, &name);
    size_t count = fn(scan, groups, errors, rows, expected);

    for (size_t i = 1; (fn = scan_variant(i, &name)) != NULL; i++)
        if (name) {
            assert_int_equal(fn(scan, groups, errors, rows, found), count);
            assert_memory_equal(found, expected, count * sizeof *found);
        }
    for (size_t i = 0; i < count; i++)
        assert_true(expected[i] < rows);
    return count;
}

static void every_variant_finds_the_same(void **state)
{
    int8_t numbers[LENGTH];
    size_t count = 0;

    (void)state;
    for (size_t round = 0; round < 200; round++) {
        struct scan scan = {.numbers = numbers,
                            .pieces = 1 + round % (LENGTH / SKETCH_PIECE),
                            .unit = 0.001f,
                            .reach = 1,
                            .least = (float)draw_number() * 3};

        draw_groups();
        for (size_t i = 0; i < LENGTH; i++)
            numbers[i] = (int8_t)(127 * draw_number());
        count += assert_all_agree(&scan, SCAN_ROWS_MAX - round);
        count += assert_all_agree(&scan, round % 40);
    }
    assert_true(count > 10000);
}

static void the_largest_sums_fit(void **state)
{
    int8_t numbers[LENGTH];
    struct scan scan = {.numbers = numbers,
                        .pieces = LENGTH / SKETCH_PIECE,
                        .unit = 1,
                        .reach = 0,
                        .least = 15 * 127 * LENGTH};

    (void)state;
    memset(groups, 0xff, sizeof groups);
    memset(numbers, 127, sizeof numbers);
    assert_int_equal(assert_all_agree(&scan, SCAN_ROWS_MAX), SCAN_ROWS_MAX);
    scan.least += 1;
    assert_int_equal(assert_all_agree(&scan, SCAN_ROWS_MAX), 0);
    memset(numbers, -127, sizeof numbers);
    scan.least = -15 * 127 * LENGTH;
    assert_int_equal(assert_all_agree(&scan, SCAN_ROWS_MAX), SCAN_ROWS_MAX);
    scan.least += 1;
    assert_int_equal(assert_all_agree(&scan, SCAN_ROWS_MAX), 0);
}

static void endless_errors_are_always_found(void **state)
{
    int8_t numbers[LENGTH] = {0};
    struct scan scan = {
        .numbers = numbers, .pieces = 1, .unit = 1, .reach = 1, .least = 1e30f};

    (void)state;
    draw_groups();
    assert_int_equal(assert_all_agree(&scan, 100), 0);
    errors[42] = INFINITY;
    assert_int_equal(assert_all_agree(&scan, 100), 1);
    scan.least = -INFINITY;
    assert_int_equal(assert_all_agree(&scan, 100), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_finds_the_same),
        cmocka_unit_test(the_largest_sums_fit),
        cmocka_unit_test(endless_errors_are_always_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
