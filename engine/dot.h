#pragma once

#include <stddef.h>

/* The dot product of two vectors of `length` numbers. */
typedef float dot_fn(const float *one, const float *other, size_t length);

/* The fastest that this processor can do.  Its sum may differ from that of a
 * plain loop in the last digits, because it adds in another order. */
dot_fn *dot_fastest(void);

/* The one that every processor can do. */
dot_fn dot_plain;
