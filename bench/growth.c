/*
 * growth.c - rows named by the size of what is paid in
 */
#include <stdio.h>

#include "growth.h"

void growth_add(struct results *results, const char *what, size_t size,
                double us, double bytes, double foreign)
{
    char text[32];

    snprintf(text, sizeof text, "%zu", size);
    results_add(results, what, text, (double[]){us, bytes}, foreign);
}
