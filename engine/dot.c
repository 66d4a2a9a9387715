/*
 * dot.c - the dot product of two vectors
 *
 * Four sums run side by side, because each addition takes several cycles and
 * the next one would have to wait for it.
 */
#include "dot.h"

float dot_plain(const float *one, const float *other, size_t length)
{
    float sums[4] = {0};
    size_t i = 0;

    for (; i + 4 <= length; i += 4)
        for (size_t k = 0; k < 4; k++)
            sums[k] += one[i + k] * other[i + k];
    for (; i < length; i++)
        sums[0] += one[i] * other[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

#ifdef __x86_64__

#include <immintrin.h>

#define WITH_AVX2 __attribute__((target("avx2,fma")))

WITH_AVX2 static __m256 add_product(__m256 sum, const float *one,
                                    const float *other)
{
    return _mm256_fmadd_ps(_mm256_loadu_ps(one), _mm256_loadu_ps(other), sum);
}

WITH_AVX2 static float dot_avx2(const float *one, const float *other,
                                size_t length)
{
    __m256 sums[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(),
                      _mm256_setzero_ps(), _mm256_setzero_ps()};
    float parts[8];
    size_t i = 0;

    for (; i + 32 <= length; i += 32) {
        sums[0] = add_product(sums[0], one + i, other + i);
        sums[1] = add_product(sums[1], one + i + 8, other + i + 8);
        sums[2] = add_product(sums[2], one + i + 16, other + i + 16);
        sums[3] = add_product(sums[3], one + i + 24, other + i + 24);
    }
    _mm256_storeu_ps(parts, _mm256_add_ps(_mm256_add_ps(sums[0], sums[1]),
                                          _mm256_add_ps(sums[2], sums[3])));
    return dot_plain(one + i, other + i, length - i) +
           ((parts[0] + parts[1]) + (parts[2] + parts[3])) +
           ((parts[4] + parts[5]) + (parts[6] + parts[7]));
}

dot_fn *dot_fastest(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
               ? dot_avx2
               : dot_plain;
}

#else

/* Compilers turn the plain loop into vector instructions elsewhere. */
dot_fn *dot_fastest(void)
{
    return dot_plain;
}

#endif
