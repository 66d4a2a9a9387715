#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "stack.h"

/*
 * What the parts of a stack hold of the machine, looked at again and again: a
 * row of soak.csv each time.
 */
enum gauged { GAUGED_SERVER, GAUGED_WORKER, GAUGED_ENGINE, GAUGED_PARTS };

struct look {
    size_t kilobytes[GAUGED_PARTS];     /* PSS */
    size_t own_kilobytes[GAUGED_PARTS]; /* without files */
    size_t descriptors[GAUGED_PARTS];
    size_t threads[GAUGED_PARTS];
    long long redis_bytes;
    long long redis_keys;
    size_t mariadb_kilobytes;
};

struct gauge {
    const struct stack *stack;
    FILE *csv;
    int64_t start_ms;
    struct look *looks; /* all of them, in their order */
    size_t count;
};

void gauge_open(struct gauge *gauge, const struct stack *stack);
void gauge_finish(struct gauge *gauge);

/* Looks once; `acts` and `jobs` are what was done so far. */
void gauge_look(struct gauge *gauge, size_t acts, size_t jobs);

/* The same without writing it down. */
struct look gauge_glance(const struct stack *stack);

/* Prints how the last quarter compares with the second; whether all is flat. */
bool gauge_is_flat(const struct gauge *gauge);

/* Prints what is held now and was held before; whether no descriptor and no
 * thread is left over. */
bool gauge_is_back(const struct look *now, const struct look *before);
