/*
 * sample.c - measured values and their distribution
 */
#include <stdlib.h>

#include "sample.h"
#include "xalloc.h"

void sample_add(struct sample *sample, double value)
{
    if (sample->count == sample->capacity) {
        sample->capacity = sample->capacity ? 2 * sample->capacity : 1024;
        sample->values =
            xrealloc(sample->values, sample->capacity * sizeof *sample->values);
    }
    sample->values[sample->count++] = value;
}

void sample_finish(struct sample *sample)
{
    free(sample->values);
    *sample = (struct sample){0};
}

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return a < b ? -1 : a > b;
}

double sample_at(struct sample *sample, double part)
{
    if (sample->count == 0)
        return 0;
    qsort(sample->values, sample->count, sizeof *sample->values, compare);
    return sample->values[(size_t)(part * (double)(sample->count - 1) + 0.5)];
}
