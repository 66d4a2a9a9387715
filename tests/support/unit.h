#pragma once

/*
 * What every unit test includes: cmocka, and ways to the files that tests
 * share.  A test's name is a sentence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The library lets a group pass whose teardown failed; here it fails. */
static CMFixtureFunction unit_teardown;
static bool unit_is_torn_down;

static inline int unit_tear_down(void **state)
{
    unit_is_torn_down = unit_teardown(state) == 0;
    return unit_is_torn_down ? 0 : -1;
}

static inline int unit_run(const char *name, const struct CMUnitTest *tests,
                           size_t count, CMFixtureFunction setup,
                           CMFixtureFunction teardown)
{
    int failed;

    unit_teardown = teardown;
    failed = _cmocka_run_group_tests(name, tests, count, setup,
                                     teardown ? unit_tear_down : NULL);
    return failed == 0 && teardown && !unit_is_torn_down ? 1 : failed;
}

#undef cmocka_run_group_tests
#define cmocka_run_group_tests(tests, setup, teardown)                         \
    unit_run(#tests, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)

/* Exit status of a test program that cannot run here; ctest counts it. */
enum { UNIT_SKIPPED = 77 };

/* Ends the program as skipped, with the reason; a failure where CI is set,
 * because there everything must run. */
static inline _Noreturn void unit_skip(const char *reason)
{
    const char *ci = getenv("CI");

    fprintf(stderr, "skipped: %s\n", reason);
    exit(ci && *ci ? EXIT_FAILURE : UNIT_SKIPPED);
}

/* A path below the source tree; one buffer, overwritten by the next call. */
static inline const char *unit_source(const char *path)
{
    static char text[4096];
    const char *top = getenv("FACEWIRE_SOURCE");

    snprintf(text, sizeof text, "%s/%s", top ? top : ".", path);
    return text;
}

/* A path in the folder that `variable` names, else in ../shared/<folder> beside
 * the source tree; ends the program as skipped if there is no such folder. */
static inline const char *unit_shared(const char *variable, const char *folder,
                                      const char *path)
{
    static char text[4096];
    const char *place = getenv(variable);
    FILE *file;

    if (place && *place)
        snprintf(text, sizeof text, "%s/%s", place, path);
    else
        snprintf(text, sizeof text, "%s/../shared/%s/%s",
                 getenv("FACEWIRE_SOURCE") ? getenv("FACEWIRE_SOURCE") : ".",
                 folder, path);
    file = fopen(text, "re");
    if (!file)
        unit_skip(text);
    fclose(file);
    return text;
}

/* A whole file with a zero byte behind it, to be freed; fails the test if it
 * cannot be read. */
static inline char *unit_read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "re");
    char *bytes;
    long size;

    if (!file)
        fail_msg("cannot read %s", path);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    bytes = malloc((size_t)size + 1);
    if (fread(bytes, 1, (size_t)size, file) != (size_t)size)
        fail_msg("cannot read all of %s", path);
    bytes[size] = '\0';
    fclose(file);
    if (len)
        *len = (size_t)size;
    return bytes;
}
