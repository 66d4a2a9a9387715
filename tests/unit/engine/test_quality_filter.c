#include "unit.h"

#include "quality_filter.h"

enum { WIDTH = 1000, HEIGHT = 500 };

/* A face that passes every bar: 100 by 150 pixels. */
static struct face good_face(void)
{
    return (struct face){
        .box = {.left = 0.1, .top = 0.1, .width = 0.1, .height = 0.3},
        .confidence = 99.9,
        .quality = {.brightness = 50, .sharpness = 90},
    };
}

static void assert_reasons(enum quality_filter filter, struct face face,
                           unsigned reasons)
{
    assert_int_equal(quality_filter_reasons(filter, &face, WIDTH, HEIGHT),
                     reasons);
}

static void a_good_face_passes_every_bar(void **state)
{
    (void)state;
    for (int filter = QUALITY_NONE; filter <= QUALITY_HIGH; filter++)
        assert_reasons(filter, good_face(), 0);
}

static void without_a_filter_every_face_passes(void **state)
{
    (void)state;
    assert_reasons(QUALITY_NONE,
                   (struct face){.pose = {.yaw = -179, .pitch = 179}}, 0);
}

static void each_fault_has_its_reason(void **state)
{
    struct face face = good_face();

    (void)state;
    face.pose.yaw = -41;
    assert_reasons(QUALITY_HIGH, face, REASON_EXTREME_POSE);
    face = good_face();
    face.pose.pitch = 36;
    assert_reasons(QUALITY_HIGH, face, REASON_EXTREME_POSE);
    face = good_face();
    face.quality.brightness = 19;
    assert_reasons(QUALITY_HIGH, face, REASON_LOW_BRIGHTNESS);
    face.quality.brightness = 81;
    assert_reasons(QUALITY_HIGH, face, REASON_LOW_BRIGHTNESS);
    face = good_face();
    face.quality.sharpness = 64;
    assert_reasons(QUALITY_HIGH, face, REASON_LOW_SHARPNESS);
    face = good_face();
    face.confidence = 99.4;
    assert_reasons(QUALITY_HIGH, face, REASON_LOW_CONFIDENCE);
    face = good_face();
    face.box.width = 0.063;
    assert_reasons(QUALITY_HIGH, face, REASON_SMALL_BOUNDING_BOX);
    face = good_face();
    face.box.height = 0.127; /* of half as many pixels */
    assert_reasons(QUALITY_HIGH, face, REASON_SMALL_BOUNDING_BOX);
}

static void a_face_may_have_several_faults(void **state)
{
    struct face face = good_face();

    (void)state;
    face.quality = (struct quality){.brightness = 4, .sharpness = 29};
    face.box.width = 0.019;
    assert_reasons(QUALITY_AUTO, face,
                   REASON_LOW_BRIGHTNESS | REASON_LOW_SHARPNESS |
                       REASON_SMALL_BOUNDING_BOX);
}

/* Whatever a stricter filter takes, a milder one takes too. */
static void filters_are_in_the_order_of_their_bars(void **state)
{
    struct face face = good_face();

    (void)state;
    for (int half = 0; half <= 200; half++) {
        double worth = half / 2.0;

        face.quality.sharpness = worth;
        face.quality.brightness = worth;
        face.confidence = worth;
        face.box.width = worth / 1000;
        face.pose.yaw = face.pose.pitch = 100 - worth;
        for (int filter = QUALITY_NONE; filter < QUALITY_HIGH; filter++) {
            unsigned mild =
                quality_filter_reasons(filter, &face, WIDTH, HEIGHT);
            unsigned strict =
                quality_filter_reasons(filter + 1, &face, WIDTH, HEIGHT);

            assert_int_equal(mild & ~strict, 0);
        }
    }
}

static void the_largest_face_that_passes_is_taken(void **state)
{
    struct face faces[3] = {good_face(), good_face(), good_face()};
    struct recognition recognition = {
        .width = WIDTH, .height = HEIGHT, .faces = faces, .face_count = 3};

    (void)state;
    faces[0].quality.sharpness = 10;
    assert_ptr_equal(quality_filter_largest(QUALITY_NONE, &recognition), faces);
    assert_ptr_equal(quality_filter_largest(QUALITY_AUTO, &recognition),
                     faces + 1);
    faces[1].confidence = faces[2].confidence = 0;
    assert_null(quality_filter_largest(QUALITY_AUTO, &recognition));
    recognition.face_count = 0;
    assert_null(quality_filter_largest(QUALITY_NONE, &recognition));
}

static void assert_told(unsigned reasons, const char *expected)
{
    char *text = json_print_and_destroy(quality_filter_reasons_json(reasons));

    assert_string_equal(text, expected);
    free(text);
}

static void reasons_and_filters_have_rekognitions_names(void **state)
{
    (void)state;
    assert_string_equal(quality_filter_words.list[QUALITY_NONE], "NONE");
    assert_string_equal(quality_filter_words.list[QUALITY_AUTO], "AUTO");
    assert_string_equal(quality_filter_words.list[QUALITY_HIGH], "HIGH");
    assert_told(0, "[]");
    assert_told(REASON_EXCEEDS_MAX_FACES, "[\"EXCEEDS_MAX_FACES\"]");
    assert_told(REASON_EXTREME_POSE | REASON_LOW_BRIGHTNESS,
                "[\"EXTREME_POSE\",\"LOW_BRIGHTNESS\"]");
    assert_told(REASON_LOW_SHARPNESS | REASON_LOW_CONFIDENCE,
                "[\"LOW_SHARPNESS\",\"LOW_CONFIDENCE\"]");
    assert_told(REASON_SMALL_BOUNDING_BOX | REASON_NOT_LARGEST,
                "[\"SMALL_BOUNDING_BOX\",\"FACE_NOT_LARGEST\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_face_passes_every_bar),
        cmocka_unit_test(without_a_filter_every_face_passes),
        cmocka_unit_test(each_fault_has_its_reason),
        cmocka_unit_test(a_face_may_have_several_faults),
        cmocka_unit_test(filters_are_in_the_order_of_their_bars),
        cmocka_unit_test(the_largest_face_that_passes_is_taken),
        cmocka_unit_test(reasons_and_filters_have_rekognitions_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
