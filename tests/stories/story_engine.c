/*
 * The engine does what Rekognition does: every operation, asked rightly and
 * wrongly, with real photos.
 */
#include <unistd.h>

#include "engine_stage.h"
#include "unit.h"
#include "xalloc.h"

static struct engine_stage stage;
static const struct recognition_client *client = &stage.client;
static char *dad, *dad_again, *mom, *group, *nobody;

static const struct recognition_refusal not_found = {
    400, "ResourceNotFoundException",
    "The collection id: nowhere does not exist"};
static int open_stage(void **state)
{
    (void)state;
    dad = recognition_photo("f1-dad-1.jpg");
    dad_again = recognition_photo("f1-dad-2.jpg");
    mom = recognition_photo("f1-mom-1.jpg");
    group = recognition_photo("f1-group.jpg");
    nobody = recognition_photo("noface-house.jpg");
    engine_stage_open(&stage);
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    engine_stage_close(&stage);
    free(dad);
    free(dad_again);
    free(mom);
    free(group);
    free(nobody);
    return 0;
}

static int make_people(void **state)
{
    (void)state;
    recognition_do(client, "CreateCollection", "{\"CollectionId\":\"people\"}");
    return 0;
}

static int delete_people(void **state)
{
    (void)state;
    recognition_do(client, "DeleteCollection", "{\"CollectionId\":\"people\"}");
    return 0;
}

/* Indexes the photo into "people"; `more` are further members. */
static struct json *index_photo(const char *photo, const char *more)
{
    return recognition_get(client, "IndexFaces",
                           "{\"CollectionId\":\"people\","
                           "\"Image\":{\"Bytes\":\"%s\"}%s}",
                           photo, more);
}

/* Borrowed: the FaceId of a record in an answer of IndexFaces. */
static const char *face_id(const struct json *answer)
{
    const struct json *record = json_first(json_get(answer, "FaceRecords"));

    return json_get_text(json_get(record, "Face"), "FaceId", "");
}

static size_t count_of(const struct json *answer, const char *list)
{
    assert_non_null(json_get(answer, list));
    return json_count(json_get(answer, list));
}

static int face_count(void)
{
    struct json *facts = recognition_get(client, "DescribeCollection",
                                         "{\"CollectionId\":\"people\"}");
    int count = (int)json_get_number(facts, "FaceCount", -1);

    json_destroy(facts);
    return count;
}

/* ---- IndexFaces ---- */

static void an_indexed_face_is_told_in_full(void **state)
{
    struct json *answer = index_photo(dad, ",\"ExternalImageId\":\"dad:1\"");
    const struct json *record = json_first(json_get(answer, "FaceRecords"));
    const struct json *face = json_get(record, "Face");
    const struct json *detail = json_get(record, "FaceDetail");

    (void)state;
    assert_int_equal(count_of(answer, "FaceRecords"), 1);
    assert_int_equal(count_of(answer, "UnindexedFaces"), 0);
    assert_string_equal(json_get_text(answer, "FaceModelVersion", ""), "2.0");
    assert_string_equal(json_get_text(face, "ExternalImageId", ""), "dad:1");
    assert_string_equal(json_get_text(face, "IndexFacesModelVersion", ""),
                        "2.0");
    assert_true(json_get_number(face, "Confidence", 0) > 99);
    assert_int_equal(strlen(json_get_text(face, "ImageId", "")), 36);
    assert_true(json_get_number(json_get(detail, "BoundingBox"), "Width", 0) >
                0);
    assert_int_equal(count_of(detail, "Landmarks"), 5);
    assert_non_null(json_get(json_get(detail, "Pose"), "Yaw"));
    assert_true(json_get_number(json_get(detail, "Quality"), "Sharpness", 0) >
                0);
    json_destroy(answer);
}

static void a_photo_that_is_sent_again_keeps_its_faces(void **state)
{
    struct json *first = index_photo(group, ",\"ExternalImageId\":\"one\"");
    struct json *second = index_photo(group, ",\"ExternalImageId\":\"one\"");
    struct json *other = index_photo(group, ",\"ExternalImageId\":\"two\"");
    char *one = json_print(json_get(first, "FaceRecords"));
    char *again = json_print(json_get(second, "FaceRecords"));

    (void)state;
    assert_string_equal(one, again);
    assert_string_not_equal(face_id(first), face_id(other));
    assert_int_equal(face_count(), 8);
    free(one);
    free(again);
    json_destroy(first);
    json_destroy(second);
    json_destroy(other);
}

static void faces_past_the_most_are_told_with_the_reason(void **state)
{
    struct json *answer = index_photo(group, ",\"MaxFaces\":1");
    const struct json *other = json_first(json_get(answer, "UnindexedFaces"));
    char *reasons = json_print(json_get(other, "Reasons"));

    (void)state;
    assert_int_equal(count_of(answer, "FaceRecords"), 1);
    assert_int_equal(count_of(answer, "UnindexedFaces"), 3);
    assert_string_equal(reasons, "[\"EXCEEDS_MAX_FACES\"]");
    assert_non_null(json_get(json_get(other, "FaceDetail"), "BoundingBox"));
    assert_int_equal(face_count(), 1);
    free(reasons);
    json_destroy(answer);
}

static void a_face_below_the_bar_is_told_with_the_reason(void **state)
{
    char *profile = recognition_photo("man-helmet-profile.jpg");
    struct json *high = index_photo(profile, ",\"QualityFilter\":\"HIGH\"");
    struct json *none = index_photo(profile, ",\"QualityFilter\":\"NONE\"");
    const struct json *other = json_first(json_get(high, "UnindexedFaces"));
    char *reasons = json_print(json_get(other, "Reasons"));

    (void)state;
    assert_int_equal(count_of(high, "FaceRecords"), 0);
    assert_string_equal(reasons, "[\"EXTREME_POSE\"]");
    assert_int_equal(count_of(none, "FaceRecords"), 1);
    json_destroy(high);
    json_destroy(none);
    free(reasons);
    free(profile);
}

static void a_photo_without_a_face_has_no_records(void **state)
{
    struct json *answer = index_photo(nobody, "");

    (void)state;
    assert_int_equal(count_of(answer, "FaceRecords"), 0);
    assert_int_equal(face_count(), 0);
    json_destroy(answer);
}

/* ---- ListFaces, DeleteFaces ---- */

static void pages_go_on_while_faces_come_and_go(void **state)
{
    struct json *first, *second, *gone;
    const char *last;

    (void)state;
    json_destroy(index_photo(group, ",\"ExternalImageId\":\"a\""));
    first = recognition_get(client, "ListFaces",
                            "{\"CollectionId\":\"people\",\"MaxResults\":3}");
    assert_int_equal(count_of(first, "Faces"), 3);
    last = json_get_text(first, "NextToken", "");

    /* The face that the page ended with goes, and four new ones come. */
    gone =
        recognition_get(client, "DeleteFaces",
                        "{\"CollectionId\":\"people\",\"FaceIds\":[\"%.36s\"]}",
                        last); /* a token begins with the face's id */
    assert_int_equal(count_of(gone, "DeletedFaces"), 1);
    json_destroy(index_photo(group, ",\"ExternalImageId\":\"b\""));
    second = recognition_get(client, "ListFaces",
                             "{\"CollectionId\":\"people\",\"MaxResults\":4096,"
                             "\"NextToken\":\"%s\"}",
                             last);
    assert_int_equal(count_of(second, "Faces"), 5);
    assert_null(json_get(second, "NextToken"));
    assert_string_equal(json_get_text(second, "FaceModelVersion", ""), "2.0");
    json_destroy(first);
    json_destroy(second);
    json_destroy(gone);

    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "InvalidPaginationTokenException",
                                     "Invalid Pagination Token"},
        "ListFaces", "{\"CollectionId\":\"people\",\"NextToken\":\"people\"}");
}

static void faces_are_listed_by_name(void **state)
{
    struct json *answer = index_photo(dad, ""), *list;

    (void)state;
    json_destroy(index_photo(mom, ""));
    list = recognition_get(client, "ListFaces",
                           "{\"CollectionId\":\"people\",\"FaceIds\":[\"%s\","
                           "\"00000000-0000-0000-0000-000000000000\"]}",
                           face_id(answer));
    assert_int_equal(count_of(list, "Faces"), 1);
    assert_string_equal(
        json_get_text(json_first(json_get(list, "Faces")), "FaceId", ""),
        face_id(answer));
    json_destroy(list);
    json_destroy(answer);
    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "ResourceNotFoundException",
                                     "The user id: u does not exist"},
        "ListFaces", "{\"CollectionId\":\"people\",\"UserId\":\"u\"}");
}

static void a_deleted_face_is_gone_and_an_unknown_one_is_told(void **state)
{
    static const char nobodys[] = "00000000-0000-0000-0000-000000000000";
    struct json *answer = index_photo(dad, "");
    struct json *gone = recognition_get(
        client, "DeleteFaces",
        "{\"CollectionId\":\"people\",\"FaceIds\":[\"%s\",\"%s\"]}",
        face_id(answer), nobodys);
    const struct json *other =
        json_first(json_get(gone, "UnsuccessfulFaceDeletions"));
    char *reasons = json_print(json_get(other, "Reasons"));

    (void)state;
    assert_string_equal(json_text(json_first(json_get(gone, "DeletedFaces"))),
                        face_id(answer));
    assert_string_equal(json_get_text(other, "FaceId", ""), nobodys);
    assert_string_equal(reasons, "[\"FACE_NOT_FOUND\"]");
    assert_int_equal(face_count(), 0);
    free(reasons);
    json_destroy(gone);
    json_destroy(answer);
}

static void a_face_that_is_deleted_twice_at_once_is_told_once(void **state)
{
    struct json *answer = index_photo(mom, "");
    char *expected = xprintf("{\"DeletedFaces\":[\"%s\"],"
                             "\"UnsuccessfulFaceDeletions\":[]}",
                             face_id(answer));
    char *gone = json_print_and_destroy(recognition_get(
        client, "DeleteFaces",
        "{\"CollectionId\":\"people\",\"FaceIds\":[\"%s\",\"%s\"]}",
        face_id(answer), face_id(answer)));

    (void)state;
    assert_string_equal(gone, expected);
    assert_int_equal(face_count(), 0);
    free(gone);
    free(expected);
    json_destroy(answer);
}

/* ---- SearchFaces, SearchFacesByImage ---- */

static void a_person_is_found_by_a_face_and_by_a_photo(void **state)
{
    struct json *known = index_photo(dad, ",\"ExternalImageId\":\"dad\"");
    struct json *again = index_photo(dad_again, "");
    struct json *by_face, *by_photo;
    const struct json *match;

    (void)state;
    json_destroy(index_photo(mom, ",\"ExternalImageId\":\"mom\""));
    by_face = recognition_get(client, "SearchFaces",
                              "{\"CollectionId\":\"people\",\"FaceId\":\"%s\"}",
                              face_id(again));
    assert_int_equal(count_of(by_face, "FaceMatches"), 1);
    match = json_first(json_get(by_face, "FaceMatches"));
    assert_string_equal(json_get_text(json_get(match, "Face"), "FaceId", ""),
                        face_id(known));
    assert_true(json_get_number(match, "Similarity", 0) >= 80);
    assert_string_equal(json_get_text(by_face, "SearchedFaceId", ""),
                        face_id(again));

    by_photo = recognition_get(client, "SearchFacesByImage",
                               "{\"CollectionId\":\"people\",\"MaxFaces\":1,"
                               "\"Image\":{\"Bytes\":\"%s\"}}",
                               dad);
    assert_int_equal(count_of(by_photo, "FaceMatches"), 1);
    match = json_first(json_get(by_photo, "FaceMatches"));
    assert_true(json_get_number(match, "Similarity", 0) == 100);
    assert_string_equal(
        json_get_text(json_get(match, "Face"), "ExternalImageId", ""), "dad");
    assert_non_null(json_get(by_photo, "SearchedFaceBoundingBox"));
    assert_true(json_get_number(by_photo, "SearchedFaceConfidence", 0) > 99);
    json_destroy(by_face);
    json_destroy(by_photo);

    /* Everybody is a little like everybody. */
    by_face = recognition_get(client, "SearchFaces",
                              "{\"CollectionId\":\"people\",\"FaceId\":\"%s\","
                              "\"FaceMatchThreshold\":0}",
                              face_id(again));
    assert_int_equal(count_of(by_face, "FaceMatches"), 2);
    json_destroy(by_face);
    json_destroy(known);
    json_destroy(again);
}

static void a_search_without_a_face_is_refused_word_for_word(void **state)
{
    (void)state;
    recognition_be_refused(
        client,
        (struct recognition_refusal){
            400, "InvalidParameterException",
            "There are no faces in the image. Should be at least 1."},
        "SearchFacesByImage",
        "{\"CollectionId\":\"people\",\"Image\":{\"Bytes\":\"%s\"}}", nobody);
    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "InvalidParameterException",
                                     "faceId was not found in the collection"},
        "SearchFaces",
        "{\"CollectionId\":\"people\","
        "\"FaceId\":\"00000000-0000-0000-0000-000000000000\"}");
}

/* ---- all that work on a collection ---- */

static void a_collection_that_is_not_there_is_told_by_all(void **state)
{
    static const char *const operations[] = {
        "DescribeCollection", "DeleteCollection",   "ListFaces", "DeleteFaces",
        "SearchFaces",        "SearchFacesByImage", "IndexFaces"};

    (void)state;
    for (size_t i = 0; i < COUNT(operations); i++)
        recognition_be_refused(
            client, not_found, operations[i],
            "{\"CollectionId\":\"nowhere\",\"Image\":{\"Bytes\":\"%s\"},"
            "\"FaceId\":\"00000000-0000-0000-0000-000000000000\","
            "\"FaceIds\":[\"00000000-0000-0000-0000-000000000000\"]}",
            dad);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, make_people, delete_people)
    const struct CMUnitTest tests[] = {
        TEST(an_indexed_face_is_told_in_full),
        TEST(a_photo_that_is_sent_again_keeps_its_faces),
        TEST(faces_past_the_most_are_told_with_the_reason),
        TEST(a_face_below_the_bar_is_told_with_the_reason),
        TEST(a_photo_without_a_face_has_no_records),
        TEST(pages_go_on_while_faces_come_and_go),
        TEST(faces_are_listed_by_name),
        TEST(a_deleted_face_is_gone_and_an_unknown_one_is_told),
        TEST(a_face_that_is_deleted_twice_at_once_is_told_once),
        TEST(a_person_is_found_by_a_face_and_by_a_photo),
        TEST(a_search_without_a_face_is_refused_word_for_word),
        TEST(a_collection_that_is_not_there_is_told_by_all),
    };
#undef TEST

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
