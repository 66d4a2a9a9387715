#pragma once

#include <stddef.h>

#include "basics.h"

/* Measured values, kept all, to be asked for their distribution. */
struct sample {
    double *values;
    size_t count;
    size_t capacity;
};

void sample_add(struct sample *sample, double value);
void sample_finish(struct sample *sample);

/* The value that a part of all (0 to 1) do not exceed; 0 of none. */
double sample_at(struct sample *sample, double part);
