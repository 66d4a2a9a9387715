#include "unit.h"

#include "basics.h"
#include "turn.h"

/* Turns six stored letters, two rows "abc" and "def" where the picture lies as
 * it should, and gives the upright rows. */
static void turn_letters(int orientation, char upright[static 7])
{
    bool swaps = turn_swaps(orientation);
    uint32_t width = swaps ? 2 : 3, height = swaps ? 3 : 2;
    struct turn turn = turn_upright(orientation, width, height);

    memset(upright, '?', 6);
    upright[6] = '\0';
    for (ptrdiff_t i = 0; i < 6; i++) {
        ptrdiff_t place = turn.corner + i % 3 * turn.right + i / 3 * turn.down;

        assert_int_equal(place % 3, 0);
        assert_in_range(place / 3, 0, 5);
        upright[place / 3] = (char)('a' + i);
    }
}

static void each_orientation_puts_every_pixel_in_its_place(void **state)
{
    static const char *const expected[] = {
        [1] = "abcdef", [2] = "cbafed", [3] = "fedcba", [4] = "defabc",
        [5] = "adbecf", [6] = "daebfc", [7] = "fcebda", [8] = "cfbead",
    };
    char upright[7];

    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        turn_letters(orientation, upright);
        assert_string_equal(upright, expected[orientation]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_orientation_puts_every_pixel_in_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
