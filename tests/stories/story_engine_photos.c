/*
 * The engine looks at every photo of the development set: it counts the faces
 * that a person counts, keeps them by its usual filter, compares them, and says
 * of what is no photo that it is none.
 */
#include <unistd.h>

#include "digest.h"
#include "engine_stage.h"
#include "unit.h"
#include "xalloc.h"

static struct engine_stage stage;
static const struct recognition_client *client = &stage.client;
static struct json *truth; /* by photo */

static const struct recognition_refusal bad_format = {
    400, "InvalidImageFormatException", "Request has invalid image format"};
static const struct recognition_refusal bad_parameters = {
    400, "InvalidParameterException", "Request has invalid parameters"};

static int open_stage(void **state)
{
    size_t len;
    char *text = unit_read_file(
        unit_shared("FACEWIRE_PHOTOS", "photos", "truth.json"), &len);

    (void)state;
    truth = json_parse(text, len);
    free(text);
    engine_stage_open(&stage);
    recognition_do(client, "CreateCollection", "{\"CollectionId\":\"all\"}");
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    engine_stage_close(&stage);
    json_destroy(truth);
    return 0;
}

/* How many faces a list of the answer about that photo has. */
static size_t count(const char *name, const char *operation, const char *list,
                    const char *more)
{
    char *photo = recognition_photo(name);
    struct json *answer = recognition_get(
        client, operation, "{\"Image\":{\"Bytes\":\"%s\"}%s}", photo, more);
    size_t faces = json_count(json_get(answer, list));

    assert_non_null(json_get(answer, list));
    json_destroy(answer);
    free(photo);
    return faces;
}

/* ---- every photo ---- */

static void as_many_faces_are_detected_as_a_person_counts(void **state)
{
    (void)state;
    for (const struct json *photo = json_first(truth); photo;
         photo = json_next(photo)) {
        const char *name = json_name(photo);
        double faces = json_get_number(photo, "faces", -1);
        size_t detected;

        if (faces < 0)
            continue; /* it cannot be read */
        detected = count(name, "DetectFaces", "FaceDetails", "");
        if (detected != (size_t)faces)
            fail_msg("%s: %zu faces instead of %.0f", name, detected, faces);
    }
}

static void the_usual_filter_keeps_all_of_them(void **state)
{
    (void)state;
    for (const struct json *photo = json_first(truth); photo;
         photo = json_next(photo)) {
        const char *name = json_name(photo);
        double faces = json_get_number(photo, "faces", -1);
        size_t kept;

        if (faces < 0)
            continue;
        kept = count(name, "IndexFaces", "FaceRecords",
                     ",\"CollectionId\":\"all\"");
        if (kept != (size_t)faces)
            fail_msg("%s: %zu faces kept of %.0f", name, kept, faces);
    }
}

static void a_stricter_filter_never_keeps_more(void **state)
{
    static const char *const photos[] = {"restaurant.jpg", "obama-3.jpg",
                                         "man-helmet-profile.jpg",
                                         "f1-group.jpg"};
    static const char *const filters[] = {"NONE", "AUTO", "LOW", "MEDIUM",
                                          "HIGH"};

    (void)state;
    for (size_t i = 0; i < COUNT(photos); i++) {
        size_t kept_before = SIZE_MAX;

        for (size_t k = 0; k < COUNT(filters); k++) {
            char *more = xprintf(",\"CollectionId\":\"all\","
                                 "\"QualityFilter\":\"%s\"",
                                 filters[k]);
            size_t kept = count(photos[i], "IndexFaces", "FaceRecords", more);

            assert_true(kept <= kept_before);
            kept_before = kept;
            free(more);
        }
    }
}

/* ---- CompareFaces ---- */

static struct json *compare(const char *source_name, const char *target_name,
                            const char *more, int *status)
{
    char *source = recognition_photo(source_name);
    char *target = recognition_photo(target_name);
    struct json *answer =
        recognition_ask(client, status, "CompareFaces",
                        "{\"SourceImage\":{\"Bytes\":\"%s\"},"
                        "\"TargetImage\":{\"Bytes\":\"%s\"}%s}",
                        source, target, more);

    free(source);
    free(target);
    return answer;
}

static void a_person_is_found_in_a_group(void **state)
{
    int status;
    struct json *answer = compare("f1-dad-1.jpg", "f1-group.jpg", "", &status);
    const struct json *match = json_first(json_get(answer, "FaceMatches"));

    (void)state;
    assert_int_equal(status, 200);
    assert_int_equal(json_count(json_get(answer, "FaceMatches")), 1);
    assert_int_equal(json_count(json_get(answer, "UnmatchedFaces")), 3);
    assert_true(json_get_number(match, "Similarity", 0) >= 80);
    assert_int_equal(json_count(json_get(json_get(match, "Face"), "Landmarks")),
                     5);
    assert_non_null(
        json_get(json_get(answer, "SourceImageFace"), "Confidence"));
    json_destroy(answer);
}

static void matches_are_sorted_by_similarity(void **state)
{
    int status;
    double before = 100;
    struct json *answer = compare("f1-dad-1.jpg", "f1-group.jpg",
                                  ",\"SimilarityThreshold\":0", &status);

    (void)state;
    assert_int_equal(json_count(json_get(answer, "FaceMatches")), 4);
    for (const struct json *match = json_first(json_get(answer, "FaceMatches"));
         match; match = json_next(match)) {
        double similarity = json_get_number(match, "Similarity", -1);

        assert_true(similarity <= before);
        before = similarity;
    }
    json_destroy(answer);
}

static void nothing_is_compared_without_a_face_on_each_photo(void **state)
{
    int status;
    struct json *answer =
        compare("noface-dog.jpg", "f1-group.jpg", "", &status);

    (void)state;
    recognition_expect(answer, status, bad_parameters);
    answer = compare("f1-dad-1.jpg", "noface-house.jpg", "", &status);
    recognition_expect(answer, status, bad_parameters);
}

/* ---- what is no photo ---- */

static void refused(struct recognition_refusal refusal, const char *image)
{
    static const char *const more[] = {
        "DetectFaces",
        "IndexFaces",
        "SearchFacesByImage",
    };

    for (size_t i = 0; i < COUNT(more); i++)
        recognition_be_refused(client, refusal, more[i],
                               "{\"CollectionId\":\"all\",\"Image\":%s}",
                               image);
    recognition_be_refused(client, refusal, "CompareFaces",
                           "{\"SourceImage\":%s,\"TargetImage\":%s}", image,
                           image);
}

static void refused_bytes(const void *bytes, size_t len)
{
    char *text = base64_encode(bytes, len);
    char *image = xprintf("{\"Bytes\":\"%s\"}", text);

    refused(bad_format, image);
    free(image);
    free(text);
}

static void what_is_no_jpeg_or_png_is_told_so(void **state)
{
    static const char gif[] = "GIF89a\x64\x00\x64\x00\x80\x00\x00;";

    (void)state;
    refused_bytes("no photo", 8);
    refused_bytes(gif, sizeof gif - 1);
}

static void a_webp_is_none_of_rekognitions_formats(void **state)
{
    size_t len;
    char *bytes = unit_read_file(
        unit_source("tests/unit/data/quarters-lossy.webp"), &len);

    (void)state;
    refused_bytes(bytes, len);
    free(bytes);
}

static void a_photo_that_was_cut_off_is_told_so(void **state)
{
    char *photo = recognition_photo("broken-truncated.jpg");
    char *image = xprintf("{\"Bytes\":\"%s\"}", photo);

    (void)state;
    refused(bad_format, image);
    free(image);
    free(photo);
}

/* A PNG that is whole by its frame, of so many pixels. */
static void write_png(struct buffer *png, uint32_t width, uint32_t height)
{
    const unsigned char head[] = {0x89,
                                  'P',
                                  'N',
                                  'G',
                                  '\r',
                                  '\n',
                                  0x1a,
                                  '\n',
                                  0,
                                  0,
                                  0,
                                  13,
                                  'I',
                                  'H',
                                  'D',
                                  'R',
                                  0,
                                  0,
                                  (unsigned char)(width >> 8),
                                  (unsigned char)width,
                                  0,
                                  0,
                                  (unsigned char)(height >> 8),
                                  (unsigned char)height,
                                  8,
                                  2,
                                  0,
                                  0,
                                  0,
                                  0,
                                  0,
                                  0,
                                  0};
    const unsigned char end[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0, 0, 0, 0};

    buffer_add(png, head, sizeof head);
    buffer_add(png, end, sizeof end);
}

static void a_side_below_80_pixels_is_too_small(void **state)
{
    struct buffer narrow = {0}, low = {0};

    (void)state;
    write_png(&narrow, 79, 500);
    write_png(&low, 500, 79);
    refused_bytes(narrow.bytes, narrow.len);
    refused_bytes(low.bytes, low.len);
    buffer_finish(&narrow);
    buffer_finish(&low);
}

/* Large enough, and its frame is well; but there are no pixels in it. */
static void a_photo_without_pixels_is_told_so(void **state)
{
    struct buffer hollow = {0};

    (void)state;
    write_png(&hollow, 500, 500);
    refused_bytes(hollow.bytes, hollow.len);
    buffer_finish(&hollow);
}

static void more_pixels_than_fit_are_not_decoded(void **state)
{
    struct buffer huge = {0};
    char *text, *image;

    (void)state;
    write_png(&huge, 60000, 60000);
    text = base64_encode(huge.bytes, huge.len);
    image = xprintf("{\"Bytes\":\"%s\"}", text);
    refused((struct recognition_refusal){400, "ImageTooLargeException",
                                         "Image size is too large."},
            image);
    free(image);
    free(text);
    buffer_finish(&huge);
}

static void an_object_of_s3_cannot_be_had(void **state)
{
    (void)state;
    refused((struct recognition_refusal){400, "InvalidS3ObjectException",
                                         "Unable to get object metadata from "
                                         "S3."},
            "{\"S3Object\":{\"Bucket\":\"photos\",\"Name\":\"a.jpg\"}}");
}

static void an_image_is_bytes_or_an_object_and_not_both(void **state)
{
    (void)state;
    refused(bad_parameters, "{}");
    refused(bad_parameters, "{\"Bytes\":\"AAAA\",\"S3Object\":{\"Bucket\":"
                            "\"photos\",\"Name\":\"a.jpg\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_faces_are_detected_as_a_person_counts),
        cmocka_unit_test(the_usual_filter_keeps_all_of_them),
        cmocka_unit_test(a_stricter_filter_never_keeps_more),
        cmocka_unit_test(a_person_is_found_in_a_group),
        cmocka_unit_test(matches_are_sorted_by_similarity),
        cmocka_unit_test(nothing_is_compared_without_a_face_on_each_photo),
        cmocka_unit_test(what_is_no_jpeg_or_png_is_told_so),
        cmocka_unit_test(a_webp_is_none_of_rekognitions_formats),
        cmocka_unit_test(a_photo_that_was_cut_off_is_told_so),
        cmocka_unit_test(a_side_below_80_pixels_is_too_small),
        cmocka_unit_test(a_photo_without_pixels_is_told_so),
        cmocka_unit_test(more_pixels_than_fit_are_not_decoded),
        cmocka_unit_test(an_object_of_s3_cannot_be_had),
        cmocka_unit_test(an_image_is_bytes_or_an_object_and_not_both),
    };

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
