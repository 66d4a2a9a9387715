/*
 * scan.c - the first look of a search, over sketches
 *
 * A group of sixteen rows is read as sixteen lanes of 32 bits.  A piece of a
 * row is one lane: four bytes, whose lower halves are multiplied with four
 * numbers of the query and whose upper halves with the next four.  So the sums
 * of sixteen rows grow side by side, each in its lane.
 */
#include <string.h>

#include "processor.h"
#include "scan.h"

enum { PIECE_BYTES = SKETCH_ROWS * SKETCH_PIECE_BYTES };

/* What a variant finds in a group: a bit for each row. */
static size_t add_hits(uint16_t *hits, size_t count, size_t first,
                       unsigned found)
{
    for (; found; found &= found - 1)
        hits[count++] = (uint16_t)(first + (size_t)__builtin_ctz(found));
    return count;
}

/* A last group that is not full has hits behind its end. */
static size_t drop_behind(const uint16_t *hits, size_t count, size_t rows)
{
    while (count > 0 && hits[count - 1] >= rows)
        count--;
    return count;
}

static int32_t sum_plain(const struct scan *scan, const uint8_t *group,
                         size_t row)
{
    int32_t sum = 0;

    for (size_t piece = 0; piece < scan->pieces; piece++) {
        const uint8_t *bytes =
            group + piece * PIECE_BYTES + row * SKETCH_PIECE_BYTES;
        const int8_t *numbers = scan->numbers + piece * SKETCH_PIECE;

        for (size_t i = 0; i < SKETCH_PIECE_BYTES; i++)
            sum += (bytes[i] & 15) * numbers[i] +
                   (bytes[i] >> 4) * numbers[i + SKETCH_PIECE_BYTES];
    }
    return sum;
}

static size_t scan_plain(const struct scan *scan, const uint8_t *groups,
                         const float *errors, size_t rows,
                         uint16_t hits[static SCAN_ROWS_MAX])
{
    size_t count = 0;

    for (size_t row = 0; row < rows; row++) {
        const uint8_t *group =
            groups + row / SKETCH_ROWS * scan->pieces * PIECE_BYTES;
        float sum = (float)sum_plain(scan, group, row % SKETCH_ROWS);

        if (sum * scan->unit + errors[row] * scan->reach >= scan->least)
            hits[count++] = (uint16_t)row;
    }
    return count;
}

/* Four numbers of the query as one lane. */
static int32_t lane_of(const int8_t *numbers)
{
    int32_t lane;

    memcpy(&lane, numbers, sizeof lane);
    return lane;
}

#ifdef __x86_64__

#include <immintrin.h>

/* Products of 15 and 127 are added in 16 bits, eight at most: then they move
 * to 32. */
enum { AVX2_PIECES = 4 };

WITH_AVX2 static __m256i add_piece_avx2(__m256i sum, const uint8_t *bytes,
                                        const int8_t *numbers)
{
    const __m256i halves = _mm256_set1_epi8(15);
    __m256i both = _mm256_loadu_si256((const void *)bytes);
    __m256i low = _mm256_and_si256(both, halves);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(both, 4), halves);

    sum = _mm256_add_epi16(
        sum, _mm256_maddubs_epi16(low, _mm256_set1_epi32(lane_of(numbers))));
    return _mm256_add_epi16(
        sum, _mm256_maddubs_epi16(high, _mm256_set1_epi32(lane_of(
                                            numbers + SKETCH_PIECE_BYTES))));
}

/* Eight rows, from `bytes` on. */
WITH_AVX2 static unsigned find_avx2(const struct scan *scan,
                                    const uint8_t *bytes, const float *errors)
{
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i sum = _mm256_setzero_si256();
    __m256 most;

    for (size_t piece = 0; piece < scan->pieces;) {
        __m256i part = _mm256_setzero_si256();
        size_t end = piece + AVX2_PIECES;

        for (; piece < end && piece < scan->pieces; piece++)
            part = add_piece_avx2(part, bytes + piece * PIECE_BYTES,
                                  scan->numbers + piece * SKETCH_PIECE);
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(part, ones));
    }
    most = _mm256_add_ps(
        _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_set1_ps(scan->unit)),
        _mm256_mul_ps(_mm256_loadu_ps(errors), _mm256_set1_ps(scan->reach)));
    return (unsigned)_mm256_movemask_ps(
        _mm256_cmp_ps(most, _mm256_set1_ps(scan->least), _CMP_GE_OQ));
}

WITH_AVX2 static size_t scan_avx2(const struct scan *scan,
                                  const uint8_t *groups, const float *errors,
                                  size_t rows,
                                  uint16_t hits[static SCAN_ROWS_MAX])
{
    size_t count = 0;

    for (size_t row = 0; row < rows; row += SKETCH_ROWS) {
        const uint8_t *group = groups + row * scan->pieces * SKETCH_PIECE_BYTES;
        unsigned low = find_avx2(scan, group, errors + row);
        unsigned high =
            find_avx2(scan, group + PIECE_BYTES / 2, errors + row + 8);

        count = add_hits(hits, count, row, low | high << 8);
    }
    return drop_behind(hits, count, rows);
}

/* Sixteen rows, from `bytes` on. */
WITH_AVX512 static unsigned
find_avx512(const struct scan *scan, const uint8_t *bytes, const float *errors)
{
    const __m512i halves = _mm512_set1_epi8(15);
    __m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();
    __m512 most;

    for (size_t piece = 0; piece < scan->pieces; piece++) {
        const int8_t *numbers = scan->numbers + piece * SKETCH_PIECE;
        __m512i both = _mm512_loadu_si512(bytes + piece * PIECE_BYTES);

        low = _mm512_dpbusd_epi32(low, _mm512_and_si512(both, halves),
                                  _mm512_set1_epi32(lane_of(numbers)));
        high = _mm512_dpbusd_epi32(
            high, _mm512_and_si512(_mm512_srli_epi16(both, 4), halves),
            _mm512_set1_epi32(lane_of(numbers + SKETCH_PIECE_BYTES)));
    }
    most = _mm512_cvtepi32_ps(_mm512_add_epi32(low, high));
    most = _mm512_add_ps(
        _mm512_mul_ps(most, _mm512_set1_ps(scan->unit)),
        _mm512_mul_ps(_mm512_loadu_ps(errors), _mm512_set1_ps(scan->reach)));
    return _mm512_cmp_ps_mask(most, _mm512_set1_ps(scan->least), _CMP_GE_OQ);
}

WITH_AVX512 static size_t scan_avx512(const struct scan *scan,
                                      const uint8_t *groups,
                                      const float *errors, size_t rows,
                                      uint16_t hits[static SCAN_ROWS_MAX])
{
    size_t count = 0;

    for (size_t row = 0; row < rows; row += SKETCH_ROWS)
        count = add_hits(
            hits, count, row,
            find_avx512(scan, groups + row * scan->pieces * SKETCH_PIECE_BYTES,
                        errors + row));
    return drop_behind(hits, count, rows);
}

#elif defined __aarch64__

#include <arm_neon.h>

/* Adds a piece of four rows: two sums of two products for each of them. */
static int32x4x2_t add_piece_neon(int32x4x2_t sum, const uint8_t *bytes,
                                  const int8_t *numbers)
{
    uint8x16_t both = vld1q_u8(bytes);
    int8x16_t low = vreinterpretq_s8_u8(vandq_u8(both, vdupq_n_u8(15)));
    int8x16_t high = vreinterpretq_s8_u8(vshrq_n_u8(both, 4));
    int8x8_t first = vreinterpret_s8_s32(vdup_n_s32(lane_of(numbers)));
    int8x8_t then =
        vreinterpret_s8_s32(vdup_n_s32(lane_of(numbers + SKETCH_PIECE_BYTES)));
    int16x8_t rows01 =
        vmlal_s8(vmull_s8(vget_low_s8(low), first), vget_low_s8(high), then);
    int16x8_t rows23 =
        vmlal_s8(vmull_s8(vget_high_s8(low), first), vget_high_s8(high), then);

    sum.val[0] = vpadalq_s16(sum.val[0], rows01);
    sum.val[1] = vpadalq_s16(sum.val[1], rows23);
    return sum;
}

/* Four rows, from `bytes` on. */
static unsigned find_neon(const struct scan *scan, const uint8_t *bytes,
                          const float *errors)
{
    static const uint32_t bits[] = {1, 2, 4, 8};
    int32x4x2_t sum = {{vdupq_n_s32(0), vdupq_n_s32(0)}};
    float32x4_t most;

    for (size_t piece = 0; piece < scan->pieces; piece++)
        sum = add_piece_neon(sum, bytes + piece * PIECE_BYTES,
                             scan->numbers + piece * SKETCH_PIECE);
    most = vcvtq_f32_s32(vpaddq_s32(sum.val[0], sum.val[1]));
    most = vaddq_f32(vmulq_n_f32(most, scan->unit),
                     vmulq_n_f32(vld1q_f32(errors), scan->reach));
    return vaddvq_u32(
        vandq_u32(vcgeq_f32(most, vdupq_n_f32(scan->least)), vld1q_u32(bits)));
}

static size_t scan_neon(const struct scan *scan, const uint8_t *groups,
                        const float *errors, size_t rows,
                        uint16_t hits[static SCAN_ROWS_MAX])
{
    enum { ROWS = 4 };
    size_t count = 0;

    for (size_t row = 0; row < rows; row += ROWS) {
        const uint8_t *group =
            groups + row / SKETCH_ROWS * scan->pieces * PIECE_BYTES;

        count = add_hits(
            hits, count, row,
            find_neon(scan, group + row % SKETCH_ROWS * SKETCH_PIECE_BYTES,
                      errors + row));
    }
    return drop_behind(hits, count, rows);
}

#endif

/* In rising order of speed. */
static const struct variant {
    enum processor_skill skill;
    scan_fn *scan;
} variants[] = {
    {SKILL_NONE, scan_plain},
#ifdef __x86_64__
    {SKILL_AVX2, scan_avx2},
    {SKILL_AVX512, scan_avx512},
#elif defined __aarch64__
    {SKILL_NEON, scan_neon},
#endif
};

scan_fn *scan_variant(size_t number, const char **name)
{
    if (number >= COUNT(variants))
        return NULL;
    *name = processor_has(variants[number].skill)
                ? processor_skill_name(variants[number].skill)
                : NULL;
    return variants[number].scan;
}

scan_fn *scan_fastest(void)
{
    size_t best = COUNT(variants) - 1;

    while (!processor_has(variants[best].skill))
        best--;
    return variants[best].scan;
}
