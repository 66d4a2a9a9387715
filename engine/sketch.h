#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "networks.h"

/*
 * A sketch is what a search looks at first: four bits for each number of a
 * vector instead of 32.  How far a vector is from its sketch is known, so the
 * sketch says how large the dot product can be at most; only the vectors for
 * which that is enough are looked at themselves.  Nothing is lost by it.
 *
 * Sketches lie in groups of SKETCH_ROWS, in pieces of eight numbers: the first
 * piece of each row, then the second of each, as scan.h wants them.
 */
enum {
    SKETCH_ROWS = 16,
    SKETCH_PIECE = 8,       /* numbers */
    SKETCH_PIECE_BYTES = 4, /* the first four numbers in the lower halves */
    SKETCH_PIECES_MAX = NETWORKS_VECTOR_MAX / SKETCH_PIECE,
};

/* How many pieces a vector has; the last one may be filled up with zeros. */
size_t sketch_pieces(size_t vector_length);
size_t sketch_group_bytes(size_t vector_length);

/* One sketch, outside of a group. */
struct sketch {
    uint8_t bytes[SKETCH_PIECES_MAX * SKETCH_PIECE_BYTES];
    float error; /* how long the difference to the vector is, at most */
    float norm;  /* how long the vector is, at most */
};

/* A vector that is endless, or has a number that is none, has an endless error:
 * its sketch rules out nothing. */
void sketch_draw(struct sketch *sketch, const float *vector,
                 size_t vector_length);

/* The same, as every processor can: how it is right. */
void sketch_draw_plain(struct sketch *sketch, const float *vector,
                       size_t vector_length);

/* Puts it in a row of a group; moves it from there to another one. */
void sketch_put(const struct sketch *sketch, size_t vector_length,
                uint8_t *group, size_t row);
void sketch_move(size_t vector_length, const uint8_t *from, size_t from_row,
                 uint8_t *to, size_t to_row);

/*
 * What is looked for, in whole numbers, and how far that is from the vector.
 * For a vector with `sketch`, of a norm up to `norm_max`:
 *
 *   product <= sum * unit + shift + error * reach + norm_max * miss
 *
 * where `sum` is that of the sketch's numbers (0 to 15) times `numbers`.
 */
struct sketch_query {
    int8_t
        numbers[SKETCH_PIECES_MAX * SKETCH_PIECE]; /* zeros behind the last */
    size_t pieces;
    double unit;
    double shift;
    double reach;
    double miss;
};
void sketch_ask(struct sketch_query *query, const float *vector,
                size_t vector_length);

/* What `sum * unit + error * reach`, in floats, comes to at least where the
 * product does. */
float sketch_least(const struct sketch_query *query, double product,
                   double norm_max);
