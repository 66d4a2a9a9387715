/*
 * dot.c - the dot product of two vectors
 *
 * Product i goes to sum i modulo 16, and at the end the upper half of the sums
 * is added to the lower one until one is left.  What differs between the
 * variants is how many sums go through one instruction.
 */
#include "dot.h"
#include "basics.h"
#include "processor.h"

enum { SUMS = 16 };

/* Adds what is left behind the last sixteen numbers, then all sums. */
static double finish(double sums[static SUMS], const float *one,
                     const float *other, size_t length)
{
    for (size_t k = 0; k < length; k++)
        sums[k] += (double)one[k] * (double)other[k];
    for (size_t half = SUMS / 2; half > 0; half /= 2)
        for (size_t k = 0; k < half; k++)
            sums[k] += sums[k + half];
    return sums[0];
}

double dot_plain(const float *one, const float *other, size_t length)
{
    double sums[SUMS] = {0};
    size_t i = 0;

    for (; i + SUMS <= length; i += SUMS)
        for (size_t k = 0; k < SUMS; k++)
            sums[k] += (double)one[i + k] * (double)other[i + k];
    return finish(sums, one + i, other + i, length - i);
}

#ifdef __x86_64__

#include <immintrin.h>

WITH_AVX2 static double dot_avx2(const float *one, const float *other,
                                 size_t length)
{
    __m256d parts[4] = {_mm256_setzero_pd(), _mm256_setzero_pd(),
                        _mm256_setzero_pd(), _mm256_setzero_pd()};
    double sums[SUMS];
    size_t i = 0;

    for (; i + SUMS <= length; i += SUMS)
        for (size_t k = 0; k < COUNT(parts); k++)
            parts[k] = _mm256_fmadd_pd(
                _mm256_cvtps_pd(_mm_loadu_ps(one + i + 4 * k)),
                _mm256_cvtps_pd(_mm_loadu_ps(other + i + 4 * k)), parts[k]);
    for (size_t k = 0; k < COUNT(parts); k++)
        _mm256_storeu_pd(sums + 4 * k, parts[k]);
    return finish(sums, one + i, other + i, length - i);
}

WITH_AVX512 static double dot_avx512(const float *one, const float *other,
                                     size_t length)
{
    __m512d low = _mm512_setzero_pd(), high = _mm512_setzero_pd();
    double sums[SUMS];
    size_t i = 0;

    for (; i + SUMS <= length; i += SUMS) {
        low = _mm512_fmadd_pd(_mm512_cvtps_pd(_mm256_loadu_ps(one + i)),
                              _mm512_cvtps_pd(_mm256_loadu_ps(other + i)), low);
        high = _mm512_fmadd_pd(_mm512_cvtps_pd(_mm256_loadu_ps(one + i + 8)),
                               _mm512_cvtps_pd(_mm256_loadu_ps(other + i + 8)),
                               high);
    }
    _mm512_storeu_pd(sums, low);
    _mm512_storeu_pd(sums + 8, high);
    return finish(sums, one + i, other + i, length - i);
}

#elif defined __aarch64__

#include <arm_neon.h>

static double dot_neon(const float *one, const float *other, size_t length)
{
    float64x2_t parts[8] = {0};
    double sums[SUMS];
    size_t i = 0;

    for (; i + SUMS <= length; i += SUMS)
        for (size_t k = 0; k < COUNT(parts); k++)
            parts[k] =
                vfmaq_f64(parts[k], vcvt_f64_f32(vld1_f32(one + i + 2 * k)),
                          vcvt_f64_f32(vld1_f32(other + i + 2 * k)));
    for (size_t k = 0; k < COUNT(parts); k++)
        vst1q_f64(sums + 2 * k, parts[k]);
    return finish(sums, one + i, other + i, length - i);
}

#endif

/* In rising order of speed. */
static const struct variant {
    enum processor_skill skill;
    dot_fn *dot;
} variants[] = {
    {SKILL_NONE, dot_plain},
#ifdef __x86_64__
    {SKILL_AVX2, dot_avx2},
    {SKILL_AVX512, dot_avx512},
#elif defined __aarch64__
    {SKILL_NEON, dot_neon},
#endif
};

dot_fn *dot_variant(size_t number, const char **name)
{
    if (number >= COUNT(variants))
        return NULL;
    *name = processor_has(variants[number].skill)
                ? processor_skill_name(variants[number].skill)
                : NULL;
    return variants[number].dot;
}

dot_fn *dot_fastest(void)
{
    size_t best = COUNT(variants) - 1;

    while (!processor_has(variants[best].skill))
        best--;
    return variants[best].dot;
}
