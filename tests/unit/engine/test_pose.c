#include "unit.h"

#include <math.h>

#include "pose.h"

/* A face that looks straight ahead. */
static const struct point ahead[FACE_POINTS] = {
    [FACE_EYE_LEFT] = {80, 100},     [FACE_EYE_RIGHT] = {120, 100},
    [FACE_NOSE] = {100, 123.6},      [FACE_MOUTH_LEFT] = {84, 140},
    [FACE_MOUTH_RIGHT] = {116, 140},
};

static void assert_pose(const struct point *points, double roll, double yaw,
                        double pitch)
{
    struct pose pose = pose_estimate(points);

    assert_float_equal(remainder(pose.roll - roll, 360), 0, 1e-6);
    assert_float_equal(pose.yaw, yaw, 1e-6);
    assert_float_equal(pose.pitch, pitch, 1e-6);
}

static void looking_ahead_is_zero(void **state)
{
    (void)state;
    assert_pose(ahead, 0, 0, 0);
}

static void tilting_is_roll_alone(void **state)
{
    (void)state;
    for (int degrees = -180; degrees < 180; degrees += 15) {
        double angle = degrees * 3.14159265358979 / 180;
        struct point points[FACE_POINTS];

        for (size_t i = 0; i < FACE_POINTS; i++)
            points[i] = (struct point){
                ahead[i].x * cos(angle) - ahead[i].y * sin(angle),
                ahead[i].x * sin(angle) + ahead[i].y * cos(angle)};
        assert_pose(points, degrees, 0, 0);
    }
}

/* The simple head of pose.c, turned by `yaw`: eyes and mouth come together, the
 * nose's tip moves across. */
static void turning_is_yaw_alone(void **state)
{
    (void)state;
    for (int degrees = -80; degrees <= 80; degrees += 10) {
        double angle = degrees * 3.14159265358979 / 180;
        struct point points[FACE_POINTS];

        for (size_t i = 0; i < FACE_POINTS; i++)
            points[i] =
                (struct point){(ahead[i].x - 100) * cos(angle), ahead[i].y};
        points[FACE_NOSE].x += 20 * sin(angle);
        assert_pose(points, 0, degrees, 0);
    }
}

static void nodding_is_pitch_alone(void **state)
{
    (void)state;
    for (int degrees = -60; degrees <= 60; degrees += 10) {
        double angle = degrees * 3.14159265358979 / 180;
        struct point points[FACE_POINTS];

        for (size_t i = 0; i < FACE_POINTS; i++)
            points[i] =
                (struct point){ahead[i].x, (ahead[i].y - 100) * cos(angle)};
        points[FACE_NOSE].y -= 20 * sin(angle);
        assert_pose(points, 0, 0, degrees);
    }
}

static void points_in_one_place_have_a_finite_pose(void **state)
{
    const struct point points[FACE_POINTS] = {
        {5, 5}, {5, 5}, {5, 5}, {5, 5}, {5, 5}};
    struct pose pose = pose_estimate(points);

    (void)state;
    assert_true(isfinite(pose.roll) && isfinite(pose.yaw) &&
                isfinite(pose.pitch));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_ahead_is_zero),
        cmocka_unit_test(tilting_is_roll_alone),
        cmocka_unit_test(turning_is_yaw_alone),
        cmocka_unit_test(nodding_is_pitch_alone),
        cmocka_unit_test(points_in_one_place_have_a_finite_pose),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
