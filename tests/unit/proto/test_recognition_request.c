#include "unit.h"

#include "basics.h"
#include "digest.h"
#include "recognition.h"

static const struct recognition_image image = {.bytes = "photo", .len = 5};

/* Compares what was written, and empties the buffer. */
static void assert_wrote(struct buffer *body, const char *wanted)
{
    assert_string_equal(buffer_text(body), wanted);
    assert_int_equal(body->len, strlen(wanted));
    buffer_finish(body);
}

static void an_operation_has_a_name_and_a_target(void **state)
{
    (void)state;
    assert_string_equal(recognition_name(RECOGNITION_DETECT_FACES),
                        "DetectFaces");
    assert_string_equal(recognition_target(RECOGNITION_DETECT_FACES),
                        "RekognitionService.DetectFaces");
    for (int i = 0; i < RECOGNITION_OPERATIONS; i++)
        assert_non_null(recognition_target((enum recognition_operation)i));
}

static void a_collection_is_made_by_its_name(void **state)
{
    struct buffer body = {0};

    (void)state;
    recognition_write_create_collection("local", &body);
    assert_wrote(&body, "{\"CollectionId\":\"local\"}");
}

static void an_image_goes_along_in_base64(void **state)
{
    struct buffer body = {0};

    (void)state;
    recognition_write_detect_faces(image, false, &body);
    assert_wrote(&body, "{\"Attributes\":[\"DEFAULT\"],"
                        "\"Image\":{\"Bytes\":\"cGhvdG8=\"}}");
    recognition_write_detect_faces(image, true, &body);
    assert_wrote(&body, "{\"Attributes\":[\"ALL\"],"
                        "\"Image\":{\"Bytes\":\"cGhvdG8=\"}}");
}

static void a_crop_is_searched_whatever_its_quality(void **state)
{
    struct buffer body = {0};

    (void)state;
    recognition_write_search_by_image("local", image, 92.5, 50, &body);
    assert_wrote(&body, "{\"CollectionId\":\"local\","
                        "\"FaceMatchThreshold\":92.5,\"MaxFaces\":50,"
                        "\"QualityFilter\":\"NONE\","
                        "\"Image\":{\"Bytes\":\"cGhvdG8=\"}}");
}

static void one_face_is_kept_under_a_name(void **state)
{
    struct buffer body = {0};

    (void)state;
    recognition_write_index_faces("local", image, "person:job", &body);
    assert_wrote(&body, "{\"CollectionId\":\"local\","
                        "\"ExternalImageId\":\"person:job\",\"MaxFaces\":1,"
                        "\"QualityFilter\":\"NONE\","
                        "\"DetectionAttributes\":[\"DEFAULT\"],"
                        "\"Image\":{\"Bytes\":\"cGhvdG8=\"}}");
}

static void two_images_are_compared(void **state)
{
    const struct recognition_image other = {.bytes = "\0\xff", .len = 2};
    struct buffer body = {0};

    (void)state;
    recognition_write_compare_faces(image, other, 0, &body);
    assert_wrote(&body, "{\"SimilarityThreshold\":0,"
                        "\"QualityFilter\":\"NONE\","
                        "\"SourceImage\":{\"Bytes\":\"cGhvdG8=\"},"
                        "\"TargetImage\":{\"Bytes\":\"AP8=\"}}");
}

static void faces_are_deleted_and_searched_by_id(void **state)
{
    static const char *const ids[] = {"5f1c0b7e-9c3a-4d7e-8a51-2b6d90f4c713",
                                      "c8e2a914-07d5-4b1f-9e60-f3a7d15b8e24"};
    struct buffer body = {0};

    (void)state;
    recognition_write_delete_faces("local", ids, COUNT(ids), &body);
    assert_wrote(&body, "{\"CollectionId\":\"local\",\"FaceIds\":["
                        "\"5f1c0b7e-9c3a-4d7e-8a51-2b6d90f4c713\","
                        "\"c8e2a914-07d5-4b1f-9e60-f3a7d15b8e24\"]}");
    recognition_write_search_faces("local", ids[0], 90, 20, &body);
    assert_wrote(&body, "{\"CollectionId\":\"local\","
                        "\"FaceId\":\"5f1c0b7e-9c3a-4d7e-8a51-2b6d90f4c713\","
                        "\"FaceMatchThreshold\":90,\"MaxFaces\":20}");
}

static void a_body_stands_behind_what_was_there(void **state)
{
    struct buffer body = {0};

    (void)state;
    buffer_add_text(&body, "> ");
    recognition_write_detect_faces(image, false, &body);
    assert_wrote(&body, "> {\"Attributes\":[\"DEFAULT\"],"
                        "\"Image\":{\"Bytes\":\"cGhvdG8=\"}}");
}

/* The room that is made for the images is enough for all that follows. */
static void the_largest_images_are_written_once_and_never_moved(void **state)
{
    char *bytes = malloc(RECOGNITION_IMAGE_BYTES_MAX);
    const struct recognition_image largest = {
        .bytes = bytes, .len = RECOGNITION_IMAGE_BYTES_MAX};
    size_t letters = base64_length(largest.len);
    struct buffer body = {0};
    struct json *document;

    (void)state;
    memset(bytes, 0x5a, RECOGNITION_IMAGE_BYTES_MAX);
    recognition_write_compare_faces(largest, largest, 80, &body);
    assert_in_range(body.capacity, 2 * letters, 2 * letters + 1024);
    document = json_parse(body.bytes, body.len);
    assert_int_equal(
        strlen(json_get_text(json_get(document, "TargetImage"), "Bytes", "")),
        letters);
    json_destroy(document);
    buffer_finish(&body);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_has_a_name_and_a_target),
        cmocka_unit_test(a_collection_is_made_by_its_name),
        cmocka_unit_test(an_image_goes_along_in_base64),
        cmocka_unit_test(a_crop_is_searched_whatever_its_quality),
        cmocka_unit_test(one_face_is_kept_under_a_name),
        cmocka_unit_test(two_images_are_compared),
        cmocka_unit_test(faces_are_deleted_and_searched_by_id),
        cmocka_unit_test(a_body_stands_behind_what_was_there),
        cmocka_unit_test(the_largest_images_are_written_once_and_never_moved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
