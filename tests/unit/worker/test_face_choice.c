#include "unit.h"

#include "basics.h"
#include "face_choice.h"

enum { HEIGHT = 400 }; /* of the photo, in pixels */

/* Two people beside each other, 100 and 80 pixels high, and a child. */
static struct recognition_face faces[] = {
    {.box = {0.1, 0.1, 0.2, 0.25}, .confidence = 99},
    {.box = {0.6, 0.1, 0.2, 0.2}, .confidence = 98},
    {.box = {0.4, 0.5, 0.1, 0.19}, .confidence = 97},
};

static void choose(struct face_choice *choice, size_t first, size_t count,
                   const char *options)
{
    struct recognition_faces found = {.faces = &faces[first], .count = count};
    struct json *object = json_parse(options, strlen(options));

    *choice = (struct face_choice){0};
    face_choice_make(choice, &found, object, HEIGHT);
    json_destroy(object);
}

static void the_only_face_is_taken(void **state)
{
    struct face_choice choice;

    (void)state;
    choose(&choice, 0, 1, "{}");
    assert_int_equal(choice.problem, PROBLEM_NONE);
    assert_true(choice.face.confidence == 99);
    assert_null(choice.boxes);
}

static void a_photo_of_nobody_has_no_face_to_enroll(void **state)
{
    struct face_choice choice;

    (void)state;
    choose(&choice, 0, 0, "{}");
    assert_int_equal(choice.problem, PROBLEM_NO_FACE);
    assert_string_equal(choice.detail, "");
}

static void several_faces_are_listed_to_choose_from(void **state)
{
    struct face_choice choice;

    (void)state;
    choose(&choice, 0, 2, "{}");
    assert_int_equal(choice.problem, PROBLEM_SEVERAL_FACES);
    assert_string_equal(choice.detail,
                        "There are 2 faces: say which one is meant.");
    assert_int_equal(json_count(choice.boxes), 2);
    assert_true(json_get_number(json_first(choice.boxes), "height", 0) == 0.25);
    face_choice_finish(&choice);
}

static void the_face_that_the_box_overlaps_most_is_meant(void **state)
{
    struct face_choice choice;

    (void)state;
    choose(&choice, 0, 3,
           "{\"box\":{\"left\":0.25,\"top\":0,\"width\":0.6,\"height\":0.4}}");
    assert_int_equal(choice.problem, PROBLEM_NONE);
    assert_true(choice.face.confidence == 98);
}

static void a_box_beside_all_faces_means_none_of_them(void **state)
{
    struct face_choice choice;

    (void)state;
    choose(&choice, 0, 3,
           "{\"box\":{\"left\":0.9,\"top\":0.9,\"width\":0.1,\"height\":0.1}}");
    assert_int_equal(choice.problem, PROBLEM_SEVERAL_FACES);
    face_choice_finish(&choice);
}

static void a_face_must_be_eighty_pixels_high(void **state)
{
    struct face_choice choice;

    (void)state;
    choose(&choice, 1, 1, "{}");
    assert_int_equal(choice.problem, PROBLEM_NONE);
    choose(&choice, 2, 1, "{}");
    assert_int_equal(choice.problem, PROBLEM_FACE_TOO_SMALL);
    assert_string_equal(choice.detail,
                        "The face is 76 pixels high; it must be at least 80.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_only_face_is_taken),
        cmocka_unit_test(a_photo_of_nobody_has_no_face_to_enroll),
        cmocka_unit_test(several_faces_are_listed_to_choose_from),
        cmocka_unit_test(the_face_that_the_box_overlaps_most_is_meant),
        cmocka_unit_test(a_box_beside_all_faces_means_none_of_them),
        cmocka_unit_test(a_face_must_be_eighty_pixels_high),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
