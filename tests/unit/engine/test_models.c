#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"
#include "models.h"

#define DETECTOR "face_detection_yunet_n_640_640.onnx"
#define EMBEDDER "face_recognition_mobileface_v2.onnx"
#define EXPRESSION "face_expression_7.onnx"
enum { DETECTOR_BYTES = 317466 };

static struct models models;

static void assert_problem(const char *folder, int error, const char *sentence)
{
    struct buffer problem = {0};

    assert_int_equal(models_load(&models, folder, &problem), error);
    assert_string_equal(buffer_text(&problem), sentence);
    assert_null(models.detector.bytes);
    buffer_finish(&problem);
}

static void write_detector(size_t len)
{
    FILE *file;

    mkdir("here", 0777);
    file = fopen("here/" DETECTOR, "we");
    for (size_t i = 0; i < len; i++)
        fputc('x', file);
    fclose(file);
}

static int clear(void **state)
{
    (void)state;
    unlink("here/" DETECTOR);
    unlink("here/" EMBEDDER);
    unlink("here/" EXPRESSION);
    rmdir("here/" DETECTOR);
    rmdir("here");
    return 0;
}

#define ORIGIN                                                                 \
    "https://github.com/ShiqiYu/libfacedetection.train/raw/"                   \
    "0047ac24afb1a50a0c6105001c89d1b5b805dbf1/onnx/yunet_n_640_640.onnx"
#define REPLACE                                                                \
    ", so it is not the model we know: replace it by the one from " ORIGIN

static void a_missing_model_is_named_with_where_to_get_it(void **state)
{
    (void)state;
    assert_problem("here", E_NOT_FOUND,
                   "the detector model " DETECTOR
                   " is missing: get it from " ORIGIN
                   " and put it into the folder here");
}

static void a_model_of_another_length_is_refused(void **state)
{
    (void)state;
    write_detector(10);
    assert_problem("here", E_INVALID,
                   "here/" DETECTOR " has 10 bytes instead of 317466" REPLACE);
}

static void a_model_with_other_bytes_is_refused(void **state)
{
    (void)state;
    write_detector(DETECTOR_BYTES);
    assert_problem(
        "here", E_INVALID,
        "here/" DETECTOR " has the SHA-256 "
        "80890932dcf779fc0eb58a759c477c470c847d0c754a2a1efabd609cfa0c58e5"
        " instead of "
        "25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e3"
        "1" REPLACE);
}

static void a_folder_in_the_place_of_a_model_is_refused(void **state)
{
    struct buffer problem = {0};

    (void)state;
    mkdir("here", 0777);
    mkdir("here/" DETECTOR, 0777);
    assert_int_equal(models_load(&models, "here", &problem), E_INVALID);
    assert_non_null(strstr(buffer_text(&problem), "here/" DETECTOR));
    buffer_finish(&problem);
}

static void the_right_models_are_read(void **state)
{
    struct buffer problem = {0};
    char folder[4096];

    (void)state;
    snprintf(folder, sizeof folder, "%s",
             unit_shared("FACEWIRE_MODELS", "models", DETECTOR));
    *strrchr(folder, '/') = '\0';
    assert_int_equal(models_load(&models, folder, &problem), 0);
    assert_string_equal(models.detector.name, DETECTOR);
    assert_int_equal(models.detector.len, DETECTOR_BYTES);
    assert_string_equal(models.embedder.name,
                        "face_recognition_mobileface_v2.onnx");
    for (enum measure i = 0; i < MEASURE_COUNT; i++)
        assert_non_null(models.measures[i]);
    models_finish(&models);
    buffer_finish(&problem);
}

static void link_model(const char *name)
{
    char path[4096];

    mkdir("here", 0777);
    snprintf(path, sizeof path, "here/%s", name);
    assert_int_equal(
        symlink(unit_shared("FACEWIRE_MODELS", "models", name), path), 0);
}

/* Nobody misses attributes who does not ask for them. */
static void the_models_of_attributes_may_be_missing(void **state)
{
    struct buffer problem = {0};

    (void)state;
    link_model(DETECTOR);
    link_model(EMBEDDER);
    link_model(EXPRESSION);
    assert_int_equal(models_load(&models, "here", &problem), 0);
    assert_null(models.measures[MEASURE_LANDMARKS]);
    assert_null(models.measures[MEASURE_AGE]);
    assert_string_equal(models.measures[MEASURE_EXPRESSION],
                        "here/" EXPRESSION);
    models_finish(&models);
    buffer_finish(&problem);
}

/* The wrong one may not pass for missing. */
static void another_file_in_the_place_of_a_measure_is_refused(void **state)
{
    struct buffer problem = {0};
    FILE *file;

    (void)state;
    link_model(DETECTOR);
    link_model(EMBEDDER);
    file = fopen("here/" EXPRESSION, "we");
    fclose(file);
    assert_int_equal(models_load(&models, "here", &problem), E_INVALID);
    assert_non_null(strstr(buffer_text(&problem),
                           "here/" EXPRESSION " has 0 bytes instead of"));
    buffer_finish(&problem);
}

static void a_measure_that_changed_meanwhile_is_refused(void **state)
{
    struct buffer problem = {0};
    struct model model;

    (void)state;
    link_model(DETECTOR);
    link_model(EMBEDDER);
    link_model(EXPRESSION);
    assert_int_equal(models_load(&models, "here", &problem), 0);
    unlink("here/" EXPRESSION);
    assert_int_equal(models_read_measure(&model, MEASURE_EXPRESSION,
                                         models.measures[MEASURE_EXPRESSION],
                                         &problem),
                     E_INVALID);
    assert_null(model.bytes);
    models_finish(&models);
    buffer_finish(&problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, clear, clear)
        TEST(a_missing_model_is_named_with_where_to_get_it),
        TEST(a_model_of_another_length_is_refused),
        TEST(a_model_with_other_bytes_is_refused),
        TEST(a_folder_in_the_place_of_a_model_is_refused),
        TEST(the_right_models_are_read),
        TEST(the_models_of_attributes_may_be_missing),
        TEST(another_file_in_the_place_of_a_measure_is_refused),
        TEST(a_measure_that_changed_meanwhile_is_refused),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
