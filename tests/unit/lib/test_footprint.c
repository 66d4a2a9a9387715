#include "unit.h"

#include "footprint.h"
#include "json.h"

/* How many KB of files are in this program's memory. */
static long mapped_kb(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    long kb = -1;

    assert_non_null(file);
    while (kb < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "RssFile:", 8) == 0)
            kb = strtol(line + 8, NULL, 10);
    fclose(file);
    return kb;
}

static void what_only_the_start_needed_is_given_back(void **state)
{
    long before = mapped_kb();

    (void)state;
    footprint_shrink();
    assert_true(before > 0);
    assert_in_range(mapped_kb(), 1, before - 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_only_the_start_needed_is_given_back),
        cmocka_unit_test(all_goes_on_as_before),
    };

    footprint_init();
    footprint_keep_room(FOOTPRINT_ROOM_BYTES);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
