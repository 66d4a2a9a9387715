#include "unit.h"

#include "dot.h"
#include "sketch.h"
#include "vectors.h"

enum { LENGTH = 256 };

/* The sum of a sketch's numbers times the query's, one by one. */
static double sum_of(const struct sketch *sketch,
                     const struct sketch_query *query, size_t length)
{
    double sum = 0;

    for (size_t i = 0; i < length; i++) {
        int byte = sketch->bytes[i / 8 * 4 + i % 4];

        sum += (i % 8 < 4 ? byte & 15 : byte >> 4) * query->numbers[i];
    }
    return sum;
}

/* Whether a search for `wanted` looks at a vector that is exactly as alike as
 * it asks for. */
static bool is_looked_at(const float *vector, const float *wanted,
                         size_t length)
{
    struct sketch_query query;
    struct sketch sketch;
    float most;

    sketch_draw(&sketch, vector, length);
    sketch_ask(&query, wanted, length);
    most = (float)sum_of(&sketch, &query, length) * (float)query.unit +
           sketch.error * (float)query.reach;
    return most >= sketch_least(&query, dot_plain(vector, wanted, length),
                                (double)sketch.norm);
}

static void no_vector_is_ruled_out_wrongly(void **state)
{
    float vector[LENGTH], wanted[LENGTH];

    (void)state;
    for (int i = 0; i < 2000; i++) {
        size_t length = i % 2 ? LENGTH : (size_t)(1 + i % LENGTH);

        draw_vector(wanted, length);
        draw_vector(vector, length);
        assert_true(is_looked_at(vector, wanted, length));
        draw_vector_near(vector, wanted, 0.3, length);
        assert_true(is_looked_at(vector, wanted, length));
        assert_true(is_looked_at(wanted, wanted, length));
    }
}

static void assert_close(float one, float other)
{
    assert_true(one == other || fabsf(one - other) <= 1e-5F * fabsf(one));
}

static void every_processor_draws_the_same(void **state)
{
    static const float strange[] = {0, -0.0F, 1e-30F, 1e30F, -7, INFINITY, NAN};
    float vector[LENGTH];

    (void)state;
    for (size_t i = 0; i < 2000; i++) {
        size_t length = i % 2 ? LENGTH : 1 + i % LENGTH;
        struct sketch fast, plain;

        draw_vector(vector, length);
        if (i % 3 == 0)
            vector[i % length] = strange[i % COUNT(strange)];
        sketch_draw(&fast, vector, length);
        sketch_draw_plain(&plain, vector, length);
        assert_memory_equal(fast.bytes, plain.bytes, sizeof fast.bytes);
        assert_close(fast.error, plain.error);
        assert_close(fast.norm, plain.norm);
    }
}

/* The worst that can be: all that a sketch leaves out lies in the direction
 * that is looked for. */
static void the_bound_holds_where_it_is_tight(void **state)
{
    float vector[LENGTH], wanted[LENGTH];

    (void)state;
    for (int round = 0; round < 100; round++) {
        const float step = 0.32f / 16;

        for (size_t i = 0; i < LENGTH; i++) {
            float level = floorf((float)draw_number() * 8) + 0.5f;
            float side = draw_number() < 0 ? -0.4999f : 0.4999f;

            vector[i] = (level + side) * step;
            wanted[i] = side;
        }
        embedding_normalize(wanted, LENGTH);
        assert_true(is_looked_at(vector, wanted, LENGTH));
    }
}

static void odd_vectors_are_not_ruled_out(void **state)
{
    static const float numbers[] = {0,     1,     -1,   1e-30f, 1e-45f,
                                    1e10f, 3e38f, 1000, -1e14f};
    float vector[LENGTH], wanted[LENGTH];

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++)
        for (size_t k = 0; k < COUNT(numbers); k++) {
            draw_vector(vector, LENGTH);
            draw_vector(wanted, LENGTH);
            for (size_t at = 0; at < LENGTH; at++) {
                vector[at] *= numbers[i];
                wanted[at] *= numbers[k];
            }
            assert_true(is_looked_at(vector, wanted, LENGTH));
            /* All in one number. */
            memset(vector, 0, sizeof vector);
            memset(wanted, 0, sizeof wanted);
            vector[7] = numbers[i];
            wanted[7] = numbers[k];
            assert_true(is_looked_at(vector, wanted, LENGTH));
        }
}

static void what_is_no_number_rules_out_nothing(void **state)
{
    float vector[LENGTH] = {NAN}, wanted[LENGTH] = {1};
    struct sketch_query query;
    struct sketch sketch;

    (void)state;
    sketch_draw(&sketch, vector, LENGTH);
    assert_true(isinf(sketch.error));
    vector[0] = -INFINITY;
    sketch_draw(&sketch, vector, LENGTH);
    assert_true(isinf(sketch.error));
    wanted[3] = NAN;
    sketch_ask(&query, wanted, LENGTH);
    assert_true(sketch_least(&query, 0.5, 1) < -1e30f);
}

static void sketches_are_near_their_vectors(void **state)
{
    float vector[LENGTH];
    struct sketch sketch;

    (void)state;
    for (int i = 0; i < 100; i++) {
        draw_vector(vector, LENGTH);
        sketch_draw(&sketch, vector, LENGTH);
        assert_true(sketch.error < 0.13f);
        assert_true(sketch.norm >= 1 - 1e-6f && sketch.norm < 1.001f);
    }
}

static void a_sketch_moves_without_its_neighbours(void **state)
{
    enum { GROUP = 8 * LENGTH };
    uint8_t from[GROUP], to[GROUP], expected[GROUP];
    float vector[LENGTH];
    struct sketch sketch;

    (void)state;
    assert_int_equal(sketch_group_bytes(LENGTH), GROUP);
    memset(from, 0x11, sizeof from);
    memset(to, 0x22, sizeof to);
    memset(expected, 0x22, sizeof expected);
    draw_vector(vector, LENGTH);
    sketch_draw(&sketch, vector, LENGTH);
    sketch_put(&sketch, LENGTH, from, 3);
    sketch_put(&sketch, LENGTH, expected, 12);
    sketch_move(LENGTH, from, 3, to, 12);
    assert_memory_equal(to, expected, sizeof to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_vector_is_ruled_out_wrongly),
        cmocka_unit_test(every_processor_draws_the_same),
        cmocka_unit_test(the_bound_holds_where_it_is_tight),
        cmocka_unit_test(odd_vectors_are_not_ruled_out),
        cmocka_unit_test(what_is_no_number_rules_out_nothing),
        cmocka_unit_test(sketches_are_near_their_vectors),
        cmocka_unit_test(a_sketch_moves_without_its_neighbours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
