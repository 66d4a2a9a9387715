/*
 * figures.c - figures in the text format of Prometheus
 */
#include <inttypes.h>

#include "figures.h"

void figures_begin(struct buffer *out, enum figure_kind kind, const char *name,
                   const char *sentence)
{
    static const char *const words[] = {
        [FIGURE_COUNTER] = "counter",
        [FIGURE_GAUGE] = "gauge",
        [FIGURE_HISTOGRAM] = "histogram",
    };

    buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, sentence, name,
                  words[kind]);
}

void figures_add(struct buffer *out, const char *name, const char *labels,
                 int64_t value)
{
    if (labels[0])
        buffer_printf(out, "%s{%s} %" PRId64 "\n", name, labels, value);
    else
        buffer_printf(out, "%s %" PRId64 "\n", name, value);
}

void figures_add_family(struct buffer *out, enum figure_kind kind,
                        const char *name, const char *sentence, int64_t value)
{
    figures_begin(out, kind, name, sentence);
    figures_add(out, name, "", value);
}
