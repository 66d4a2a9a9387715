#include "unit.h"

#include <unistd.h>

#include "footprint.h"
#include "json.h"
#include "process_share.h"

static void what_only_the_start_needed_is_given_back(void **state)
{
    size_t before = process_file_kilobytes(getpid());

    (void)state;
    footprint_shrink();
    assert_in_range(process_file_kilobytes(getpid()), 1, before - 1);
}

static void all_goes_on_as_before(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct json *value = json_parse("{\"a\":[1.5]}", 11);
        char *text;

        footprint_shrink();
        text = json_print_and_destroy(value);
        assert_string_equal(text, "{\"a\":[1.5]}");
        free(text);
    }
}

/* So many looks in a row say no; each comes after so much work. */
static void expect_no(struct footprint_watch *watch, int64_t *cpu_ms,
                      int worked_ms, size_t looks)
{
    for (size_t i = 0; i < looks; i++) {
        *cpu_ms += worked_ms;
        assert_false(footprint_is_due(watch, *cpu_ms));
    }
}

static void who_does_nothing_keeps_what_it_has(void **state)
{
    struct footprint_watch watch = {.seen_ms = 700};
    int64_t cpu_ms = 700;

    (void)state;
    expect_no(&watch, &cpu_ms, 0, 1000);
    /* A little adds up. */
    expect_no(&watch, &cpu_ms, 1, 9);
    assert_true(footprint_is_due(&watch, cpu_ms + 1));
}

static void who_rests_after_work_gives_back_once(void **state)
{
    struct footprint_watch watch = {0};
    int64_t cpu_ms = 0;

    (void)state;
    expect_no(&watch, &cpu_ms, 2000, 5);
    assert_true(footprint_is_due(&watch, cpu_ms));
    expect_no(&watch, &cpu_ms, 0, 1000);
}

/* However little it works. */
static void who_never_rests_gives_back_once_a_minute(void **state)
{
    static const int works_ms[] = {20, 2000};
    const size_t looks = 60000 / FOOTPRINT_LOOK_MS;

    (void)state;
    for (size_t i = 0; i < COUNT(works_ms); i++) {
        struct footprint_watch watch = {0};
        int64_t cpu_ms = 0;

        for (int minute = 0; minute < 3; minute++) {
            expect_no(&watch, &cpu_ms, works_ms[i], looks - 1);
            cpu_ms += works_ms[i];
            assert_true(footprint_is_due(&watch, cpu_ms));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_only_the_start_needed_is_given_back),
        cmocka_unit_test(all_goes_on_as_before),
        cmocka_unit_test(who_does_nothing_keeps_what_it_has),
        cmocka_unit_test(who_rests_after_work_gives_back_once),
        cmocka_unit_test(who_never_rests_gives_back_once_a_minute),
    };

    footprint_init();
    footprint_keep_room(FOOTPRINT_ROOM_BYTES);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
