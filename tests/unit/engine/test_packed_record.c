#include "unit.h"

#include "packed_record.h"

static const struct record sample = {
    .id = "0199c1de-7f3a-7abc-8def-0123456789ab",
    .image_id = "ffffffff-ffff-8fff-bfff-fffffffffffe",
    .box = {0.1, 0.2, 0.3, 0.4},
    .confidence = 99.9,
    .created_ms = 1700000000123,
};

static void assert_same_text(const char *one, const char *other)
{
    if (one && other)
        assert_string_equal(one, other);
    else
        assert_ptr_equal(one, other);
}

/* What was packed and copied is what it was. */
static void assert_kept(const char *external_id, const char *user_id)
{
    struct record record = sample, opened;
    struct packed_record packed, copy;

    record.external_id = external_id;
    record.user_id = user_id;
    packed = packed_record_from(&record);
    copy = packed_record_copy(&packed);
    packed_record_finish(&packed);
    opened = packed_record_open(&copy);
    packed_record_finish(&copy);

    assert_string_equal(opened.id, sample.id);
    assert_string_equal(opened.image_id, sample.image_id);
    assert_same_text(opened.external_id, external_id);
    assert_same_text(opened.user_id, user_id);
    assert_memory_equal(&opened.box, &sample.box, sizeof opened.box);
    assert_true(opened.confidence >= 99.9 && opened.confidence <= 99.9);
    assert_int_equal(opened.created_ms, sample.created_ms);
    record_finish(&opened);
}

static void a_record_comes_out_as_it_went_in(void **state)
{
    (void)state;
    assert_kept(NULL, NULL);
    assert_kept("anna", NULL);
    assert_kept(NULL, "user 7");
    assert_kept("anna", "user 7");
}

static void a_face_changes_its_user(void **state)
{
    struct record record = sample, opened;
    struct packed_record packed;

    (void)state;
    record.external_id = "anna";
    packed = packed_record_from(&record);
    packed_record_set_user(&packed, "one");
    packed_record_set_user(&packed, "another");
    opened = packed_record_open(&packed);
    assert_string_equal(opened.external_id, "anna");
    assert_string_equal(opened.user_id, "another");
    record_finish(&opened);
    packed_record_set_user(&packed, NULL);
    opened = packed_record_open(&packed);
    assert_null(opened.user_id);
    record_finish(&opened);
    packed_record_finish(&packed);
}

static void bits_sort_as_texts_do(void **state)
{
    static const char *const ids[] = {
        "00000000-0000-7000-8000-000000000000",
        "00000000-0000-7000-8000-000000000001",
        "0199c1de-7f3a-7000-8000-0123456789ab",
        "0199c1de-7f3a-7000-8000-0123456789ac",
        "a199c1de-7f3a-7000-8000-0123456789ab",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(ids); i++)
        for (size_t k = 0; k < COUNT(ids); k++) {
            struct id_bits one = id_bits_of(ids[i]), other = id_bits_of(ids[k]);
            int order = id_bits_compare(&one, &other);

            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
}

/* They come from clients, who may look for anything. */
static void what_is_no_id_does_no_harm(void **state)
{
    static const char *const texts[] = {
        "", "-", "zz", "\xff\xfe",
        "0199c1de-7f3a-7000-8000-0123456789ab0199c1de-7f3a-7000-8000"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        (void)id_bits_of(texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_comes_out_as_it_went_in),
        cmocka_unit_test(a_face_changes_its_user),
        cmocka_unit_test(bits_sort_as_texts_do),
        cmocka_unit_test(what_is_no_id_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
