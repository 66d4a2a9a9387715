/* Answers that break the protocol, whichever they are. */
#include "examples.h"

#include "buffer.h"
#include "errors.h"
#include "recognition.h"

#define ADA_FACE "5f1c0b7e-9c3a-4d7e-8a51-2b6d90f4c713"
#define BOX                                                                    \
    "\"BoundingBox\":{\"Width\":0.2,\"Height\":0.3,\"Left\":0.1,\"Top\":0.4}"

/* One reader, told nothing but whether the answer is good. */
typedef int read_fn(const char *text, size_t len);

static int read_faces(const char *text, size_t len)
{
    struct recognition_faces faces;
    int error = recognition_faces_read(&faces, text, len);

    recognition_faces_finish(&faces);
    return error;
}

static int read_matches(const char *text, size_t len)
{
    struct recognition_matches matches;
    int error = recognition_matches_read(&matches, text, len);

    recognition_matches_finish(&matches);
    return error;
}

static int read_records(const char *text, size_t len)
{
    struct recognition_records records;
    int error = recognition_records_read(&records, text, len);

    recognition_records_finish(&records);
    return error;
}

static int read_comparison(const char *text, size_t len)
{
    struct recognition_comparison comparison;
    int error = recognition_comparison_read(&comparison, text, len);

    recognition_comparison_finish(&comparison);
    return error;
}

static int read_deletion(const char *text, size_t len)
{
    struct recognition_deletion deletion;
    int error = recognition_deletion_read(&deletion, text, len);

    recognition_deletion_finish(&deletion);
    return error;
}

static int read_listing(const char *text, size_t len)
{
    struct recognition_listing listing;
    int error = recognition_listing_read(&listing, text, len);

    recognition_listing_finish(&listing);
    return error;
}

static const struct {
    const char *example;
    read_fn *read;
} readers[] = {
    {"answer-DetectFaces.json", read_faces},
    {"answer-SearchFacesByImage.json", read_matches},
    {"answer-SearchFaces.json", read_matches},
    {"answer-IndexFaces.json", read_records},
    {"answer-CompareFaces.json", read_comparison},
    {"answer-DeleteFaces-some.json", read_deletion},
    {"answer-ListFaces.json", read_listing},
};

static void what_is_no_object_is_no_answer(void **state)
{
    static const char *const bad[] = {"",   "{}", "[]",   "null",
                                      "17", "{",  "[{}]", "\"FaceDetails\""};

    (void)state;
    for (size_t i = 0; i < COUNT(readers); i++)
        for (size_t k = 0; k < COUNT(bad); k++)
            assert_int_equal(readers[i].read(bad[k], strlen(bad[k])),
                             E_PROTOCOL);
}

static void an_answer_that_was_cut_off_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(readers); i++) {
        size_t len;
        char *text = example_squeezed(
            example_text("recognition", readers[i].example, &len));

        len = strlen(text);
        assert_int_equal(readers[i].read(text, len), 0);
        while (len-- > 0)
            assert_int_equal(readers[i].read(text, len), E_PROTOCOL);
        free(text);
    }
}

/* Every value of every example in turn becomes one of another type.  That may
 * pass where nobody looks at it, but it must never harm. */
static void a_value_of_any_type_does_no_harm(void **state)
{
    static const char *const others[] = {"null",   "17", "-1e999", "\"\"",
                                         "[null]", "{}", "true",   "[[{}]]"};

    (void)state;
    for (size_t i = 0; i < COUNT(readers); i++) {
        char *text = example_squeezed(
            example_text("recognition", readers[i].example, NULL));

        for (char *colon = strstr(text, "\":"); colon;
             colon = strstr(colon + 1, "\":")) {
            const char *value = colon + 2;
            size_t value_len = strcspn(value, ",}]");

            if (*value == '{' || *value == '[')
                continue;
            for (size_t k = 0; k < COUNT(others); k++) {
                struct buffer changed = {0};
                int error;

                buffer_add(&changed, text, (size_t)(value - text));
                buffer_add_text(&changed, others[k]);
                buffer_add_text(&changed, value + value_len);
                error = readers[i].read(changed.bytes, changed.len);
                assert_true(error == 0 || error == E_PROTOCOL);
                buffer_finish(&changed);
            }
        }
        free(text);
    }
}

/* In each, one member is missing or wrong. */
static const struct {
    read_fn *read;
    const char *text;
} misshapen[] = {
    {read_faces, "{\"FaceDetails\":{}}"},
    {read_faces, "{\"FaceDetails\":[17]}"},
    {read_faces, "{\"FaceDetails\":[{" BOX "}]}"},
    {read_faces, "{\"FaceDetails\":[{" BOX ",\"Confidence\":100.1}]}"},
    {read_faces, "{\"FaceDetails\":[{" BOX ",\"Confidence\":-0.1}]}"},
    {read_faces, "{\"FaceDetails\":[{" BOX ",\"Confidence\":1e999}]}"},
    {read_faces, "{\"FaceDetails\":[{\"Confidence\":99,\"BoundingBox\":{"
                 "\"Width\":0,\"Height\":0.3,\"Left\":0,\"Top\":0}}]}"},
    {read_faces, "{\"FaceDetails\":[{\"Confidence\":99,\"BoundingBox\":{"
                 "\"Width\":0.2,\"Height\":-1,\"Left\":0,\"Top\":0}}]}"},
    {read_faces, "{\"FaceDetails\":[{\"Confidence\":99,\"BoundingBox\":{"
                 "\"Width\":0.2,\"Height\":1,\"Left\":1e9,\"Top\":0}}]}"},
    {read_faces, "{\"FaceDetails\":[{\"Confidence\":99,\"BoundingBox\":{"
                 "\"Width\":0.2,\"Height\":1,\"Left\":0}}]}"},
    {read_faces, "{\"FaceDetails\":[{" BOX ",\"Confidence\":99,"
                 "\"Landmarks\":{}}]}"},
    {read_faces, "{\"FaceDetails\":[{" BOX ",\"Confidence\":99,"
                 "\"Landmarks\":[{\"Type\":\"nose\",\"X\":0.5}]}]}"},
    {read_faces, "{\"FaceDetails\":[{" BOX ",\"Confidence\":99,"
                 "\"Pose\":{\"Roll\":0,\"Yaw\":0}}]}"},
    {read_faces, "{\"FaceDetails\":[{" BOX ",\"Confidence\":99,"
                 "\"Pose\":{\"Roll\":0,\"Yaw\":0,\"Pitch\":181}}]}"},
    {read_faces, "{\"FaceDetails\":[{" BOX ",\"Confidence\":99,"
                 "\"Quality\":{\"Brightness\":50}}]}"},
    {read_matches,
     "{\"FaceMatches\":[{\"Face\":{\"FaceId\":\"" ADA_FACE "\"}}]}"},
    {read_matches, "{\"FaceMatches\":[{\"Similarity\":99}]}"},
    {read_matches, "{\"FaceMatches\":[{\"Similarity\":99,\"Face\":{"
                   "\"FaceId\":\"17\"}}]}"},
    {read_matches, "{\"FaceMatches\":[{\"Similarity\":99,\"Face\":{"
                   "\"FaceId\":\"" ADA_FACE "\",\"ExternalImageId\":17}}]}"},
    {read_matches, "{\"FaceMatches\":[],\"SearchedFaceBoundingBox\":{}}"},
    {read_matches, "{\"FaceMatches\":[],\"SearchedFaceBoundingBox\":{"
                   "\"Width\":1,\"Height\":1,\"Left\":0,\"Top\":0}}"},
    {read_records,
     "{\"FaceRecords\":[{\"Face\":{\"FaceId\":\"" ADA_FACE "\"}}]}"},
    {read_records, "{\"FaceRecords\":[],\"UnindexedFaces\":{}}"},
    {read_records, "{\"FaceRecords\":[],\"UnindexedFaces\":[{"
                   "\"Reasons\":\"LOW\"}]}"},
    {read_records, "{\"FaceRecords\":[],\"UnindexedFaces\":[{"
                   "\"Reasons\":[17]}]}"},
    {read_comparison, "{\"SourceImageFace\":{" BOX ",\"Confidence\":99}}"},
    {read_comparison, "{\"SourceImageFace\":{" BOX "},\"FaceMatches\":[]"
                      "}"},
    {read_comparison,
     "{\"SourceImageFace\":{" BOX ",\"Confidence\":99},"
     "\"FaceMatches\":[{\"Face\":{" BOX ",\"Confidence\":99}}]}"},
    {read_comparison, "{\"SourceImageFace\":{" BOX ",\"Confidence\":99},"
                      "\"FaceMatches\":[{\"Similarity\":99}]}"},
    {read_comparison, "{\"SourceImageFace\":{" BOX ",\"Confidence\":99},"
                      "\"FaceMatches\":[],\"UnmatchedFaces\":[17]}"},
    {read_deletion, "{\"DeletedFaces\":[\"17\"]}"},
    {read_deletion, "{\"DeletedFaces\":[],\"UnsuccessfulFaceDeletions\":["
                    "{\"Reasons\":[\"FACE_NOT_FOUND\"]}]}"},
};

static void every_member_that_is_used_is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(misshapen); i++)
        if (misshapen[i].read(misshapen[i].text, strlen(misshapen[i].text)) !=
            E_PROTOCOL)
            fail_msg("taken: %s", misshapen[i].text);
}

static void lists_that_say_nothing_may_be_missing(void **state)
{
    static const char compared[] =
        "{\"SourceImageFace\":{" BOX ",\"Confidence\":99},\"FaceMatches\":[]}";
    static const char deleted[] = "{\"DeletedFaces\":[],"
                                  "\"UnsuccessfulFaceDeletions\":null}";
    static const char indexed[] = "{\"FaceRecords\":[]}";

    (void)state;
    assert_int_equal(read_comparison(compared, strlen(compared)), 0);
    assert_int_equal(read_deletion(deleted, strlen(deleted)), 0);
    assert_int_equal(read_records(indexed, strlen(indexed)), 0);
}

/* As many as there may be, and one more. */
static void assert_bounded(read_fn *read, const char *start, const char *item,
                           int most, const char *end)
{
    struct buffer text = {0};

    buffer_add_text(&text, start);
    for (int i = 0; i < most; i++)
        buffer_printf(&text, "%s%s", i ? "," : "", item);
    buffer_add_text(&text, end);
    assert_int_equal(read(text.bytes, text.len), 0);

    buffer_clear(&text);
    buffer_add_text(&text, start);
    for (int i = 0; i <= most; i++)
        buffer_printf(&text, "%s%s", i ? "," : "", item);
    buffer_add_text(&text, end);
    assert_int_equal(read(text.bytes, text.len), E_PROTOCOL);
    buffer_finish(&text);
}

static void lists_are_bounded(void **state)
{
    static const char face[] = "{" BOX ",\"Confidence\":99}";
    static const char match[] =
        "{\"Similarity\":99,\"Face\":{\"FaceId\":\"" ADA_FACE "\"}}";

    (void)state;
    assert_bounded(read_faces, "{\"FaceDetails\":[", face, 100, "]}");
    assert_bounded(read_matches, "{\"FaceMatches\":[", match, 4096, "]}");
    assert_bounded(read_records, "{\"FaceRecords\":[],\"UnindexedFaces\":[",
                   "{}", 100, "]}");
    assert_bounded(read_comparison,
                   "{\"SourceImageFace\":{" BOX
                   ",\"Confidence\":99},\"FaceMatches\":[],"
                   "\"UnmatchedFaces\":[",
                   face, 100, "]}");
    assert_bounded(read_deletion, "{\"DeletedFaces\":[", "\"" ADA_FACE "\"",
                   4096, "]}");
    assert_bounded(read_listing, "{\"Faces\":[",
                   "{\"FaceId\":\"" ADA_FACE "\"}", 4096, "]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_object_is_no_answer),
        cmocka_unit_test(an_answer_that_was_cut_off_is_none),
        cmocka_unit_test(a_value_of_any_type_does_no_harm),
        cmocka_unit_test(every_member_that_is_used_is_checked),
        cmocka_unit_test(lists_that_say_nothing_may_be_missing),
        cmocka_unit_test(lists_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
