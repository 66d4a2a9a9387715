/*
 * tile.c - eight outputs of a tile, a vector of pixels each
 */
#include "tile.h"

#ifdef __x86_64__

#include <immintrin.h>

/* Arrays stay in registers only where every index is a constant. */
#define EACH_OUTPUT(work)                                                      \
    work(0) work(1) work(2) work(3) work(4) work(5) work(6) work(7)

WITH_AVX512 static void multiply_avx512(const float *weights, const float *bias,
                                        const float *panel, size_t depth,
                                        size_t pixels,
                                        const float clamp[static 2], float *out,
                                        size_t stride)
{
    const __m512 least = _mm512_set1_ps(clamp[0]);
    const __m512 most = _mm512_set1_ps(clamp[1]);

    for (size_t i = 0; i < pixels; i += 16) {
        const float *weight = weights;
        __m512 sums[TILE_GROUP];

#define BEGIN(k) sums[(k)] = _mm512_set1_ps(bias[(k)]);
#define ADD(k)                                                                 \
    sums[(k)] = _mm512_fmadd_ps(_mm512_set1_ps(weight[(k)]), row, sums[(k)]);
#define END(k)                                                                 \
    _mm512_storeu_ps(out + (k)*stride + i,                                     \
                     _mm512_min_ps(_mm512_max_ps(sums[(k)], least), most));
        EACH_OUTPUT(BEGIN)
        for (size_t n = 0; n < depth; n++, weight += TILE_GROUP) {
            const __m512 row = _mm512_loadu_ps(panel + n * TILE + i);

            EACH_OUTPUT(ADD)
        }
        EACH_OUTPUT(END)
#undef BEGIN
#undef ADD
#undef END
    }
}

WITH_AVX2 static void multiply_avx2(const float *weights, const float *bias,
                                    const float *panel, size_t depth,
                                    size_t pixels, const float clamp[static 2],
                                    float *out, size_t stride)
{
    const __m256 least = _mm256_set1_ps(clamp[0]);
    const __m256 most = _mm256_set1_ps(clamp[1]);

    for (size_t i = 0; i < pixels; i += 8) {
        const float *weight = weights;
        __m256 sums[TILE_GROUP];

#define BEGIN(k) sums[(k)] = _mm256_set1_ps(bias[(k)]);
#define ADD(k)                                                                 \
    sums[(k)] = _mm256_fmadd_ps(_mm256_set1_ps(weight[(k)]), row, sums[(k)]);
#define END(k)                                                                 \
    _mm256_storeu_ps(out + (k)*stride + i,                                     \
                     _mm256_min_ps(_mm256_max_ps(sums[(k)], least), most));
        EACH_OUTPUT(BEGIN)
        for (size_t n = 0; n < depth; n++, weight += TILE_GROUP) {
            const __m256 row = _mm256_loadu_ps(panel + n * TILE + i);

            EACH_OUTPUT(ADD)
        }
        EACH_OUTPUT(END)
#undef BEGIN
#undef ADD
#undef END
    }
}

tile_multiply_fn *tile_multiply(enum processor_skill skill)
{
    return skill == SKILL_AVX512 ? multiply_avx512 : multiply_avx2;
}

#else

tile_multiply_fn *tile_multiply(enum processor_skill skill)
{
    (void)skill;
    return NULL;
}

#endif
