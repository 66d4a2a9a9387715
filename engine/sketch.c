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

void sketch_draw(struct sketch *sketch, const float *vector,
                 size_t vector_length)
{
    const double step = step_of(vector_length);
    const float steps = (float)(1 / step);
    double squares = 0, error_squares = 0;

    memset(sketch->bytes, 0, sizeof sketch->bytes);
    for (size_t i = 0; i < vector_length; i++) {
        unsigned level = level_of(vector[i], steps);
        double error = (double)vector[i] - (level - middle) * step;

        sketch->bytes[i / SKETCH_PIECE * SKETCH_PIECE_BYTES +
                      i % SKETCH_PIECE_BYTES] |=
            (uint8_t)(i % SKETCH_PIECE < SKETCH_PIECE_BYTES ? level
                                                            : level << 4);
        squares += (double)vector[i] * (double)vector[i];
        error_squares += error * error;
    }
    sketch->error = (float)(sqrt(error_squares) * rounding);
    sketch->norm = (float)(sqrt(squares) * rounding);
    if (!(squares < norm_most * norm_most)) {
        sketch->error = INFINITY;
        sketch->norm = 0;
    }
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
