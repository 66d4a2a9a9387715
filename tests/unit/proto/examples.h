#pragma once

/* The files of proto/examples, for the tests that read them. */
#include "unit.h"

#include <dirent.h>

#include "basics.h"
#include "json.h"

static inline char *example_text(const char *folder, const char *name,
                                 size_t *len)
{
    char path[512];

    snprintf(path, sizeof path, "proto/examples/%s/%s", folder, name);
    return unit_read_file(unit_source(path), len);
}

static inline struct json *example_json(const char *folder, const char *name)
{
    size_t len;
    char *text = example_text(folder, name, &len);
    struct json *value = json_parse(text, len);

    if (!value)
        fail_msg("no JSON: %s/%s", folder, name);
    free(text);
    return value;
}

/* Takes the white space between the tokens away: what is left is what our
 * writers write. */
static inline char *example_squeezed(char *text)
{
    bool in_text = false;
    char *to = text;

    for (const char *from = text; *from; from++) {
        if (in_text && *from == '\\')
            *to++ = *from++;
        else if (*from == '"')
            in_text = !in_text;
        if (in_text || !strchr(" \r\n\t", *from))
            *to++ = *from;
    }
    *to = '\0';
    return text;
}

/* The value as our writers would write it. */
static inline void assert_example_is(const char *folder, const char *name,
                                     const char *written)
{
    char *text = example_squeezed(example_text(folder, name, NULL));

    if (strcmp(text, written) != 0)
        fail_msg("%s/%s is\n%s\nbut we write\n%s", folder, name, text, written);
    free(text);
}

static inline bool example_begins(const char *name, const char *start)
{
    return strncmp(name, start, strlen(start)) == 0;
}

/* The words between the dashes of a file's name: the second of
 * "bad-unknown_topic-cats.json" (counted from 0) is "cats". */
static inline const char *example_word(const char *name, int at,
                                       char word[static 64])
{
    for (; at > 0 && strchr(name, '-'); at--)
        name = strchr(name, '-') + 1;
    snprintf(word, 64, "%.*s", at ? 0 : (int)strcspn(name, "-."), name);
    return word;
}

/* Calls `check` with the name of every file of a folder. */
static inline void each_example(const char *folder,
                                void (*check)(const char *name))
{
    char path[512];
    DIR *entries;
    size_t count = 0;

    snprintf(path, sizeof path, "proto/examples/%s", folder);
    entries = opendir(unit_source(path));
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries));) {
        if (entry->d_name[0] == '.')
            continue;
        check(entry->d_name);
        count++;
    }
    closedir(entries);
    assert_true(count > 0);
}
