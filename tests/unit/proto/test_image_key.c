/*
 * test_image_key.c - the keys under which the store has its images
 *
 * What one version has put there, the next ones must find and erase.
 */
#include "unit.h"

#include "image_key.h"

static void assert_key(char *key, const char *expected)
{
    assert_string_equal(key, expected);
    free(key);
}

static void a_photo_lies_with_its_job(void **state)
{
    (void)state;
    assert_key(image_key_photo("6b0f", "source", "jpg"),
               "jobs/6b0f/source.jpg");
    assert_key(image_key_photo("6b0f", "target", "png"),
               "jobs/6b0f/target.png");
}

static void what_was_made_of_it_lies_beside_it(void **state)
{
    (void)state;
    assert_key(image_key_print("6b0f", "source", "thumb"),
               "jobs/6b0f/source-thumb.jpg");
    assert_key(image_key_print("6b0f", "target", "view"),
               "jobs/6b0f/target-view.jpg");
}

static void a_crop_outlives_its_job(void **state)
{
    (void)state;
    assert_key(image_key_crop("77aa"), "faces/77aa.jpg");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_photo_lies_with_its_job),
        cmocka_unit_test(what_was_made_of_it_lies_beside_it),
        cmocka_unit_test(a_crop_outlives_its_job),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
