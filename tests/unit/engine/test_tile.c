#include "unit.h"

#include "tile.h"
#include "vectors.h"

#include <math.h>

enum { DEPTH = 27, STRIDE = 70 };

static const enum processor_skill skills[] = {SKILL_AVX2, SKILL_AVX512};

struct sheet {
    float weights[DEPTH * TILE_GROUP];
    float bias[TILE_GROUP];
    float panel[DEPTH * TILE];
    float clamp[2];
    float out[TILE_GROUP * STRIDE];
};

static double expected(const struct sheet *sheet, size_t output, size_t pixel)
{
    double sum = (double)sheet->bias[output];

    for (size_t n = 0; n < DEPTH; n++)
        sum += (double)sheet->weights[n * TILE_GROUP + output] *
               (double)sheet->panel[n * TILE + pixel];
    return fmin(fmax(sum, (double)sheet->clamp[0]), (double)sheet->clamp[1]);
}

static void check(struct sheet *sheet, enum processor_skill skill,
                  size_t pixels)
{
    static const float untouched = 42;

    for (size_t i = 0; i < COUNT(sheet->out); i++)
        sheet->out[i] = untouched;
    tile_multiply(skill)(sheet->weights, sheet->bias, sheet->panel, DEPTH,
                         pixels, sheet->clamp, sheet->out, STRIDE);
    for (size_t i = 0; i < TILE_GROUP; i++)
        for (size_t k = 0; k < STRIDE; k++) {
            double is = (double)sheet->out[i * STRIDE + k];

            if (k < pixels)
                assert_true(fabs(is - expected(sheet, i, k)) < 1e-5);
            else
                assert_true(is == (double)untouched);
        }
}

static void all_of_it_is_what_a_plain_loop_gives(void **state)
{
    static struct sheet sheet = {.clamp = {-INFINITY, INFINITY}};

    (void)state;
    draw_vector(sheet.weights, COUNT(sheet.weights));
    draw_vector(sheet.bias, COUNT(sheet.bias));
    draw_vector(sheet.panel, COUNT(sheet.panel));
    for (size_t i = 0; i < COUNT(skills); i++)
        for (size_t pixels = TILE_VECTOR;
             pixels <= TILE && processor_has(skills[i]); pixels += TILE_VECTOR)
            check(&sheet, skills[i], pixels);
}

static void it_stays_within_its_limits(void **state)
{
    static struct sheet sheet = {.clamp = {0, 0.125F}};

    (void)state;
    draw_vector(sheet.weights, COUNT(sheet.weights));
    draw_vector(sheet.bias, COUNT(sheet.bias));
    draw_vector(sheet.panel, COUNT(sheet.panel));
    for (size_t i = 0; i < COUNT(skills); i++)
        if (processor_has(skills[i]))
            check(&sheet, skills[i], TILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_is_what_a_plain_loop_gives),
        cmocka_unit_test(it_stays_within_its_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
