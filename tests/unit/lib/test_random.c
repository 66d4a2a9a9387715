#include "unit.h"

#include "basics.h"
#include "random.h"

enum { NAMES = 2000 };

static void every_place_of_a_name_has_every_letter(void **state)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    bool is_seen[RANDOM_NAME_BYTES - 1][COUNT(letters) - 1] = {0};
    char name[RANDOM_NAME_BYTES];

    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        random_name(name);
        assert_int_equal(strlen(name), RANDOM_NAME_BYTES - 1);
        for (size_t k = 0; k < RANDOM_NAME_BYTES - 1; k++) {
            assert_non_null(strchr(letters, name[k]));
            is_seen[k][strchr(letters, name[k]) - letters] = true;
        }
    }
    for (size_t i = 0; i < COUNT(is_seen); i++)
        for (size_t k = 0; k < COUNT(is_seen[0]); k++)
            assert_true(is_seen[i][k]);
}

static void a_number_stays_below_its_bound(void **state)
{
    (void)state;
    for (uint64_t bound = 1; bound < NAMES; bound++)
        assert_true(random_below(bound) < bound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_place_of_a_name_has_every_letter),
        cmocka_unit_test(a_number_stays_below_its_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
