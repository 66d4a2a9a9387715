#include "archive_sample.h"

#include <math.h>

#include "user_vector.h"

static struct archive_vector vector_of(struct archive_sample *sample,
                                       const char *user_id)
{
    struct archive_vector vector;
    char key[UUID_BYTES];

    user_key(user_id, key);
    assert_int_equal(user_vector_make(sample->archive, "people", key, &vector),
                     0);
    return vector;
}

static void it_lies_in_the_middle_of_the_faces_and_has_length_1(void **state)
{
    struct archive_sample sample;
    struct archive_vector vector;

    (void)state;
    archive_sample_open(&sample);
    archive_sample_add_user(&sample, "anna");
    archive_sample_give(&sample, 0, "anna");
    archive_sample_give(&sample, 2, "anna");
    vector = vector_of(&sample, "anna");
    assert_int_equal(vector.length, SAMPLE_LENGTH);
    assert_float_equal(vector.numbers[0], (float)sqrt(0.5), 1e-6f);
    assert_float_equal(vector.numbers[1], 0, 0);
    assert_float_equal(vector.numbers[2], (float)sqrt(0.5), 1e-6f);
    archive_close(sample.archive);
}

static void that_of_one_face_is_the_face_s(void **state)
{
    struct archive_sample sample;
    struct archive_vector vector;

    (void)state;
    archive_sample_open(&sample);
    archive_sample_add_user(&sample, "anna");
    archive_sample_give(&sample, 3, "anna");
    vector = vector_of(&sample, "anna");
    assert_float_equal(vector.numbers[3], 1, 0);
    archive_close(sample.archive);
}

static void without_faces_there_is_none(void **state)
{
    struct archive_sample sample;

    (void)state;
    archive_sample_open(&sample);
    archive_sample_add_user(&sample, "anna");
    assert_int_equal(vector_of(&sample, "anna").length, 0);
    assert_int_equal(vector_of(&sample, "nobody").length, 0);
    archive_close(sample.archive);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, archive_sample_remove,               \
                                    archive_sample_remove)
    const struct CMUnitTest tests[] = {
        TEST(it_lies_in_the_middle_of_the_faces_and_has_length_1),
        TEST(that_of_one_face_is_the_face_s),
        TEST(without_faces_there_is_none),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
