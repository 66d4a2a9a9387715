/*
 * sketch.c - vectors with four bits for each number
 *
 * A vector of length 1 with n numbers has numbers of about 1 / sqrt(n).  The
 * sixteen steps are as wide as fits those of the embedder's vectors best, which
 * are spread nearly like chance is: the difference is about a tenth of the
 * vector then.  Other vectors are farther from their sketches, and are looked
 * at more often for it.
 *
 * With x the vector, s its sketch, y what is looked for and z the same in whole
 * numbers: x*y = s*z + s*(y - z) + (x - s)*y, and no product is larger than the
 * lengths of both, so x*y <= s*z + (|x| + |x - s|) |y - z| + |x - s| |y|.
 */
#include <math.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "processor.h"
#include "sketch.h"

enum { LEVELS = 16, QUERY_MOST = 127 };

/* The width of a step for vectors of one number. */
static const double step_of_one = 0.32;

/* The middle between the levels stands for 0. */
static const double middle = (LEVELS - 1) / 2.0;

/* What is at most is rounded up when it becomes a float. */
static const double rounding = 1 + 1e-6;

/* Longer vectors are none of ours; floats might not hold their products. */
static const double norm_most = 1e15;

/* An endless error times 0 would be no number. */
static const double least_reach = 1e-30;

static double step_of(size_t vector_length)
{
    return step_of_one / sqrt((double)vector_length);
}

size_t sketch_pieces(size_t vector_length)
{
    return (vector_length + SKETCH_PIECE - 1) / SKETCH_PIECE;
}

size_t sketch_group_bytes(size_t vector_length)
{
    return sketch_pieces(vector_length) * SKETCH_PIECE_BYTES * SKETCH_ROWS;
}

/* A number that is none gets any level. */
static unsigned level_of(float number, float steps)
{
    float level = number * steps + (float)LEVELS / 2;

    return level > 0 ? level < LEVELS ? (unsigned)level : LEVELS - 1 : 0;
}

struct sums {
    double squares;
    double error_squares;
};

/* From the first number of a piece to the last of the vector. */
static void draw_plain(struct sketch *sketch, const float *vector, size_t first,
                       size_t length, double step, struct sums *sums)
{
    const float steps = (float)(1 / step);

    for (size_t i = first; i < length; i++) {
        unsigned level = level_of(vector[i], steps);
        double error = (double)vector[i] - (level - middle) * step;

        sketch->bytes[i / SKETCH_PIECE * SKETCH_PIECE_BYTES +
                      i % SKETCH_PIECE_BYTES] |=
            (uint8_t)(i % SKETCH_PIECE < SKETCH_PIECE_BYTES ? level
                                                            : level << 4);
        sums->squares += (double)vector[i] * (double)vector[i];
        sums->error_squares += error * error;
    }
}

#ifdef __x86_64__

/* What the lanes of two come to. */
WITH_AVX2 static double add_up(const __m256d parts[static 2])
{
    double sums[4];

    _mm256_storeu_pd(sums, _mm256_add_pd(parts[0], parts[1]));
    return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

/* The levels of a piece, in two halves. */
WITH_AVX2 static void levels_of(__m256 numbers, float steps,
                                __m128i halves[static 2])
{
    __m256 levels = _mm256_add_ps(_mm256_mul_ps(numbers, _mm256_set1_ps(steps)),
                                  _mm256_set1_ps((float)LEVELS / 2));
    __m256i whole = _mm256_cvttps_epi32(
        _mm256_min_ps(_mm256_max_ps(levels, _mm256_setzero_ps()),
                      _mm256_set1_ps(LEVELS - 1)));

    halves[0] = _mm256_castsi256_si128(whole);
    halves[1] = _mm256_extracti128_si256(whole, 1);
}

/* Levels fill a byte each of their four; the first half goes below. */
WITH_AVX2 static void write_levels(uint8_t bytes[static SKETCH_PIECE_BYTES],
                                   const __m128i halves[static 2])
{
    const __m128i lowest = _mm_set1_epi32(0x0c080400);
    __m128i joined = _mm_or_si128(halves[0], _mm_slli_epi32(halves[1], 4));
    int four = _mm_cvtsi128_si32(_mm_shuffle_epi8(joined, lowest));

    memcpy(bytes, &four, SKETCH_PIECE_BYTES);
}

/* So many whole pieces. */
WITH_AVX2 static void draw_avx2(struct sketch *sketch, const float *vector,
                                size_t pieces, double step, struct sums *sums)
{
    const __m256d wide = _mm256_set1_pd(step);
    __m256d squares[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()};
    __m256d errors[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()};

    for (size_t piece = 0; piece < pieces; piece++) {
        const float *numbers = vector + piece * SKETCH_PIECE;
        __m128i halves[2];

        levels_of(_mm256_loadu_ps(numbers), (float)(1 / step), halves);
        write_levels(sketch->bytes + piece * SKETCH_PIECE_BYTES, halves);
        for (size_t k = 0; k < 2; k++) {
            __m256d number = _mm256_cvtps_pd(_mm_loadu_ps(numbers + 4 * k));
            __m256d level = _mm256_sub_pd(_mm256_cvtepi32_pd(halves[k]),
                                          _mm256_set1_pd(middle));
            __m256d error = _mm256_fnmadd_pd(level, wide, number);

            squares[k] = _mm256_fmadd_pd(number, number, squares[k]);
            errors[k] = _mm256_fmadd_pd(error, error, errors[k]);
        }
    }
    sums->squares += add_up(squares);
    sums->error_squares += add_up(errors);
}

#endif

static void finish(struct sketch *sketch, const struct sums *sums)
{
    sketch->error = (float)(sqrt(sums->error_squares) * rounding);
    sketch->norm = (float)(sqrt(sums->squares) * rounding);
    if (!(sums->squares < norm_most * norm_most)) {
        sketch->error = INFINITY;
        sketch->norm = 0;
    }
}

void sketch_draw_plain(struct sketch *sketch, const float *vector,
                       size_t vector_length)
{
    struct sums sums = {0, 0};

    memset(sketch->bytes, 0, sizeof sketch->bytes);
    draw_plain(sketch, vector, 0, vector_length, step_of(vector_length), &sums);
    finish(sketch, &sums);
}

void sketch_draw(struct sketch *sketch, const float *vector,
                 size_t vector_length)
{
    const double step = step_of(vector_length);
    struct sums sums = {0, 0};
    size_t first = 0;

    memset(sketch->bytes, 0, sizeof sketch->bytes);
#ifdef __x86_64__
    if (processor_has(SKILL_AVX2)) {
        draw_avx2(sketch, vector, vector_length / SKETCH_PIECE, step, &sums);
        first = vector_length / SKETCH_PIECE * SKETCH_PIECE;
    }
#endif
    draw_plain(sketch, vector, first, vector_length, step, &sums);
    finish(sketch, &sums);
}

static size_t place_of(size_t piece, size_t row)
{
    return (piece * SKETCH_ROWS + row) * SKETCH_PIECE_BYTES;
}

void sketch_put(const struct sketch *sketch, size_t vector_length,
                uint8_t *group, size_t row)
{
    for (size_t piece = 0; piece < sketch_pieces(vector_length); piece++)
        memcpy(group + place_of(piece, row),
               sketch->bytes + piece * SKETCH_PIECE_BYTES, SKETCH_PIECE_BYTES);
}

void sketch_move(size_t vector_length, const uint8_t *from, size_t from_row,
                 uint8_t *to, size_t to_row)
{
    for (size_t piece = 0; piece < sketch_pieces(vector_length); piece++)
        memcpy(to + place_of(piece, to_row), from + place_of(piece, from_row),
               SKETCH_PIECE_BYTES);
}

void sketch_ask(struct sketch_query *query, const float *vector,
                size_t vector_length)
{
    double most = 0, squares = 0, error_squares = 0, sum = 0, unit;

    *query = (struct sketch_query){.pieces = sketch_pieces(vector_length)};
    for (size_t i = 0; i < vector_length; i++) {
        most = fmax(most, fabs((double)vector[i]));
        squares += (double)vector[i] * (double)vector[i];
    }
    if (!(squares < norm_most * norm_most)) {
        query->reach = least_reach;
        query->miss = INFINITY;
        return;
    }
    unit = most > 0 ? most / QUERY_MOST : 1;
    for (size_t i = 0; i < vector_length; i++) {
        double number = nearbyint((double)vector[i] / unit);
        double error = (double)vector[i] - number * unit;

        query->numbers[i] = (int8_t)number;
        sum += number;
        error_squares += error * error;
    }
    query->unit = unit * step_of(vector_length);
    query->shift = -middle * sum * query->unit;
    query->miss = sqrt(error_squares);
    query->reach = sqrt(squares) + query->miss + least_reach;
}

float sketch_least(const struct sketch_query *query, double product,
                   double norm_max)
{
    /* No sum times unit is more than five times as long as the query; floats
     * are off by 1e-7 of what they hold, once for each step of the sum. */
    double margin = 1e-6 * (norm_max + 10) * query->reach + least_reach;

    if (isinf(query->miss))
        return -INFINITY;
    return nextafterf(
        (float)(product - query->shift - norm_max * query->miss - margin),
        -INFINITY);
}
