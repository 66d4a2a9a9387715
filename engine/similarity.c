/*
 * similarity.c - from cosines to what people read
 *
 * The curves are logistic: flat where the answer is plain, steep where it is
 * not.  Both directions come from the same two numbers.
 */
#include <math.h>

#include "similarity.h"

static const struct curve {
    size_t vector_length;
    double half;  /* the cosine that is worth 50 */
    double slope; /* how steep it is there */
} curves[] = {
    /* MobileFace v2, measured: 0.435 is worth 80. */
    {256, 0.3484, 16},
    /* SFace, not measured by us: its authors' threshold of 0.363 is worth 80.
     */
    {128, 0.2764, 16},
};

/* From here on, what differs is rounding: one photo, sent twice. */
static const double same_cosine = 0.99999;

static const struct curve *curve_of(size_t vector_length)
{
    for (size_t i = 0; i < COUNT(curves); i++)
        if (curves[i].vector_length == vector_length)
            return &curves[i];
    assert(!"an embedder without a curve");
    return NULL;
}

double similarity_percent(size_t vector_length, double cosine)
{
    const struct curve *curve = curve_of(vector_length);

    if (cosine >= same_cosine)
        return 100;
    return 100 / (1 + exp(-curve->slope * (cosine - curve->half)));
}

double similarity_cosine(size_t vector_length, double percent)
{
    const struct curve *curve = curve_of(vector_length);

    if (percent >= 100)
        return same_cosine;
    if (percent <= 0)
        return -2;
    return fmin(curve->half - log(100 / percent - 1) / curve->slope,
                same_cosine);
}
