#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * What a bench found: a row for each contender in each setting, the median of
 * all its rounds, and bars that the medians are held to.
 */
struct results;

enum { RESULTS_COLUMNS_MAX = 8 };

/* `bench` names the file that is written; `about` says in a sentence what is
 * measured.  Columns are names with their units, such as "p99 ms"; all texts
 * are borrowed. */
struct results *results_create(const char *bench, const char *about,
                               const char *const *columns, size_t count);

/* A round's figures, one for each column; NAN where there is none.  `foreign`
 * is the share of the cores that others used meanwhile, in percent. */
void results_add(struct results *results, const char *setting, const char *who,
                 const double *values, double foreign);

/* The median of what was added; NAN if nothing was. */
double results_median(const struct results *results, const char *setting,
                      const char *who, const char *column);

/* Holds a figure to a bar: `value` is to be at least, or at most, so much. */
void results_at_least(struct results *results, const char *what, double value,
                      double bar);
void results_at_most(struct results *results, const char *what, double value,
                     double bar);

/* Prints the tables, writes <bench>.json into the current folder, and frees. */
void results_finish(struct results *results);
