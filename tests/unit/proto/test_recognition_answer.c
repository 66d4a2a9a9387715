#include "examples.h"

#include <math.h>

#include "recognition.h"

#define ADA_FACE "5f1c0b7e-9c3a-4d7e-8a51-2b6d90f4c713"
#define GRACE_FACE "c8e2a914-07d5-4b1f-9e60-f3a7d15b8e24"

static void assert_about(double got, double wanted)
{
    if (fabs(got - wanted) > 1e-5)
        fail_msg("%g, not %g", got, wanted);
}

static void faces_are_read_with_all_that_was_measured(void **state)
{
    struct recognition_faces faces;
    size_t len;
    char *text = example_text("recognition", "answer-DetectFaces.json", &len);

    (void)state;
    assert_int_equal(recognition_faces_read(&faces, text, len), 0);
    free(text);
    assert_int_equal(faces.count, 3);
    assert_about(faces.faces[0].box.left, 0.1839);
    assert_about(faces.faces[0].box.top, 0.2124);
    assert_about(faces.faces[0].box.width, 0.1477);
    assert_about(faces.faces[0].box.height, 0.3012);
    assert_about(faces.faces[0].confidence, 99.998772);
    assert_true(faces.faces[0].has_landmarks);
    assert_true(faces.faces[0].landmarks[RECOGNITION_EYE_LEFT].x <
                faces.faces[0].landmarks[RECOGNITION_EYE_RIGHT].x);
    assert_true(faces.faces[0].landmarks[RECOGNITION_NOSE].y <
                faces.faces[0].landmarks[RECOGNITION_MOUTH_LEFT].y);
    assert_true(faces.faces[0].has_pose);
    assert_true(faces.faces[0].has_quality);
    assert_about(json_get_number(faces.faces[2].detail, "Confidence", 0),
                 faces.faces[2].confidence);
    recognition_faces_finish(&faces);
}

static void thirty_landmarks_hold_the_five(void **state)
{
    struct recognition_faces faces;
    size_t len;
    char *text =
        example_text("recognition", "answer-DetectFaces-all.json", &len);

    (void)state;
    assert_int_equal(recognition_faces_read(&faces, text, len), 0);
    free(text);
    assert_int_equal(json_count(json_get(faces.faces[0].detail, "Landmarks")),
                     30);
    assert_true(faces.faces[0].has_landmarks);
    recognition_faces_finish(&faces);
}

static void a_face_may_reach_past_the_edge_and_lack_landmarks(void **state)
{
    struct recognition_faces faces;
    size_t len;
    char *text =
        example_text("recognition", "answer-DetectFaces-edge.json", &len);

    (void)state;
    assert_int_equal(recognition_faces_read(&faces, text, len), 0);
    free(text);
    assert_about(faces.faces[0].box.left, -0.041);
    assert_false(faces.faces[0].has_landmarks);
    recognition_faces_finish(&faces);
}

static void four_landmarks_are_none(void **state)
{
    static const char text[] =
        "{\"FaceDetails\":[{\"Confidence\":99,\"BoundingBox\":{"
        "\"Width\":0.2,\"Height\":0.3,\"Left\":0.1,\"Top\":0.4},\"Landmarks\":["
        "{\"Type\":\"eyeLeft\",\"X\":0.1,\"Y\":0.1},"
        "{\"Type\":\"eyeRight\",\"X\":0.1,\"Y\":0.1},"
        "{\"Type\":\"nose\",\"X\":0.1,\"Y\":0.1},"
        "{\"Type\":\"mouthLeft\",\"X\":0.1,\"Y\":0.1}]}]}";
    struct recognition_faces faces;

    (void)state;
    assert_int_equal(recognition_faces_read(&faces, text, strlen(text)), 0);
    assert_false(faces.faces[0].has_landmarks);
    assert_false(faces.faces[0].has_pose);
    assert_false(faces.faces[0].has_quality);
    recognition_faces_finish(&faces);
}

static void matches_are_read_in_their_order(void **state)
{
    struct recognition_matches matches;
    size_t len;
    char *text =
        example_text("recognition", "answer-SearchFacesByImage.json", &len);

    (void)state;
    assert_int_equal(recognition_matches_read(&matches, text, len), 0);
    free(text);
    assert_true(matches.has_box);
    assert_about(matches.box.width, 0.6);
    assert_about(matches.confidence, 99.998100);
    assert_int_equal(matches.count, 2);
    assert_string_equal(matches.matches[0].face_id, ADA_FACE);
    assert_about(matches.matches[0].similarity, 99.2);
    assert_int_equal(strlen(matches.matches[0].external_image_id), 73);
    assert_string_equal(matches.matches[1].face_id, GRACE_FACE);
    recognition_matches_finish(&matches);
}

static void a_match_may_have_no_external_id(void **state)
{
    struct recognition_matches matches;
    size_t len;
    char *text = example_text("recognition", "answer-SearchFaces.json", &len);

    (void)state;
    assert_int_equal(recognition_matches_read(&matches, text, len), 0);
    free(text);
    assert_false(matches.has_box);
    assert_int_equal(matches.count, 2);
    assert_null(matches.matches[1].external_image_id);
    recognition_matches_finish(&matches);
}

static void a_record_says_which_face_was_kept(void **state)
{
    struct recognition_records records;
    size_t len;
    char *text = example_text("recognition", "answer-IndexFaces.json", &len);

    (void)state;
    assert_int_equal(recognition_records_read(&records, text, len), 0);
    free(text);
    assert_int_equal(records.count, 1);
    assert_string_equal(records.records[0].face_id, ADA_FACE);
    assert_int_equal(strlen(records.records[0].external_image_id), 73);
    assert_about(records.records[0].face.box.height, 0.61);
    assert_true(records.records[0].face.has_quality);
    assert_int_equal(records.left_out, 0);
    assert_null(records.reason);
    recognition_records_finish(&records);
}

static void what_was_left_out_has_a_reason(void **state)
{
    struct recognition_records records;
    size_t len;
    char *text =
        example_text("recognition", "answer-IndexFaces-left-out.json", &len);

    (void)state;
    assert_int_equal(recognition_records_read(&records, text, len), 0);
    free(text);
    assert_int_equal(records.count, 0);
    assert_int_equal(records.left_out, 1);
    assert_string_equal(records.reason, "LOW_SHARPNESS");
    recognition_records_finish(&records);
}

static void a_comparison_has_matches_and_then_the_others(void **state)
{
    struct recognition_comparison comparison;
    size_t len;
    char *text = example_text("recognition", "answer-CompareFaces.json", &len);

    (void)state;
    assert_int_equal(recognition_comparison_read(&comparison, text, len), 0);
    free(text);
    assert_about(comparison.source_box.left, 0.22);
    assert_about(comparison.source_confidence, 99.999123);
    assert_int_equal(comparison.count, 2);
    assert_true(comparison.faces[0].is_match);
    assert_about(comparison.faces[0].similarity, 98.76);
    assert_false(comparison.faces[1].is_match);
    assert_about(comparison.faces[1].box.left, 0.5613);
    recognition_comparison_finish(&comparison);
}

static void a_face_that_was_not_there_is_told_from_one_in_use(void **state)
{
    struct recognition_deletion deletion;
    size_t len;
    char *text =
        example_text("recognition", "answer-DeleteFaces-some.json", &len);

    (void)state;
    assert_int_equal(recognition_deletion_read(&deletion, text, len), 0);
    free(text);
    assert_int_equal(deletion.deleted_count, 1);
    assert_string_equal(deletion.deleted[0], ADA_FACE);
    assert_int_equal(deletion.survivor_count, 2);
    assert_string_equal(deletion.survivors[0].face_id, GRACE_FACE);
    assert_true(deletion.survivors[0].was_missing);
    assert_false(deletion.survivors[1].was_missing);
    assert_string_equal(deletion.survivors[1].reason,
                        "ASSOCIATED_TO_AN_EXISTING_USER");
    recognition_deletion_finish(&deletion);
}

static void a_page_of_faces_says_where_the_next_begins(void **state)
{
    struct recognition_listing listing;
    size_t len;
    char *text = example_text("recognition", "answer-ListFaces.json", &len);

    (void)state;
    assert_int_equal(recognition_listing_read(&listing, text, len), 0);
    free(text);
    assert_int_equal(listing.count, 2);
    assert_string_equal(listing.faces[0].face_id, ADA_FACE);
    assert_non_null(strchr(listing.faces[0].external_image_id, ':'));
    assert_null(listing.faces[1].external_image_id);
    assert_string_equal(listing.next_token, "r3kQ0x-2");
    recognition_listing_finish(&listing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faces_are_read_with_all_that_was_measured),
        cmocka_unit_test(thirty_landmarks_hold_the_five),
        cmocka_unit_test(a_face_may_reach_past_the_edge_and_lack_landmarks),
        cmocka_unit_test(four_landmarks_are_none),
        cmocka_unit_test(matches_are_read_in_their_order),
        cmocka_unit_test(a_match_may_have_no_external_id),
        cmocka_unit_test(a_record_says_which_face_was_kept),
        cmocka_unit_test(what_was_left_out_has_a_reason),
        cmocka_unit_test(a_comparison_has_matches_and_then_the_others),
        cmocka_unit_test(a_face_that_was_not_there_is_told_from_one_in_use),
        cmocka_unit_test(a_page_of_faces_says_where_the_next_begins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
