#include "unit.h"

#include "pattern.h"

static void assert_fits(const struct pattern *pattern, const char *text)
{
    if (!pattern->fits(text))
        fail_msg("'%s' does not fit %s", text, pattern->text);
}

static void assert_not(const struct pattern *pattern, const char *text)
{
    if (pattern->fits(text))
        fail_msg("'%s' fits %s", text, pattern->text);
}

static void a_collection_has_letters_digits_and_three_signs(void **state)
{
    (void)state;
    assert_fits(&pattern_collection, "aZ09_.-");
    assert_fits(&pattern_collection, "..");
    assert_not(&pattern_collection, "");
    assert_not(&pattern_collection, "a b");
    assert_not(&pattern_collection, "a:b");
    assert_not(&pattern_collection, "a/b");
    assert_not(&pattern_collection, "a\n");
    assert_not(&pattern_collection, "\u00e9");
}

static void an_external_id_may_also_have_a_colon(void **state)
{
    (void)state;
    assert_fits(&pattern_external_id, "people:u-17_a.jpg");
    assert_not(&pattern_external_id, "");
    assert_not(&pattern_external_id, "a/b");
    assert_not(&pattern_external_id, "a b");
}

static void a_face_id_is_a_lower_case_uuid(void **state)
{
    (void)state;
    assert_fits(&pattern_uuid, "0123abcd-0000-4000-8000-0123456789ab");
    assert_not(&pattern_uuid, "0123ABCD-0000-4000-8000-0123456789ab");
    assert_not(&pattern_uuid, "0123abcd-0000-4000-8000-0123456789a");
    assert_not(&pattern_uuid, "0123abcd-0000-4000-8000-0123456789abc");
    assert_not(&pattern_uuid, "0123abcd00004000800000123456789ab000");
    assert_not(&pattern_uuid, "");
}

static void a_request_token_has_letters_digits_and_two_signs(void **state)
{
    (void)state;
    assert_fits(&pattern_request_token, "aZ0-_");
    assert_not(&pattern_request_token, "");
    assert_not(&pattern_request_token, "a.b");
    assert_not(&pattern_request_token, "a b");
}

static void a_bucket_may_even_be_empty(void **state)
{
    (void)state;
    assert_fits(&pattern_bucket, "my-bucket.1_x");
    assert_fits(&pattern_bucket, "");
    assert_not(&pattern_bucket, "my bucket");
    assert_not(&pattern_bucket, "a:b");
}

static void a_tag_has_letters_digits_and_blanks_of_every_script(void **state)
{
    (void)state;
    assert_fits(&pattern_tag_value, "");
    assert_fits(&pattern_tag_value, "aZ0 _.:/=+-@");
    assert_fits(&pattern_tag_value, "\u00e9\u00e4\u0416\u4f60\u0663");
    assert_fits(&pattern_tag_value, "a\u00a0b\u3000c");
    assert_not(&pattern_tag_value, "a\tb");
    assert_not(&pattern_tag_value, "a#b");
    assert_not(&pattern_tag_value, "a\u20acb");
    assert_not(&pattern_tag_value, "\U0001F600");
}

static void a_tag_key_does_not_begin_with_aws(void **state)
{
    (void)state;
    assert_fits(&pattern_tag_key, "AWS:x");
    assert_fits(&pattern_tag_key, "my:aws:x");
    assert_fits(&pattern_tag_key, "aws");
    assert_not(&pattern_tag_key, "aws:");
    assert_not(&pattern_tag_key, "aws:x");
    assert_not(&pattern_tag_key, "a#b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_collection_has_letters_digits_and_three_signs),
        cmocka_unit_test(an_external_id_may_also_have_a_colon),
        cmocka_unit_test(a_face_id_is_a_lower_case_uuid),
        cmocka_unit_test(a_request_token_has_letters_digits_and_two_signs),
        cmocka_unit_test(a_bucket_may_even_be_empty),
        cmocka_unit_test(a_tag_has_letters_digits_and_blanks_of_every_script),
        cmocka_unit_test(a_tag_key_does_not_begin_with_aws),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
