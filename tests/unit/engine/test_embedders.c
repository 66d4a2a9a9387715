#include "unit.h"

#include "embedders.h"

static const char lock[] = "# curve in-a-comment.onnx 9.0 64 0.1 2\n"
                           "embedder one.onnx 10 abc MIT https://nowhere\n"
                           "curve one.onnx 3.0 128 0.25 12.5\n"
                           "curve broken.onnx 4.0 many 0.25 12.5\n"
                           "curve two.onnx 4.0 256 0.5 8";

static void curves_are_read_from_a_lock(void **state)
{
    struct embedder list[4];

    (void)state;
    assert_int_equal(embedders_read(lock, list, COUNT(list)), 2);
    assert_string_equal(list[0].name, "one.onnx");
    assert_string_equal(list[0].version, "3.0");
    assert_int_equal(list[0].length, 128);
    assert_float_equal(list[0].half, 0.25, 1e-9);
    assert_float_equal(list[0].slope, 12.5, 1e-9);
    assert_string_equal(list[1].name, "two.onnx");
}

static void no_more_are_read_than_there_is_room_for(void **state)
{
    struct embedder one;

    (void)state;
    assert_int_equal(embedders_read(lock, &one, 1), 1);
    assert_int_equal(embedders_read("", &one, 1), 0);
}

static void ours_are_known_by_length_and_by_version(void **state)
{
    (void)state;
    assert_string_equal(embedder_of_length(256)->name,
                        "face_recognition_mobileface_v2.onnx");
    assert_string_equal(embedder_of_length(128)->name,
                        "face_recognition_sface_2021dec.onnx");
    assert_int_equal(embedder_of_version("2.0")->length, 256);
    assert_null(embedder_of_length(64));
    assert_null(embedder_of_version("9.0"));
}

static void a_curve_is_of_one_file(void **state)
{
    (void)state;
    assert_true(embedder_has_curve("face_recognition_mobileface_v2.onnx", 256));
    assert_false(embedder_has_curve("another.onnx", 256));
    assert_false(embedder_has_curve("face_recognition_mobileface_v2.onnx", 64));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_are_read_from_a_lock),
        cmocka_unit_test(no_more_are_read_than_there_is_room_for),
        cmocka_unit_test(ours_are_known_by_length_and_by_version),
        cmocka_unit_test(a_curve_is_of_one_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
