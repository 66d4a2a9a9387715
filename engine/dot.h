#pragma once

#include <stddef.h>

/*
 * The dot product of two vectors of `length` numbers.
 *
 * All of them give the same bits: a product of two floats fits a double as it
 * is, and each adds the products to the same sixteen sums in the same order.
 * So a ranking is the same on every processor.
 */
typedef double dot_fn(const float *one, const float *other, size_t length);

/* The fastest that this processor can do. */
dot_fn *dot_fastest(void);

/* What this program has for processors of this kind, the plain one first; NULL
 * past the last.  `name` says which it is, and is NULL where this processor
 * lacks it. */
dot_fn *dot_variant(size_t number, const char **name);

/* The one that every processor can do. */
dot_fn dot_plain;
