/*
 * similarity.c - from cosines to what people read
 *
 * The curves are logistic: flat where the answer is plain, steep where it is
 * not.  Both directions come from the same two numbers.
 */
#include <math.h>

#include "embedders.h"
#include "similarity.h"

/* From here on, what differs is rounding: one photo, sent twice. */
static const double same_cosine = 0.99999;

static const struct embedder *curve_of(size_t vector_length)
{
    const struct embedder *embedder = embedder_of_length(vector_length);

    assert(embedder);
    return embedder;
}

double similarity_percent(size_t vector_length, double cosine)
{
    const struct embedder *curve = curve_of(vector_length);

    if (cosine >= same_cosine)
        return 100;
    return 100 / (1 + exp(-curve->slope * (cosine - curve->half)));
}

double similarity_cosine(size_t vector_length, double percent)
{
    const struct embedder *curve = curve_of(vector_length);

    if (percent >= 100)
        return same_cosine;
    if (percent <= 0)
        return -2;
    return fmin(curve->half - log(100 / percent - 1) / curve->slope,
                same_cosine);
}
