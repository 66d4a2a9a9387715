#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * Settings come from the environment.  A program has one table of them; the
 * table parses, prints `--help` and is the documentation.  Each row fills one
 * member of the program's settings struct:
 *
 *   SETTING_TEXT, SETTING_SECRET  const char * ("" where the default is "")
 *   SETTING_NUMBER, SETTING_BYTES int64_t, between least and most;
 *                                 bytes may end in K, M or G
 *   SETTING_FLAG                  bool: 1, 0, true, false, yes, no, on, off
 *
 * A secret named X can also come from the file that X_FILE names (without the
 * line's end); then X itself must not be set.  Secrets are never printed.
 */
enum setting_kind {
    SETTING_TEXT,
    SETTING_SECRET,
    SETTING_NUMBER,
    SETTING_BYTES,
    SETTING_FLAG,
};

struct setting {
    const char *name;
    enum setting_kind kind;
    size_t offset;        /* of the member in the settings struct */
    const char *fallback; /* as it would be written; NULL: must be set */
    const char *sentence;
    int64_t least, most; /* of numbers */
};

/*
 * Fills `settings`.  Returns 0, or E_INVALID with the reason in `problem`, a
 * sentence that names the variable.  Texts live until settings_finish.
 */
int settings_read(const struct setting *table, size_t count, void *settings,
                  char problem[static 256]) MUST_CHECK;
void settings_finish(const struct setting *table, size_t count, void *settings);

/* Prints the table, as `--help` does. */
void settings_print(const struct setting *table, size_t count);

/*
 * What main does first: handles --help and --version (and exits), refuses other
 * arguments, reads the table and stops the program on a bad value.
 */
void settings_load(int argc, char **argv, const char *purpose,
                   const struct setting *table, size_t count, void *settings);
