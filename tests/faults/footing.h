#pragma once

#include <stddef.h>

#include "child.h"

/* What a part holds of the machine while it has nothing to do. */
struct footing {
    size_t descriptors;
    size_t kilobytes;
};

/* When it has come to rest. */
void footing_take(struct footing *footing, const struct child *child);

/* Demands that it has come back to it. */
void footing_compare(const struct footing *footing, const struct child *child);
