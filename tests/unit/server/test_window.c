#include "entries.h"

static struct window *filled(size_t bytes_max, uint64_t first, uint64_t last)
{
    struct window *window = window_create(bytes_max);
    struct offset floor = offset_at("log", first - 1);

    window_clear(window, &floor);
    for (uint64_t ms = first; ms <= last; ms++)
        window_add(window, entry_make(ms, "searches", "x", "", 10));
    return window;
}

static void entries_are_found_behind_an_offset(void **state)
{
    struct window *window = filled(1 << 20, 100, 1000);
    uint64_t serial;

    (void)state;
    for (uint64_t ms = 99; ms < 1000; ms++) {
        struct offset after = offset_at("log", ms);

        assert_true(window_find(window, &after, &serial));
        assert_true(window_at(window, serial)->offset.ms == ms + 1);
    }
    window_destroy(window);
}

static void behind_the_last_comes_the_next(void **state)
{
    struct window *window = filled(1 << 20, 100, 200);
    struct offset last = offset_at("log", 200);
    uint64_t serial;

    (void)state;
    assert_true(window_find(window, &last, &serial));
    assert_true(serial == window_next(window));
    assert_null(window_at(window, serial));
    window_add(window, entry_make(201, "searches", "x", "", 10));
    assert_true(window_at(window, serial)->offset.ms == 201);
    window_destroy(window);
}

static void what_has_left_is_not_found(void **state)
{
    struct window *window = filled(1000, 1, 500); /* 100 of them fit */
    struct offset gone = offset_at("log", 399);
    struct offset there = offset_at("log", 400);
    uint64_t serial;

    (void)state;
    assert_false(window_find(window, &gone, &serial));
    assert_true(window_find(window, &there, &serial));
    assert_true(window_at(window, serial)->offset.ms == 401);
    assert_null(window_at(window, serial - 1));
    window_destroy(window);
}

static void one_entry_stays_however_large_it_is(void **state)
{
    struct window *window = filled(1000, 1, 5);
    struct log_entry *large = entry_make(6, "searches", "x", "", 5000);

    (void)state;
    window_add(window, large);
    assert_ptr_equal(window_at(window, window_next(window) - 1), large);
    assert_null(window_at(window, window_next(window) - 2));
    window_destroy(window);
}

static void another_log_is_not_searched(void **state)
{
    struct window *window = filled(1000, 1, 5);
    struct offset other = offset_at("other", 3);
    uint64_t serial;

    (void)state;
    assert_false(window_find(window, &other, &serial));
    window_destroy(window);
}

static void serials_run_on_when_it_is_cleared(void **state)
{
    struct window *window = filled(1000, 1, 5);
    uint64_t next = window_next(window), serial;
    struct offset floor = offset_at("new", 0);

    (void)state;
    window_clear(window, &floor);
    assert_true(window_next(window) == next);
    assert_null(window_at(window, next - 1));
    assert_true(window_find(window, &floor, &serial));
    assert_true(serial == next);
    window_destroy(window);
}

/* Entries of two parts in turn: 1, 2, 3 … of the first and of the second. */
static struct window *filled_with_two(uint64_t last)
{
    struct window *window = window_create(1 << 20);
    struct offset floor = offset_at("log", 0);

    window_clear(window, &floor);
    floor.part = 1;
    window_clear(window, &floor);
    for (uint64_t i = 0; i < 2 * last; i++) {
        struct log_entry *entry =
            entry_make(1 + i / 2, "searches", "x", "", 10);

        entry->offset.part = i % 2;
        window_add(window, entry);
    }
    return window;
}

static void each_part_has_a_place_of_its_own(void **state)
{
    struct window *window = filled_with_two(100);
    uint64_t serial;

    (void)state;
    for (uint64_t ms = 0; ms < 100; ms++) {
        struct offset after = offset_at("log", ms);

        for (after.part = 0; after.part < 2; after.part++) {
            assert_true(window_find(window, &after, &serial));
            assert_true(window_at(window, serial)->offset.ms == ms + 1);
            assert_int_equal(window_at(window, serial)->offset.part,
                             after.part);
        }
    }
    window_destroy(window);
}

static void a_part_that_is_cleared_leaves_the_others(void **state)
{
    struct window *window = filled_with_two(50);
    struct offset floor = {.part = 1, .epoch = "new"};
    struct offset after = offset_at("log", 20);
    uint64_t serial, next = window_next(window);

    (void)state;
    window_clear(window, &floor);
    assert_true(window_find(window, &after, &serial));
    assert_true(window_at(window, serial)->offset.ms == 21);
    for (uint64_t at = window_first(window); at < next; at++)
        assert_true(!window_at(window, at) ||
                    window_at(window, at)->offset.part == 0);
    assert_true(window_find(window, &floor, &serial));
    assert_true(serial == next);
    floor = offset_at("gone", 0);
    window_clear(window, &floor); /* holes are left behind */
    assert_true(window_first(window) == next);
    window_destroy(window);
}

static void the_floor_of_a_part_rises_with_its_own_entries(void **state)
{
    struct window *window = window_create(1000);
    struct offset quiet = {.part = 1, .epoch = "log"};
    struct offset floor = offset_at("log", 0);
    uint64_t serial;

    (void)state;
    window_clear(window, &floor);
    window_clear(window, &quiet);
    for (uint64_t ms = 1; ms <= 500; ms++)
        window_add(window, entry_make(ms, "searches", "x", "", 10));
    assert_false(window_find(window, &floor, &serial));
    assert_true(window_find(window, &quiet, &serial));
    assert_true(serial == window_next(window));
    window_destroy(window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_found_behind_an_offset),
        cmocka_unit_test(behind_the_last_comes_the_next),
        cmocka_unit_test(what_has_left_is_not_found),
        cmocka_unit_test(one_entry_stays_however_large_it_is),
        cmocka_unit_test(another_log_is_not_searched),
        cmocka_unit_test(serials_run_on_when_it_is_cleared),
        cmocka_unit_test(each_part_has_a_place_of_its_own),
        cmocka_unit_test(a_part_that_is_cleared_leaves_the_others),
        cmocka_unit_test(the_floor_of_a_part_rises_with_its_own_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
