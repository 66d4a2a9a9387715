#include "unit.h"

#include "attributes_json.h"
#include "face_json.h"

enum { ALL = 1U << ATTRIBUTE_ALL };

static struct attributes sample(void)
{
    return (struct attributes){
        .has_age = true,
        .age_low = 21,
        .age_high = 40,
        .has_emotions = true,
        .emotions = {[EMOTION_CALM] = 2.5, [EMOTION_HAPPY] = 80.5},
        .is_male = {true, false, 91.25},
        .smile = {true, true, 83.5},
        .mouth_open = {true, false, 75},
        .eyeglasses = {true, true, 60},
    };
}

static void assert_told(const struct attributes *attributes, unsigned asked,
                        const char *wanted)
{
    struct json *detail = json_object();
    char *text;

    attributes_add_json(detail, attributes, asked);
    text = json_print_and_destroy(detail);
    assert_string_equal(text, wanted);
    free(text);
}

static void all_that_was_measured_is_told(void **state)
{
    const struct attributes attributes = sample();

    (void)state;
    assert_told(&attributes, ALL,
                "{\"AgeRange\":{\"Low\":21,\"High\":40},"
                "\"Gender\":{\"Value\":\"Female\",\"Confidence\":91.25},"
                "\"Smile\":{\"Value\":true,\"Confidence\":83.5},"
                "\"Eyeglasses\":{\"Value\":true,\"Confidence\":60},"
                "\"MouthOpen\":{\"Value\":false,\"Confidence\":75},"
                "\"Emotions\":[{\"Type\":\"HAPPY\",\"Confidence\":80.5},"
                "{\"Type\":\"CALM\",\"Confidence\":2.5},"
                "{\"Type\":\"SAD\",\"Confidence\":0},"
                "{\"Type\":\"ANGRY\",\"Confidence\":0},"
                "{\"Type\":\"FEAR\",\"Confidence\":0},"
                "{\"Type\":\"DISGUSTED\",\"Confidence\":0},"
                "{\"Type\":\"SURPRISED\",\"Confidence\":0}]}");
}

static void only_what_was_asked_for_is_told(void **state)
{
    const struct attributes attributes = sample();

    (void)state;
    assert_told(&attributes, 1U << ATTRIBUTE_DEFAULT, "{}");
    assert_told(&attributes, 1U << ATTRIBUTE_BEARD, "{}");
    assert_told(&attributes, 1U << ATTRIBUTE_GENDER | 1U << ATTRIBUTE_AGE_RANGE,
                "{\"AgeRange\":{\"Low\":21,\"High\":40},"
                "\"Gender\":{\"Value\":\"Female\",\"Confidence\":91.25}}");
}

static void what_was_not_measured_is_left_out(void **state)
{
    const struct attributes nothing = {0};

    (void)state;
    assert_told(&nothing, ALL, "{}");
}

static size_t count_landmarks(const struct face *face, unsigned asked)
{
    struct json *detail = face_detail_json_with(face, asked);
    size_t count = json_count(json_get(detail, "Landmarks"));

    json_destroy(detail);
    return count;
}

static void thirty_landmarks_come_with_all_and_five_without(void **state)
{
    struct face face = {.attributes.has_landmarks = true};

    (void)state;
    assert_int_equal(count_landmarks(&face, ALL), 30);
    assert_int_equal(count_landmarks(&face, 1U << ATTRIBUTE_EYES_OPEN), 5);
    face.attributes.has_landmarks = false;
    assert_int_equal(count_landmarks(&face, ALL), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_was_measured_is_told),
        cmocka_unit_test(only_what_was_asked_for_is_told),
        cmocka_unit_test(what_was_not_measured_is_left_out),
        cmocka_unit_test(thirty_landmarks_come_with_all_and_five_without),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
