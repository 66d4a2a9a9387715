#include "unit.h"

#include "uuid.h"

static void ids_are_valid_and_sort_by_age(void **state)
{
    char one[UUID_BYTES], other[UUID_BYTES];

    (void)state;
    uuid_make(one);
    assert_true(uuid_is_valid(one));
    assert_int_equal(one[14], '7');
    uuid_make(other);
    assert_true(strncmp(one, other, 13) <= 0);
    assert_string_not_equal(one, other);
}

static void the_same_bytes_give_the_same_id(void **state)
{
    unsigned char bytes[16] = "0123456789abcdef";
    char one[UUID_BYTES], other[UUID_BYTES];

    (void)state;
    uuid_from(bytes, one);
    uuid_from(bytes, other);
    assert_true(uuid_is_valid(one));
    assert_string_equal(one, other);
}

static void other_texts_are_no_ids(void **state)
{
    (void)state;
    assert_false(uuid_is_valid(""));
    assert_false(uuid_is_valid("0199c1de-7f3a-7000-8000-0123456789a"));
    assert_false(uuid_is_valid("0199c1de-7f3a-7000-8000-0123456789abc"));
    assert_false(uuid_is_valid("0199C1DE-7f3a-7000-8000-0123456789ab"));
    assert_false(uuid_is_valid("0199c1de07f3a-7000-8000-0123456789ab"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_valid_and_sort_by_age),
        cmocka_unit_test(the_same_bytes_give_the_same_id),
        cmocka_unit_test(other_texts_are_no_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
