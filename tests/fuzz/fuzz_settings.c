/*
 * fuzz_settings.c - settings with any values
 *
 * Each line is the value of a row of the server's table, in order.  What is
 * taken is within the row's bounds; what is not is told by the variable's name.
 */
#include "fuzz.h"
#include "server_settings.h"

static void check_bounds(const struct server_settings *settings)
{
    for (size_t i = 0; i < server_settings_count; i++) {
        const struct setting *row = &server_settings_table[i];
        const void *member = (const char *)settings + row->offset;

        if (row->kind == SETTING_NUMBER || row->kind == SETTING_BYTES)
            MUST(*(const int64_t *)member >= row->least &&
                 *(const int64_t *)member <= row->most);
        if (row->kind == SETTING_TEXT || row->kind == SETTING_SECRET)
            MUST(*(const char *const *)member);
    }
}

/* Whether the sentence begins with the name of a row. */
static bool names_a_row(const char *problem)
{
    for (size_t i = 0; i < server_settings_count; i++) {
        const char *name = server_settings_table[i].name;

        if (strncmp(problem, name, strlen(name)) == 0)
            return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct rest rest = {(const char *)bytes, len};
    struct server_settings settings = {0};
    char problem[256] = "";

    for (size_t i = 0; i < server_settings_count; i++) {
        char *value = rest_line(&rest);

        setenv(server_settings_table[i].name, value, 1);
        free(value);
    }
    if (settings_read(server_settings_table, server_settings_count, &settings,
                      problem) == 0) {
        check_bounds(&settings);
        settings_finish(server_settings_table, server_settings_count,
                        &settings);
    } else {
        MUST(names_a_row(problem));
    }
    return 0;
}
