/*
 * settings.c - the environment, read through one table
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "errors.h"
#include "log.h"
#include "settings.h"
#include "xalloc.h"

enum { SECRET_FILE_BYTES_MAX = 64 * 1024 };

static bool is_text(const struct setting *row)
{
    return row->kind == SETTING_TEXT || row->kind == SETTING_SECRET;
}

/* Reads the file that holds a secret, to be freed; NULL if it cannot be. */
static char *read_secret_file(const char *path)
{
    char *text;
    size_t len;
    FILE *file = fopen(path, "re");

    if (!file)
        return NULL;
    text = xmalloc(SECRET_FILE_BYTES_MAX + 1);
    len = fread(text, 1, SECRET_FILE_BYTES_MAX, file);
    text[len] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    if (ferror(file)) {
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

/* The value that the environment gives, to be freed; NULL where it gives none.
 * An empty variable counts as not set, as in compose files. */
static int find_value(const struct setting *row, char **value,
                      char problem[static 256])
{
    const char *plain = getenv(row->name);
    char *file_name = xprintf("%s_FILE", row->name);
    const char *path = row->kind == SETTING_SECRET ? getenv(file_name) : NULL;
    int error = 0;

    *value = NULL;
    if (plain && plain[0] && path && path[0]) {
        snprintf(problem, 256, "%s and %s are both set; one is enough",
                 row->name, file_name);
        error = E_INVALID;
    } else if (path && path[0]) {
        *value = read_secret_file(path);
        if (!*value) {
            snprintf(problem, 256, "%s: %.100s: %s", file_name, path,
                     strerror(errno));
            error = E_INVALID;
        }
    } else if (plain && plain[0]) {
        *value = xstrdup(plain);
    }
    free(file_name);
    return error;
}

static int parse_flag(const char *text, bool *flag)
{
    static const char *const words[] = {"0",  "1",   "false", "true",
                                        "no", "yes", "off",   "on"};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcasecmp(text, words[i]) == 0) {
            *flag = i % 2 == 1;
            return 0;
        }
    }
    return E_INVALID;
}

static int parse_number(const struct setting *row, const char *text,
                        int64_t *number)
{
    static const char units[] = "KMG";
    const char *unit;
    int64_t factor = 1;
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    if (end == text || errno)
        return E_INVALID;
    if (row->kind == SETTING_BYTES && *end &&
        (unit = strchr(units, *end)) != NULL) {
        for (const char *u = units; u <= unit; u++)
            factor *= 1024;
        end++;
    }
    if (*end || *number > INT64_MAX / factor || *number < INT64_MIN / factor)
        return E_INVALID;
    *number *= factor;
    return *number >= row->least && *number <= row->most ? 0 : E_INVALID;
}

/* Puts the value into its member. */
static int store(const struct setting *row, const char *value, void *member,
                 char problem[static 256])
{
    switch (row->kind) {
    case SETTING_TEXT:
    case SETTING_SECRET:
        *(char **)member = xstrdup(value);
        return 0;
    case SETTING_FLAG:
        if (parse_flag(value, member) == 0)
            return 0;
        snprintf(problem, 256, "%s is \"%.60s\": it takes 1 or 0", row->name,
                 value);
        return E_INVALID;
    case SETTING_NUMBER:
    case SETTING_BYTES:
        if (parse_number(row, value, member) == 0)
            return 0;
        snprintf(problem, 256,
                 "%s is \"%.60s\": it takes a number from %" PRId64
                 " to %" PRId64,
                 row->name, value, row->least, row->most);
        return E_INVALID;
    }
    return E_INVALID;
}

int settings_read(const struct setting *table, size_t count, void *settings,
                  char problem[static 256])
{
    for (size_t i = 0; i < count; i++) {
        const struct setting *row = &table[i];
        void *member = (char *)settings + row->offset;
        char *value;
        int error = find_value(row, &value, problem);

        if (error == 0 && !value && !row->fallback) {
            snprintf(problem, 256, "%s must be set: %.180s", row->name,
                     row->sentence);
            error = E_INVALID;
        }
        if (error == 0)
            error = store(row, value ? value : row->fallback, member, problem);
        free(value);
        if (error) {
            settings_finish(table, i, settings);
            return error;
        }
    }
    return 0;
}

void settings_finish(const struct setting *table, size_t count, void *settings)
{
    for (size_t i = 0; i < count; i++) {
        char **text = (void *)((char *)settings + table[i].offset);

        if (is_text(&table[i])) {
            free(*text);
            *text = NULL;
        }
    }
}

void settings_print(const struct setting *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct setting *row = &table[i];

        printf("  %s", row->name);
        if (row->kind == SETTING_SECRET)
            printf(" or %s_FILE", row->name);
        if (!row->fallback)
            printf(" (must be set)");
        else if (row->fallback[0])
            printf(" (%s)", row->fallback);
        printf("\n      %s\n", row->sentence);
    }
}

void settings_load(int argc, char **argv, const char *purpose,
                   const struct setting *table, size_t count, void *settings)
{
    char problem[256];

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("%s %s\n", argv[0], FACEWIRE_VERSION);
        exit(EXIT_SUCCESS);
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        printf("%s: %s\n\n", argv[0], purpose);
        printf("Settings come from the environment (defaults in brackets):\n");
        settings_print(table, count);
        exit(EXIT_SUCCESS);
    }
    if (argc > 1)
        fatal("%s is no argument; try --help", argv[1]);
    if (settings_read(table, count, settings, problem) < 0)
        fatal("%s", problem);
}
