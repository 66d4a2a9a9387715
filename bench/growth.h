#pragma once

#include <stdbool.h>

#include "results.h"
#include "stack.h"

/*
 * How a cost grows with the size of what it is paid in: a row for each size,
 * under the name of what grows.  `is_full` goes on to the largest sizes, which
 * takes minutes.
 */
enum { GROWTH_COLUMNS = 2 };

/* A row: microseconds and bytes for each; NAN where there is none. */
void growth_add(struct results *results, const char *what, size_t size,
                double us, double bytes, double foreign);

/* A job that is added, taken and finished while others wait. */
void growth_queue(struct results *results, const struct stack *stack,
                  bool is_full);

/* What is asked of the database while people are enrolled. */
void growth_people(struct results *results, const struct stack *stack,
                   bool is_full);
