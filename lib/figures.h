#pragma once

#include <stdint.h>

#include "basics.h"
#include "buffer.h"

/*
 * Figures in the text format of Prometheus, 0.0.4: a family has a head, and
 * behind it a line for each of its series.
 */
enum figure_kind { FIGURE_COUNTER, FIGURE_GAUGE, FIGURE_HISTOGRAM };

/* The head; a counter's name ends in _total. */
void figures_begin(struct buffer *out, enum figure_kind kind, const char *name,
                   const char *sentence);

/* A series; `labels` as they stand between the braces, "": it has none. */
void figures_add(struct buffer *out, const char *name, const char *labels,
                 int64_t value);

/* A family of one series without labels. */
void figures_add_family(struct buffer *out, enum figure_kind kind,
                        const char *name, const char *sentence, int64_t value);
