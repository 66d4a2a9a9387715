#include "pictures.h"

#include "darkroom.h"
#include "errors.h"
#include "text.h"

/* A darkroom on a loop of its own. */
struct stage {
    uv_loop_t loop;
    struct darkroom *darkroom;
    bool is_done;
    int error;
};

static int open_stage(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    struct darkroom_limits limits = {.threads = 2, .pixels = 2000000};

    uv_loop_init(&stage->loop);
    stage->darkroom = darkroom_create(&stage->loop, &limits);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;

    darkroom_destroy(stage->darkroom);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&stage->loop), 0);
    free(stage);
    return 0;
}

static void on_done(void *owner, int error)
{
    struct stage *stage = owner;

    stage->is_done = true;
    stage->error = error;
}

static int wait_for(struct stage *stage, int result)
{
    assert_int_equal(result, PENDING);
    stage->is_done = false;
    while (!stage->is_done)
        uv_run(&stage->loop, UV_RUN_ONCE);
    return stage->error;
}

static struct photo *read_photo(const char *path)
{
    size_t len;
    char *bytes = unit_read_file(path, &len);

    return photo_create(bytes, len);
}

static int develop(struct stage *stage, struct photo *taken)
{
    return wait_for(stage,
                    photo_develop(stage->darkroom, taken, on_done, stage));
}

static void assert_size(const struct buffer *jpeg, uint32_t width,
                        uint32_t height)
{
    struct picture *picture = open_buffer(jpeg);

    assert_int_equal(picture_width(picture), width);
    assert_int_equal(picture_height(picture), height);
    picture_close(picture);
}

static void a_photo_that_fits_is_sent_as_it_came(void **state)
{
    struct stage *stage = *state;
    size_t len;
    char *bytes = unit_read_file(photo("f1-dad-1-exif6.jpg"), &len);
    struct photo *taken = photo_create(bytes, len);

    assert_int_equal(photo_fit(stage->darkroom, taken, on_done, stage), DONE);
    assert_ptr_equal(photo_image(taken).bytes, bytes);
    assert_int_equal(photo_image(taken).len, len);
    assert_int_equal(photo_width(taken), 203);
    assert_int_equal(photo_height(taken), 241);
    photo_destroy(taken);
}

static void a_photo_of_another_format_is_sent_as_a_jpeg(void **state)
{
    struct stage *stage = *state;
    struct photo *taken = read_photo(example("quarters.heic"));

    assert_int_equal(
        wait_for(stage, photo_fit(stage->darkroom, taken, on_done, stage)), 0);
    assert_int_equal(photo_width(taken), 96);
    assert_int_equal(photo_height(taken), 64);
    assert_memory_equal(photo_image(taken).bytes, "\xff\xd8\xff", 3);
    assert_int_equal(photo_develop(stage->darkroom, taken, on_done, stage),
                     DONE);
    photo_destroy(taken);
}

static void print(struct stage *stage, struct photo *taken,
                  const struct print *size, uint32_t width, uint32_t height)
{
    struct buffer jpeg = {0};

    assert_int_equal(wait_for(stage, photo_print(stage->darkroom, taken, size,
                                                 &jpeg, on_done, stage)),
                     0);
    assert_size(&jpeg, width, height);
    buffer_finish(&jpeg);
}

static void a_thumbnail_has_256_pixels(void **state)
{
    struct stage *stage = *state;
    struct photo *taken = read_photo(photo("obama-1.jpg"));

    print(stage, taken, &print_thumb, 205, 256);
    assert_int_equal(develop(stage, taken), 0);
    print(stage, taken, &print_thumb, 205, 256);
    print(stage, taken, &print_view, 910, 1137);
    photo_destroy(taken);
}

static void on_another(void *owner, int error)
{
    assert_int_equal(error, 0);
    ++*(int *)owner;
}

static void a_photo_is_developed_once_for_all_who_ask(void **state)
{
    struct stage *stage = *state;
    struct photo *taken = read_photo(photo("obama-1.jpg"));
    int others = 0;

    for (int i = 0; i < 3; i++)
        assert_int_equal(
            photo_develop(stage->darkroom, taken, on_another, &others),
            PENDING);
    while (others == 0)
        uv_run(&stage->loop, UV_RUN_ONCE);
    assert_int_equal(others, 3);
    photo_destroy(taken);
}

static void a_face_is_cut_out_with_its_margin(void **state)
{
    struct stage *stage = *state;
    struct photo *taken = read_photo(photo("obama-1.jpg"));
    struct cut cut = {.area = {0.4, 0.4, 0.2, 0.2}, .margin = 0.5};

    assert_int_equal(develop(stage, taken), 0);
    assert_int_equal(wait_for(stage, photo_cut(stage->darkroom, taken, &cut,
                                               on_done, stage)),
                     0);
    assert_true(cut.window.left > 0.299 && cut.window.left < 0.301);
    assert_true(cut.window.width > 0.399 && cut.window.width < 0.401);
    cut.longest = 100;
    assert_int_equal(wait_for(stage, photo_cut(stage->darkroom, taken, &cut,
                                               on_done, stage)),
                     0);
    assert_size(&cut.jpeg, 80, 100);
    buffer_finish(&cut.jpeg);
    photo_destroy(taken);
}

static void a_damaged_photo_is_said_to_be_so(void **state)
{
    struct stage *stage = *state;
    struct photo *taken = read_photo(photo("broken-truncated.jpg"));

    assert_int_equal(develop(stage, taken), E_INVALID);
    photo_destroy(taken);
}

static void a_photo_of_too_many_pixels_is_not_decoded(void **state)
{
    struct stage *stage = *state;
    struct photo *taken = read_photo(photo("f1-group-12mp.jpg"));

    assert_int_equal(photo_fit(stage->darkroom, taken, on_done, stage),
                     E_INVALID);
    assert_int_equal(develop(stage, taken), E_INVALID);
    photo_destroy(taken);
}

static int start(void **state)
{
    (void)state;
    picture_library_init();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    picture_library_finish();
    return 0;
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_photo_that_fits_is_sent_as_it_came),
        TEST(a_photo_of_another_format_is_sent_as_a_jpeg),
        TEST(a_thumbnail_has_256_pixels),
        TEST(a_photo_is_developed_once_for_all_who_ask),
        TEST(a_face_is_cut_out_with_its_margin),
        TEST(a_damaged_photo_is_said_to_be_so),
        TEST(a_photo_of_too_many_pixels_is_not_decoded),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
