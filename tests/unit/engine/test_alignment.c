#include "unit.h"

#include <math.h>

#include "alignment.h"
#include "errors.h"

/* A face as the networks expect it. */
static const struct point places[FACE_POINTS] = {
    {38.2946, 51.6963}, {73.5318, 51.5014}, {56.0252, 71.7366},
    {41.5493, 92.3655}, {70.7299, 92.2041},
};

static struct point apply(const double *matrix, struct point point)
{
    return (struct point){matrix[0] * point.x + matrix[1] * point.y + matrix[2],
                          matrix[3] * point.x + matrix[4] * point.y +
                              matrix[5]};
}

static void a_turned_and_moved_face_is_brought_back(void **state)
{
    (void)state;
    for (int degrees = 0; degrees < 360; degrees += 30) {
        double angle = degrees * 3.14159265358979 / 180, size = 3.7;
        struct point points[FACE_POINTS];
        double matrix[6];

        for (size_t i = 0; i < FACE_POINTS; i++)
            points[i] =
                (struct point){1000 + size * (places[i].x * cos(angle) -
                                              places[i].y * sin(angle)),
                               -200 + size * (places[i].x * sin(angle) +
                                              places[i].y * cos(angle))};
        assert_int_equal(alignment_find(points, matrix), 0);
        for (size_t i = 0; i < FACE_POINTS; i++) {
            struct point back = apply(matrix, points[i]);

            assert_float_equal(back.x, places[i].x, 1e-6);
            assert_float_equal(back.y, places[i].y, 1e-6);
        }
    }
}

/* Of all turns, sizes and shifts it is the one with the least squares. */
static void a_misshapen_face_is_brought_as_near_as_it_goes(void **state)
{
    struct point points[FACE_POINTS];
    double matrix[6], least = 0;

    (void)state;
    for (size_t i = 0; i < FACE_POINTS; i++)
        points[i] = (struct point){places[i].x * 2 + (double)(i * i % 5),
                                   places[i].y * 2 - (double)(i * 3 % 7)};
    assert_int_equal(alignment_find(points, matrix), 0);
    for (int change = 0; change < 9; change++) {
        /* First none, then a little of each in both directions. */
        const double by = change == 0 ? 0 : change % 2 ? 1e-3 : -1e-3;
        const int which = (change + 1) / 2;
        double other[6], squares = 0;

        memcpy(other, matrix, sizeof other);
        if (which == 1)
            other[0] += by, other[4] += by;
        if (which == 2)
            other[1] -= by, other[3] += by;
        if (which == 3)
            other[2] += 10 * by;
        if (which == 4)
            other[5] += 10 * by;
        for (size_t i = 0; i < FACE_POINTS; i++) {
            struct point at = apply(other, points[i]);

            squares += pow(at.x - places[i].x, 2) + pow(at.y - places[i].y, 2);
        }
        if (change == 0)
            least = squares;
        else
            assert_true(squares > least);
    }
}

static void points_in_one_place_are_refused(void **state)
{
    const struct point points[FACE_POINTS] = {
        {5, 5}, {5, 5}, {5, 5}, {5, 5}, {5, 5}};
    double matrix[6];

    (void)state;
    assert_int_equal(alignment_find(points, matrix), E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turned_and_moved_face_is_brought_back),
        cmocka_unit_test(a_misshapen_face_is_brought_as_near_as_it_goes),
        cmocka_unit_test(points_in_one_place_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
