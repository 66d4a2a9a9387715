/*
 * Faces have ages, moods and more: the engine tells what it can measure, what
 * nobody measures is left out, and without the models it says so and goes on.
 */
#include <unistd.h>

#include "engine_stage.h"
#include "stack.h"
#include "talk.h"
#include "unit.h"
#include "xalloc.h"

enum { JOB_MS = 60000 };

static struct engine_stage stage;
static const struct recognition_client *client = &stage.client;

static int open_stage(void **state)
{
    (void)state;
    engine_stage_open(&stage);
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    engine_stage_close(&stage);
    return 0;
}

/* The answer of DetectFaces; `attributes` is a list of words. */
static struct json *detect(const char *name, const char *attributes)
{
    char *photo = recognition_photo(name);
    struct json *answer =
        recognition_get(client, "DetectFaces",
                        "{\"Image\":{\"Bytes\":\"%s\"},\"Attributes\":[%s]}",
                        photo, attributes);

    free(photo);
    return answer;
}

static const struct json *first_face(const struct json *answer)
{
    return json_first(json_get(answer, "FaceDetails"));
}

static bool value_of(const struct json *face, const char *name)
{
    const struct json *attribute = json_get(face, name);
    double confidence = json_get_number(attribute, "Confidence", 0);

    assert_non_null(json_get(attribute, "Value"));
    assert_true(confidence >= 50 && confidence < 100);
    return json_get_bool(attribute, "Value", false);
}

static const char *gender_of(const struct json *face)
{
    return json_get_text(json_get(face, "Gender"), "Value", "");
}

/* ---- the engine ---- */

static void a_face_is_told_with_all_that_is_measured(void **state)
{
    struct json *answer = detect("woman-eyeglasses.jpg", "\"ALL\"");
    const struct json *face = first_face(answer);
    const struct json *range = json_get(face, "AgeRange");
    const struct json *emotions = json_get(face, "Emotions");

    (void)state;
    assert_int_equal(json_count(json_get(answer, "FaceDetails")), 1);
    assert_int_equal(json_count(json_get(face, "Landmarks")), 30);
    assert_true(value_of(face, "Smile"));
    assert_true(value_of(face, "Eyeglasses"));
    assert_true(value_of(face, "MouthOpen"));
    assert_true(value_of(face, "EyesOpen"));
    assert_string_equal(gender_of(face), "Female");
    assert_true(json_get_number(range, "Low", 99) < 24);
    assert_true(json_get_number(range, "High", 0) > 24);
    assert_int_equal(json_count(emotions), 7);
    assert_string_equal(json_get_text(json_first(emotions), "Type", ""),
                        "HAPPY");
    json_destroy(answer);
}

static void nothing_is_made_up(void **state)
{
    static const char *const unmeasured[] = {"Mustache", "Beard", "Sunglasses",
                                             "EyeDirection", "FaceOccluded"};
    struct json *answer =
        detect("obama-1.jpg", "\"ALL\",\"BEARD\",\"MUSTACHE\",\"SUNGLASSES\","
                              "\"EYE_DIRECTION\",\"FACE_OCCLUDED\"");

    (void)state;
    for (size_t i = 0; i < COUNT(unmeasured); i++)
        assert_null(json_get(first_face(answer), unmeasured[i]));
    json_destroy(answer);
}

static void what_was_not_asked_for_is_not_told(void **state)
{
    struct json *plain = detect("obama-1.jpg", "");
    struct json *smile = detect("obama-1.jpg", "\"SMILE\"");

    (void)state;
    assert_int_equal(json_count(first_face(plain)), 5);
    assert_int_equal(json_count(first_face(smile)), 6);
    assert_true(value_of(first_face(smile), "Smile"));
    json_destroy(plain);
    json_destroy(smile);
}

static void every_face_of_a_group_has_its_own(void **state)
{
    struct json *answer = detect("f1-group.jpg", "\"ALL\"");
    double ages = 0;

    (void)state;
    assert_int_equal(json_count(json_get(answer, "FaceDetails")), 4);
    for (const struct json *face = first_face(answer); face;
         face = json_next(face)) {
        double low = json_get_number(json_get(face, "AgeRange"), "Low", -1);

        assert_true(value_of(face, "Smile"));
        ages += low < 12 ? 1 : 100; /* two parents, two children */
    }
    assert_true(ages == 202);
    json_destroy(answer);
}

static void an_indexed_face_is_told_with_what_was_asked_for(void **state)
{
    char *photo = recognition_photo("f1-dad-1.jpg");
    struct json *answer;
    const struct json *detail;

    (void)state;
    recognition_do(client, "CreateCollection", "{\"CollectionId\":\"some\"}");
    answer = recognition_get(client, "IndexFaces",
                             "{\"CollectionId\":\"some\","
                             "\"Image\":{\"Bytes\":\"%s\"},"
                             "\"DetectionAttributes\":[\"ALL\"]}",
                             photo);
    detail =
        json_get(json_first(json_get(answer, "FaceRecords")), "FaceDetail");
    assert_string_equal(gender_of(detail), "Male");
    assert_int_equal(json_count(json_get(detail, "Landmarks")), 30);
    json_destroy(answer);
    free(photo);
}

/* ---- without the models ---- */

static void link_model(const char *name)
{
    char path[4096];

    snprintf(path, sizeof path, "few/%s", name);
    assert_int_equal(
        symlink(unit_shared("FACEWIRE_MODELS", "models", name), path), 0);
}

static void without_the_models_the_rest_is_told(void **state)
{
    const char *make[] = {"sh", "-c", "rm -rf few; mkdir few", NULL};
    char *models = xstrdup(getenv("FACEWIRE_MODELS"));
    struct json *answer;
    char *log;

    (void)state;
    child_run(make, "/dev/null");
    link_model("face_detection_yunet_n_640_640.onnx");
    link_model("face_recognition_mobileface_v2.onnx");
    engine_stage_close(&stage);
    setenv("FACEWIRE_MODELS", "few", 1);
    engine_stage_open(&stage);

    answer = detect("obama-1.jpg", "\"ALL\"");
    assert_int_equal(json_count(json_get(first_face(answer), "Landmarks")), 5);
    assert_null(json_get(first_face(answer), "AgeRange"));
    assert_null(json_get(first_face(answer), "Smile"));
    assert_false(value_of(first_face(answer), "Eyeglasses"));
    json_destroy(answer);
    log = unit_read_file("engine.log", NULL);
    assert_non_null(strstr(log, "the age model is missing"));
    free(log);
    setenv("FACEWIRE_MODELS", models, 1);
    free(models);
}

/* ---- the product ---- */

static void an_analysis_tells_them_in_our_words(void **state)
{
    struct stack stack;
    struct json *accepted, *job;
    const struct json *face;
    int status;

    (void)state;
    stack_start_all(&stack);
    accepted = talk_photo(
        stack.port, "/v1/analyses",
        unit_shared("FACEWIRE_PHOTOS", "photos", "woman-eyeglasses.jpg"),
        &status);
    assert_int_equal(status, 202);
    job = talk_job(stack.port, json_get_text(accepted, "id", ""), JOB_MS);
    assert_string_equal(json_get_text(job, "status", ""), "done");
    face = json_first(json_get(json_get(job, "result"), "faces"));
    assert_int_equal(json_count(json_get(face, "landmarks")), 30);
    assert_non_null(json_get(json_get(face, "landmarks"), "left_eye_brow_up"));
    assert_string_equal(json_get_text(json_get(face, "gender"), "value", ""),
                        "female");
    assert_true(json_get_bool(json_get(face, "smile"), "value", false));
    assert_true(json_get_bool(json_get(face, "eyeglasses"), "value", false));
    assert_string_equal(
        json_get_text(json_first(json_get(face, "emotions")), "type", ""),
        "happy");
    assert_true(json_get_number(json_get(face, "age_range"), "high", 0) > 24);
    json_destroy(accepted);
    json_destroy(job);
    stack_stop(&stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_face_is_told_with_all_that_is_measured),
        cmocka_unit_test(nothing_is_made_up),
        cmocka_unit_test(what_was_not_asked_for_is_not_told),
        cmocka_unit_test(every_face_of_a_group_has_its_own),
        cmocka_unit_test(an_indexed_face_is_told_with_what_was_asked_for),
        cmocka_unit_test(without_the_models_the_rest_is_told),
        cmocka_unit_test(an_analysis_tells_them_in_our_words),
    };

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
