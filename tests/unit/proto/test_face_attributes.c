#include "unit.h"

#include "basics.h"
#include "buffer.h"
#include "face_attributes.h"

static void assert_becomes(const char *detail, const char *wanted)
{
    struct json *document = json_parse(detail, strlen(detail));
    char *text;

    assert_non_null(document);
    text = json_print_and_destroy(face_attributes(document));
    assert_string_equal(text, wanted);
    free(text);
    json_destroy(document);
}

#define BOX                                                                    \
    "\"BoundingBox\":{\"Width\":0.25,\"Height\":0.5,\"Left\":-0.1,\"Top\":0."  \
    "2}"
#define OUR_BOX                                                                \
    "\"box\":{\"left\":-0.1,\"top\":0.2,\"width\":0.25,\"height\":0.5}"

static void a_box_has_our_name_and_order(void **state)
{
    (void)state;
    assert_becomes("{" BOX "}", "{" OUR_BOX "}");
}

static void what_every_face_has_comes_first(void **state)
{
    (void)state;
    assert_becomes(
        "{\"AgeRange\":{\"Low\":25,\"High\":33}," BOX
        ",\"Quality\":{\"Brightness\":71.2,\"Sharpness\":88},"
        "\"Pose\":{\"Roll\":-1.5,\"Yaw\":2,\"Pitch\":0},\"Confidence\":99.5}",
        "{" OUR_BOX ",\"confidence\":99.5,"
        "\"pose\":{\"roll\":-1.5,\"yaw\":2,\"pitch\":0},"
        "\"quality\":{\"brightness\":71.2,\"sharpness\":88},"
        "\"age_range\":{\"low\":25,\"high\":33}}");
}

static void landmarks_are_found_by_name(void **state)
{
    (void)state;
    assert_becomes(
        "{" BOX ",\"Landmarks\":[{\"Type\":\"eyeLeft\",\"X\":0.1,\"Y\":0.2},"
        "{\"Type\":\"leftEyeBrowUp\",\"X\":0.3,\"Y\":0.4},"
        "{\"Type\":\"eyeLeft\",\"X\":9,\"Y\":9},{\"X\":9,\"Y\":9},17]}",
        "{" OUR_BOX ",\"landmarks\":{\"eye_left\":{\"x\":0.1,\"y\":0.2},"
        "\"left_eye_brow_up\":{\"x\":0.3,\"y\":0.4}}}");
}

static void attributes_are_a_value_and_a_confidence(void **state)
{
    (void)state;
    assert_becomes(
        "{" BOX ",\"EyesOpen\":{\"Value\":true,\"Confidence\":98.25},"
        "\"Gender\":{\"Value\":\"Female\",\"Confidence\":99.75},"
        "\"Emotions\":[{\"Type\":\"HAPPY\",\"Confidence\":96.5},"
        "{\"Type\":\"CALM\",\"Confidence\":2.5}]}",
        "{" OUR_BOX ",\"eyes_open\":{\"value\":true,\"confidence\":98.25},"
        "\"gender\":{\"value\":\"female\",\"confidence\":99.75},"
        "\"emotions\":[{\"type\":\"happy\",\"confidence\":96.5},"
        "{\"type\":\"calm\",\"confidence\":2.5}]}");
}

/* What AWS sends in single precision comes out as it was meant. */
static void numbers_have_six_digits_behind_the_point(void **state)
{
    (void)state;
    assert_becomes("{" BOX ",\"Confidence\":99.9991226196289}",
                   "{" OUR_BOX ",\"confidence\":99.999123}");
    assert_becomes("{" BOX ",\"Confidence\":99.19999694824219}",
                   "{" OUR_BOX ",\"confidence\":99.199997}");
}

static void what_we_do_not_know_is_carried_over(void **state)
{
    (void)state;
    assert_becomes("{" BOX ",\"HatStyle\":{\"BrimWidth2\":0.12345678,"
                   "\"Note\":\"A Fedora\",\"Type\":\"WIDE_BRIM\","
                   "\"Tags\":[\"Felt\",null,[1,{\"InnerARN\":2}]]},"
                   "\"Nothing\":null}",
                   "{" OUR_BOX ",\"hat_style\":{\"brim_width2\":0.123457,"
                   "\"note\":\"A Fedora\",\"type\":\"wide_brim\","
                   "\"tags\":[\"Felt\",[1,{\"inner_arn\":2}]]}}");
}

static void no_name_stands_twice(void **state)
{
    (void)state;
    assert_becomes("{" BOX ",\"Box\":1,\"Smile\":2,\"smile\":3,\"Smile\":4}",
                   "{" OUR_BOX ",\"smile\":2}");
}

static void a_flood_of_members_is_cut_off(void **state)
{
    struct buffer text = {0};
    struct json *document, *ours;

    (void)state;
    buffer_add_text(&text, "{" BOX ",\"Landmarks\":[]");
    for (int i = 0; i < 1000; i++)
        buffer_printf(&text, ",\"Member%d\":%d", i, i);
    buffer_add_byte(&text, '}');
    document = json_parse(text.bytes, text.len);
    ours = face_attributes(document);
    assert_int_equal(json_count(ours), 64);
    json_destroy(ours);
    json_destroy(document);
    buffer_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_has_our_name_and_order),
        cmocka_unit_test(what_every_face_has_comes_first),
        cmocka_unit_test(landmarks_are_found_by_name),
        cmocka_unit_test(attributes_are_a_value_and_a_confidence),
        cmocka_unit_test(numbers_have_six_digits_behind_the_point),
        cmocka_unit_test(what_we_do_not_know_is_carried_over),
        cmocka_unit_test(no_name_stands_twice),
        cmocka_unit_test(a_flood_of_members_is_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
