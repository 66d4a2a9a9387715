#include "unit.h"

#include "face_json.h"

#define FACE_ID "01234567-0000-4000-8000-000000000001"
#define IMAGE_ID "01234567-0000-3000-8000-000000000002"

static void assert_printed(struct json *value, const char *expected)
{
    char *text = json_print_and_destroy(value);

    assert_string_equal(text, expected);
    free(text);
}

static struct record sample_record(void)
{
    return (struct record){
        .id = FACE_ID,
        .image_id = IMAGE_ID,
        .external_id = "dad:1",
        .box = {.left = -0.01, .top = 0.25, .width = 0.5, .height = 0.75},
        .confidence = 99.9123456789,
        .created_ms = 1700000000000,
    };
}

static void a_box_has_ratios_with_six_digits(void **state)
{
    const struct box box = {.left = -0.0123456789,
                            .top = 0,
                            .width = 1.0000004,
                            .height = 0.3333333333};

    (void)state;
    assert_printed(face_box_json(&box), "{\"Width\":1,\"Height\":0.333333,"
                                        "\"Left\":-0.012346,\"Top\":0}");
}

static void a_stored_face_is_told_without_its_vector(void **state)
{
    struct record record = sample_record();

    (void)state;
    assert_printed(
        face_record_json(&record, "2.0"),
        "{\"FaceId\":\"" FACE_ID "\",\"BoundingBox\":{\"Width\":0.5,"
        "\"Height\":0.75,\"Left\":-0.01,\"Top\":0.25},\"ImageId\":\"" IMAGE_ID
        "\",\"ExternalImageId\":\"dad:1\",\"Confidence\":99.912346,"
        "\"IndexFacesModelVersion\":\"2.0\"}");
}

static void a_face_of_a_user_says_so(void **state)
{
    struct record record = sample_record();
    struct json *face;

    (void)state;
    record.user_id = "anna";
    face = face_record_json(&record, "2.0");
    assert_string_equal(json_get_text(face, "UserId", ""), "anna");
    json_destroy(face);
}

static void a_face_without_an_external_id_has_no_such_member(void **state)
{
    struct record record = sample_record();
    struct json *face;

    (void)state;
    record.external_id = NULL;
    face = face_record_json(&record, "2.0");
    assert_null(json_get(face, "ExternalImageId"));
    assert_int_equal(json_count(face), 5);
    json_destroy(face);
}

static void a_face_in_a_picture_is_told_with_all_we_measure(void **state)
{
    const struct face face = {
        .box = {.left = 0.1, .top = 0.2, .width = 0.3, .height = 0.4},
        .points = {[FACE_EYE_LEFT] = {0.11, 0.21},
                   [FACE_EYE_RIGHT] = {0.12, 0.22},
                   [FACE_NOSE] = {0.13, 0.23},
                   [FACE_MOUTH_LEFT] = {0.14, 0.24},
                   [FACE_MOUTH_RIGHT] = {0.15, 0.25}},
        .confidence = 99.5,
        .pose = {.roll = -1.5, .yaw = 2.5, .pitch = -3.5},
        .quality = {.brightness = 40.5, .sharpness = 80.25},
    };

    (void)state;
    assert_printed(
        face_detail_json(&face),
        "{\"BoundingBox\":{\"Width\":0.3,\"Height\":0.4,\"Left\":0.1,"
        "\"Top\":0.2},\"Landmarks\":["
        "{\"Type\":\"eyeLeft\",\"X\":0.11,\"Y\":0.21},"
        "{\"Type\":\"eyeRight\",\"X\":0.12,\"Y\":0.22},"
        "{\"Type\":\"nose\",\"X\":0.13,\"Y\":0.23},"
        "{\"Type\":\"mouthLeft\",\"X\":0.14,\"Y\":0.24},"
        "{\"Type\":\"mouthRight\",\"X\":0.15,\"Y\":0.25}],"
        "\"Pose\":{\"Roll\":-1.5,\"Yaw\":2.5,\"Pitch\":-3.5},"
        "\"Quality\":{\"Brightness\":40.5,\"Sharpness\":80.25},"
        "\"Confidence\":99.5}");
}

static void matches_are_told_with_their_similarity(void **state)
{
    struct match list[] = {{.cosine = 1, .record = sample_record()},
                           {.cosine = 0.3484, .record = sample_record()}};
    const struct matches matches = {list, COUNT(list)}, none = {0};
    struct json *value = face_matches_json(&matches, 256, "2.0");
    const struct json *first = json_first(value);

    (void)state;
    assert_int_equal(json_count(value), 2);
    assert_true(json_get_number(first, "Similarity", 0) == 100);
    assert_string_equal(json_get_text(json_get(first, "Face"), "FaceId", ""),
                        FACE_ID);
    assert_true(json_get_number(json_next(first), "Similarity", 0) == 50);
    json_destroy(value);
    assert_printed(face_matches_json(&none, 256, "2.0"), "[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_has_ratios_with_six_digits),
        cmocka_unit_test(a_stored_face_is_told_without_its_vector),
        cmocka_unit_test(a_face_of_a_user_says_so),
        cmocka_unit_test(a_face_without_an_external_id_has_no_such_member),
        cmocka_unit_test(a_face_in_a_picture_is_told_with_all_we_measure),
        cmocka_unit_test(matches_are_told_with_their_similarity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
