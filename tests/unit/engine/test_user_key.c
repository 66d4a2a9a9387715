#include "unit.h"

#include "user_key.h"

static void a_key_is_a_uuid_and_always_the_same(void **state)
{
    char one[UUID_BYTES], other[UUID_BYTES];

    (void)state;
    user_key("anna", one);
    user_key("anna", other);
    assert_true(uuid_is_valid(one));
    assert_string_equal(one, other);
    /* It is in archives, so it must never change. */
    assert_string_equal(one, "55579b55-7896-80ce-9764-c47fed644f9b");
}

static void ids_that_differ_have_keys_that_differ(void **state)
{
    char one[UUID_BYTES], other[UUID_BYTES];

    (void)state;
    user_key("anna", one);
    user_key("Anna", other);
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_a_uuid_and_always_the_same),
        cmocka_unit_test(ids_that_differ_have_keys_that_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
