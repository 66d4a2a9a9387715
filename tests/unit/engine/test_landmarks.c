#include "unit.h"

#include "landmarks.h"

/* Place i lies at (i, 2 i). */
static void make_places(struct point seen[static LANDMARKS_SEEN])
{
    for (size_t i = 0; i < LANDMARKS_SEEN; i++)
        seen[i] = (struct point){(double)i, 2 * (double)i};
}

static void assert_named(const char *name, double place)
{
    struct point seen[LANDMARKS_SEEN], named[FACE_LANDMARKS];

    make_places(seen);
    landmarks_pick(seen, named);
    for (size_t i = 0; i < FACE_LANDMARKS; i++) {
        if (strcmp(landmarks_name(i), name) == 0) {
            assert_float_equal(named[i].x, place, 1e-9);
            assert_float_equal(named[i].y, (2 * place), 1e-9);
            return;
        }
    }
    fail_msg("nothing is called %s", name);
}

static void a_name_is_a_place_or_the_middle_of_some(void **state)
{
    (void)state;
    assert_named("leftEyeBrowLeft", 17);
    assert_named("rightEyeBrowRight", 26);
    assert_named("leftEyeLeft", 36);
    assert_named("leftEyeUp", 37.5);
    assert_named("rightEyeDown", 46.5);
    assert_named("leftPupil", 38.5);
    assert_named("rightPupil", 44.5);
    assert_named("chinBottom", 8);
    assert_named("upperJawlineRight", 16);
}

static void every_name_is_there_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < FACE_LANDMARKS; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(landmarks_name(i), landmarks_name(k));
}

static void a_mouth_is_as_open_as_its_gap_is_high(void **state)
{
    struct point seen[LANDMARKS_SEEN] = {
        [60] = {0, 0}, [61] = {1, 0}, [62] = {2, 0}, [63] = {3, 0},
        [64] = {4, 0}, [65] = {3, 1}, [66] = {2, 1}, [67] = {1, 1}};

    (void)state;
    assert_float_equal(landmarks_mouth(seen), 0.25, 1e-9);
    seen[65].y = seen[66].y = seen[67].y = 0;
    assert_float_equal(landmarks_mouth(seen), 0, 1e-9);
}

static void eyes_are_as_open_as_they_are_high(void **state)
{
    struct point seen[LANDMARKS_SEEN] = {
        [36] = {0, 0}, [37] = {1, -1}, [38] = {3, -1},
        [39] = {4, 0}, [40] = {3, 1},  [41] = {1, 1}};

    (void)state;
    for (size_t i = 42; i < 48; i++)
        seen[i] = (struct point){seen[i - 6].x + 10, seen[i - 6].y / 2};
    assert_float_equal(landmarks_eyes(seen), 0.375, 1e-9);
}

static void two_networks_are_apart_by_the_mean_of_five_places(void **state)
{
    struct point seen[LANDMARKS_SEEN], points[FACE_POINTS];

    (void)state;
    make_places(seen);
    points[FACE_EYE_LEFT] = (struct point){38.5, 77};
    points[FACE_EYE_RIGHT] = (struct point){44.5, 89};
    points[FACE_NOSE] = seen[30];
    points[FACE_MOUTH_LEFT] = seen[48];
    points[FACE_MOUTH_RIGHT] = seen[54];
    assert_float_equal(landmarks_apart(seen, points), 0, 1e-9);
    points[FACE_NOSE].x += 6;
    points[FACE_NOSE].y += 12; /* as far as the eyes are apart */
    assert_float_equal(landmarks_apart(seen, points), 0.2, 1e-9);
}

/* Nothing is divided by nothing. */
static void a_face_in_one_place_has_numbers(void **state)
{
    const struct point seen[LANDMARKS_SEEN] = {{0, 0}};
    const struct point points[FACE_POINTS] = {{0, 0}};

    (void)state;
    assert_float_equal(landmarks_mouth(seen), 0, 1e-9);
    assert_float_equal(landmarks_eyes(seen), 0, 1e-9);
    assert_float_equal(landmarks_apart(seen, points), 0, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_a_place_or_the_middle_of_some),
        cmocka_unit_test(every_name_is_there_once),
        cmocka_unit_test(a_mouth_is_as_open_as_its_gap_is_high),
        cmocka_unit_test(eyes_are_as_open_as_they_are_high),
        cmocka_unit_test(two_networks_are_apart_by_the_mean_of_five_places),
        cmocka_unit_test(a_face_in_one_place_has_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
