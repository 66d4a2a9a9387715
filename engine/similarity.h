#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * How alike two faces are, 0 to 100, from the cosine between their vectors.
 * Each embedder has a curve of its own in models.lock, known by the length of
 * its vectors; docs/recognition.md tells how they were measured.  At 80, the
 * threshold that everybody starts from, two faces should be of one person.
 */
double similarity_percent(size_t vector_length, double cosine);

/* The cosine from which on similarity_percent gives at least `percent`; below
 * -1 for 0. */
double similarity_cosine(size_t vector_length, double percent);
