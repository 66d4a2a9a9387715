#include <math.h>

#include <uv.h>

#include "studio.h"

#include "attributes.h"
#include "dot.h"
#include "noise.h"
#include "pixels.h"
#include "recognizer.h"

enum { LENGTH = 256, WAITING = 2, WAITING_MS = 60000 };

static const struct recognizer_limits limits_one = {1, WAITING, WAITING_MS};
static const struct recognizer_limits limits_two = {2, WAITING, WAITING_MS};

static uv_loop_t loop;
static struct recognizer *recognizer;

/* A photo on its way, and how it ended. */
struct order {
    struct recognition recognition;
    char *bytes;
    bool is_done;
    int error;
};

static void on_done(struct recognition *recognition, int error)
{
    struct order *order = container_of(recognition, struct order, recognition);

    assert_false(order->is_done);
    order->is_done = true;
    order->error = error;
}

static void order_bytes(struct order *order, const void *bytes, size_t len)
{
    *order = (struct order){
        .recognition = {
            .bytes = bytes, .len = len, .with_vectors = true, .done = on_done}};
}

static void order_photo(struct order *order, const char *name)
{
    size_t len;
    char *bytes = studio_file(name, &len);

    order_bytes(order, bytes, len);
    order->bytes = bytes;
}

static int serve(struct order *order)
{
    assert_int_equal(recognizer_submit(recognizer, &order->recognition), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(order->is_done);
    return order->error;
}

static void order_finish(struct order *order)
{
    recognition_finish(&order->recognition);
    free(order->bytes);
}

static double length_of(const struct face *face)
{
    return dot_plain(face->vector, face->vector, LENGTH);
}

static void all_faces_of_a_photo_are_told(void **state)
{
    struct order order;

    (void)state;
    order_photo(&order, "f1-group.jpg");
    assert_int_equal(serve(&order), 0);
    assert_int_equal(order.recognition.width, 800);
    assert_int_equal(order.recognition.height, 534);
    assert_int_equal(order.recognition.face_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct face *face = &order.recognition.faces[i];

        assert_float_equal(length_of(face), 1, 1e-5);
        assert_true(face->quality.brightness > 30 &&
                    face->quality.brightness < 70);
        assert_true(face->quality.sharpness > 50 &&
                    face->quality.sharpness < 100);
        assert_true(fabs(face->pose.roll) < 20);
    }
    order_finish(&order);
}

static void only_what_was_asked_for_is_told(void **state)
{
    struct order order;

    (void)state;
    order_photo(&order, "f1-group.jpg");
    order.recognition.largest_only = true;
    order.recognition.with_vectors = false;
    assert_int_equal(serve(&order), 0);
    assert_int_equal(order.recognition.face_count, 1);
    assert_true(length_of(&order.recognition.faces[0]) <= 0);
    assert_float_equal(order.recognition.faces[0].box.left, 301.44 / 800, 1e-3);
    assert_true(order.recognition.faces[0].quality.sharpness > 0);
    order_finish(&order);
}

static bool is_second(const struct recognition *recognition,
                      const struct face *face)
{
    return face == &recognition->faces[1] && face->quality.sharpness > 0;
}

static void only_faces_that_are_wanted_get_vectors(void **state)
{
    struct order order;

    (void)state;
    order_photo(&order, "f1-group.jpg");
    order.recognition.wants_vector = is_second;
    assert_int_equal(serve(&order), 0);
    assert_int_equal(order.recognition.face_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_float_equal(length_of(&order.recognition.faces[i]), i == 1,
                           1e-3);
    order_finish(&order);
}

static void attributes_are_measured_where_they_are_asked_for(void **state)
{
    struct order order;

    (void)state;
    order_photo(&order, "f1-group.jpg");
    order.recognition.attributes = 1U << ATTRIBUTE_SMILE;
    assert_int_equal(serve(&order), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_true(order.recognition.faces[i].attributes.smile.value);
        assert_false(order.recognition.faces[i].attributes.has_age);
    }
    order_finish(&order);
    order_photo(&order, "f1-mom-1.jpg");
    assert_int_equal(serve(&order), 0);
    assert_false(order.recognition.faces[0].attributes.smile.is_told);
    order_finish(&order);
}

/* Somebody has replaced the folder since the start. */
static void a_model_that_is_gone_takes_its_attributes_with_it(void **state)
{
    struct recognizer *other;
    struct buffer problem = {0};
    struct models models;
    struct order order;

    (void)state;
    studio_load_models(&models);
    free(models.measures[MEASURE_AGE]);
    models.measures[MEASURE_AGE] = strdup("gone/face_age_gender.onnx");
    other = recognizer_create(&loop, &models, &limits_one, &problem);
    models_finish(&models);
    order_photo(&order, "f1-mom-1.jpg");
    order.recognition.attributes = 1U << ATTRIBUTE_ALL;
    assert_int_equal(recognizer_submit(other, &order.recognition), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(order.error, 0);
    assert_true(order.recognition.faces[0].attributes.smile.is_told);
    assert_false(order.recognition.faces[0].attributes.has_age);
    order_finish(&order);
    recognizer_destroy(other);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static void a_photo_without_a_face_has_none(void **state)
{
    struct order order;

    (void)state;
    order_photo(&order, "noface-house.jpg");
    assert_int_equal(serve(&order), 0);
    assert_int_equal(order.recognition.face_count, 0);
    assert_null(order.recognition.faces);
    order_finish(&order);
}

/* Twelve megapixels are decoded at a fraction, which moves nothing. */
static void a_large_photo_has_the_faces_of_the_small_one(void **state)
{
    struct order large, small;

    (void)state;
    order_photo(&large, "f1-group-12mp.jpg");
    order_photo(&small, "f1-group.jpg");
    assert_int_equal(serve(&large), 0);
    assert_int_equal(serve(&small), 0);
    assert_int_equal(large.recognition.width, 4400);
    assert_int_equal(large.recognition.height, 2937);
    assert_int_equal(large.recognition.face_count,
                     small.recognition.face_count);
    for (size_t i = 0; i < large.recognition.face_count; i++) {
        const struct face *one = &large.recognition.faces[i];
        const struct face *other = &small.recognition.faces[i];

        assert_float_equal(one->box.left, other->box.left, 2e-3);
        assert_float_equal(one->box.top, other->box.top, 2e-3);
        assert_true(dot_plain(one->vector, other->vector, LENGTH) > 0.9);
    }
    order_finish(&large);
    order_finish(&small);
}

/* The photo with other sides, as the file that a camera would have made. */
static void order_sized(struct order *order, const char *name, uint32_t width)
{
    struct buffer jpeg = {0};
    struct pixels large;
    struct shot shot;

    shot_open(&shot, name);
    large.width = width > (uint32_t)shot.bitmap.width
                      ? width
                      : (uint32_t)shot.bitmap.width;
    large.height = (uint32_t)((uint64_t)shot.bitmap.height * large.width /
                              (uint64_t)shot.bitmap.width);
    large.bytes = malloc((size_t)3 * large.width * large.height);
    for (size_t y = 0; y < large.height; y++) {
        for (size_t x = 0; x < large.width; x++) {
            size_t row = y * (size_t)shot.bitmap.height / large.height;
            size_t column = x * (size_t)shot.bitmap.width / large.width;
            const unsigned char *from =
                shot.bytes + 3 * (row * (size_t)shot.bitmap.width + column);
            unsigned char *to = large.bytes + 3 * (y * large.width + x);

            to[0] = from[2];
            to[1] = from[1];
            to[2] = from[0];
        }
    }
    assert_int_equal(
        pixels_jpeg(&large,
                    &(struct pixels_cut){0, 0, large.width, large.height},
                    width, 90, &jpeg),
        0);
    pixels_finish(&large);
    shot_finish(&shot);
    order_bytes(order, jpeg.bytes, jpeg.len);
    order->bytes = jpeg.bytes;
}

static void thirty_six_megapixels_have_the_faces_of_the_small_one(void **state)
{
    struct order huge, small;

    (void)state;
    order_sized(&huge, "f1-group-12mp.jpg", 7344);
    order_photo(&small, "f1-group.jpg");
    assert_int_equal(serve(&huge), 0);
    assert_int_equal(serve(&small), 0);
    assert_true((uint64_t)huge.recognition.width * huge.recognition.height >
                35900000);
    assert_int_equal(huge.recognition.face_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct face *one = &huge.recognition.faces[i];
        const struct face *other = &small.recognition.faces[i];

        assert_float_equal(one->box.left, other->box.left, 4e-3);
        assert_float_equal(one->box.top, other->box.top, 4e-3);
        assert_true((double)dot_plain(one->vector, other->vector, LENGTH) >
                    0.9);
    }
    order_finish(&huge);
    order_finish(&small);
}

/* Faces of 20 to 24 pixels. */
static void tiny_faces_are_found(void **state)
{
    struct order order;

    (void)state;
    order_sized(&order, "f1-group.jpg", 200);
    assert_int_equal(serve(&order), 0);
    assert_int_equal(order.recognition.face_count, 4);
    assert_true(order.recognition.faces[3].box.width * 200 < 24);
    order_finish(&order);
}

static void bad_files_are_told_apart(void **state)
{
    struct order order;

    (void)state;
    order_photo(&order, "broken-truncated.jpg");
    assert_int_equal(serve(&order), E_INVALID);
    assert_int_equal(order.recognition.face_count, 0);
    order_finish(&order);

    order_bytes(&order, "GIF89a, which we do not read", 28);
    assert_int_equal(serve(&order), E_UNSUPPORTED);
    order_bytes(&order, "", 0);
    assert_int_equal(serve(&order), E_UNSUPPORTED);
}

/* A PNG's header says how large it is; nothing else of it is needed here. */
static void too_many_pixels_are_refused_unseen(void **state)
{
    const uint32_t sizes[][2] = {{20000, 20000}, {40000, 100}, {100, 40000}};
    struct order order;

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        unsigned char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR????????\x08\x02"
                              "\0\0\0????";

        for (size_t k = 0; k < 4; k++) {
            png[16 + k] = (unsigned char)(sizes[i][0] >> (24 - 8 * k));
            png[20 + k] = (unsigned char)(sizes[i][1] >> (24 - 8 * k));
        }
        order_bytes(&order, png, sizeof png - 1);
        assert_int_equal(serve(&order), E_TOO_LARGE);
    }
}

static void what_waits_is_bounded(void **state)
{
    struct order orders[2 + WAITING], late;

    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        order_photo(&orders[i], "f1-mom-1.jpg");
        assert_int_equal(recognizer_submit(recognizer, &orders[i].recognition),
                         0);
    }
    order_photo(&late, "f1-mom-1.jpg");
    assert_int_equal(recognizer_submit(recognizer, &late.recognition), E_BUSY);
    assert_int_equal(recognizer_waiting(recognizer), WAITING);
    assert_int_equal(recognizer_working(recognizer), 2);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_false(late.is_done);
    for (size_t i = 0; i < COUNT(orders); i++) {
        assert_int_equal(orders[i].error, 0);
        assert_int_equal(orders[i].recognition.face_count, 1);
        /* Whichever thread it was on, a photo has one answer. */
        assert_memory_equal(orders[i].recognition.faces,
                            orders[0].recognition.faces,
                            sizeof *orders[0].recognition.faces);
    }
    for (size_t i = 0; i < COUNT(orders); i++)
        order_finish(&orders[i]);
    order_finish(&late);
}

static void what_waits_too_long_is_not_begun(void **state)
{
    enum { CROWD = 20 };
    const struct recognizer_limits limits = {
        .sets = 1, .waiting = CROWD, .waiting_ms = 1};
    struct order orders[CROWD];
    struct recognizer *other;
    struct buffer problem = {0};
    struct models models;
    size_t recognized = 0;

    (void)state;
    studio_load_models(&models);
    other = recognizer_create(&loop, &models, &limits, &problem);
    models_finish(&models);
    for (size_t i = 0; i < CROWD; i++) {
        order_photo(&orders[i], "f1-group-12mp.jpg");
        assert_int_equal(recognizer_submit(other, &orders[i].recognition), 0);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < CROWD; i++) {
        assert_true(orders[i].is_done);
        recognized += orders[i].error == 0;
        order_finish(&orders[i]);
    }
    assert_int_equal(orders[0].error, 0);
    assert_int_equal(orders[CROWD - 1].error, E_TIMEOUT);
    assert_int_equal(recognizer_waiting(other), 0);
    assert_int_equal(recognizer_times(other)->recognized, recognized);
    assert_int_equal(recognizer_times(other)->late, CROWD - recognized);
    recognizer_destroy(other);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static void noise_has_no_face_and_is_not_counted(void **state)
{
    uint64_t before = recognizer_times(recognizer)->recognized;
    struct buffer noise = {0};
    struct order order;

    (void)state;
    noise_png(&noise);
    order_bytes(&order, noise.bytes, noise.len);
    order.recognition.is_trial = true;
    assert_int_equal(serve(&order), 0);
    assert_int_equal(order.recognition.width, 128);
    assert_int_equal(order.recognition.face_count, 0);
    assert_true(order.recognition.detect_ns > 0);
    assert_int_equal(recognizer_times(recognizer)->recognized, before);
    order_finish(&order);
    buffer_finish(&noise);
}

static void what_photos_came_to_is_counted(void **state)
{
    const struct recognizer_times *times = recognizer_times(recognizer);
    const struct recognizer_times before = *times;
    struct order order;

    (void)state;
    order_photo(&order, "f1-group.jpg");
    assert_int_equal(serve(&order), 0);
    order_finish(&order);
    order_bytes(&order, "no photo", 8);
    assert_int_equal(serve(&order), E_UNSUPPORTED);
    assert_int_equal(times->recognized - before.recognized, 1);
    assert_int_equal(times->faces - before.faces, 4);
    assert_int_equal(times->refused - before.refused, 1);
    assert_int_equal(
        histogram_total(&times->wait) - histogram_total(&before.wait), 1);
    assert_int_equal(histogram_total(&times->describe) -
                         histogram_total(&before.describe),
                     1);
}

static void nothing_is_begun_once_nobody_waits(void **state)
{
    struct order orders[2 + WAITING];

    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        order_photo(&orders[i], "f1-mom-1.jpg");
        assert_int_equal(recognizer_submit(recognizer, &orders[i].recognition),
                         0);
    }
    recognizer_give_up(recognizer);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(orders[COUNT(orders) - 1].error, E_CANCELLED);
    for (size_t i = 0; i < COUNT(orders); i++) {
        assert_true(orders[i].is_done);
        order_finish(&orders[i]);
    }
}

static void a_bad_model_is_refused_with_a_sentence(void **state)
{
    char text[] = "not a network";
    const struct models bad = {.detector = {.bytes = text, .len = 13},
                               .embedder = {.bytes = text, .len = 13}};
    struct buffer problem = {0};

    (void)state;
    assert_null(recognizer_create(&loop, &bad, &limits_two, &problem));
    assert_non_null(
        strstr(buffer_text(&problem), "the detector is no network"));
    buffer_finish(&problem);
}

static int set_up(void **state)
{
    struct buffer problem = {0};
    struct models models;

    (void)state;
    studio_load_models(&models);
    picture_library_init();
    uv_loop_init(&loop);
    recognizer = recognizer_create(&loop, &models, &limits_two, &problem);
    assert_string_equal(buffer_text(&problem), "");
    assert_int_equal(recognizer_vector_length(recognizer), LENGTH);
    models_finish(&models);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    recognizer_destroy(recognizer);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    picture_library_finish();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_faces_of_a_photo_are_told),
        cmocka_unit_test(only_what_was_asked_for_is_told),
        cmocka_unit_test(only_faces_that_are_wanted_get_vectors),
        cmocka_unit_test(attributes_are_measured_where_they_are_asked_for),
        cmocka_unit_test(a_model_that_is_gone_takes_its_attributes_with_it),
        cmocka_unit_test(a_photo_without_a_face_has_none),
        cmocka_unit_test(a_large_photo_has_the_faces_of_the_small_one),
        cmocka_unit_test(thirty_six_megapixels_have_the_faces_of_the_small_one),
        cmocka_unit_test(tiny_faces_are_found),
        cmocka_unit_test(bad_files_are_told_apart),
        cmocka_unit_test(too_many_pixels_are_refused_unseen),
        cmocka_unit_test(what_waits_is_bounded),
        cmocka_unit_test(what_waits_too_long_is_not_begun),
        cmocka_unit_test(noise_has_no_face_and_is_not_counted),
        cmocka_unit_test(what_photos_came_to_is_counted),
        cmocka_unit_test(a_bad_model_is_refused_with_a_sentence),
        cmocka_unit_test(nothing_is_begun_once_nobody_waits), /* the last one */
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
