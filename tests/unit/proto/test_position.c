#include "unit.h"

#include "errors.h"
#include "position.h"
#include "text.h"

static struct position *position_of(const char *text)
{
    struct position *position;

    assert_int_equal(position_read(text, &position), 0);
    return position;
}

static struct offset offset_of(const char *text)
{
    struct offset offset;

    assert_int_equal(offset_read(text, &offset), 0);
    return offset;
}

static void demand_text(const struct position *position, const char *wanted)
{
    char *text = position_write(position);

    assert_string_equal(text, wanted);
    free(text);
}

static void what_is_written_is_read_again_in_the_order_of_parts(void **state)
{
    struct position *one = position_of("k3v9-1763715240123-0");
    struct position *some = position_of("7.a-1-2,k3v9-1763715240123-0,1.b-3-4");

    (void)state;
    demand_text(one, "k3v9-1763715240123-0");
    assert_int_equal(position_parts(one), 1);
    demand_text(some, "k3v9-1763715240123-0,1.b-3-4,7.a-1-2");
    assert_int_equal(position_parts(some), 8);
    assert_null(position_at(some, 2));
    assert_null(position_at(some, 8));
    assert_non_null(position_at(some, 7));
    position_unref(one);
    position_unref(some);
}

static void what_nobody_gave_out_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        ",",
        "a-1-2,",
        ",a-1-2",
        "a-1-2,,1.a-1-2",
        "a-1-2 1.a-1-2",
        "a-1-2,a-1-3", /* a part twice */
        "5.a-1-2,5.b-1-2",
        "128.a-1-2",
        "1.a-1-2,x",
        "abcdefghijklmnopqrstuvw-9999999999999999999-99999999999999999999",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct position *position = NULL;

        if (position_read(bad[i], &position) != E_INVALID || position)
            fail_msg("taken for a position: \"%s\"", bad[i]);
    }
}

static void all_parts_have_room(void **state)
{
    struct position *position = position_create();
    char *text;

    (void)state;
    for (unsigned part = PARTS_MAX; part-- > 0;) {
        struct offset offset = offset_of("a-1-2");

        offset.part = part;
        position_set(position, &offset);
    }
    text = position_write(position);
    position_unref(position);
    position = position_of(text);
    assert_int_equal(position_parts(position), PARTS_MAX);
    position_unref(position);
    free(text);
}

static void news_is_what_lies_behind_it_in_its_part(void **state)
{
    static const struct {
        const char *offset;
        bool is_news;
    } cases[] = {
        {"a-10-0", false},  {"a-9-5", false},  {"a-10-1", true},
        {"2.b-5-0", false}, {"2.b-6-0", true}, {"2.c-1-0", true},
        {"1.a-1-0", true}, /* a part of which nothing is known */
        {"9.a-1-0", true},
    };
    struct position *position = position_of("a-10-0,2.b-5-0");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct offset offset = offset_of(cases[i].offset);

        if (position_is_before(position, &offset) != cases[i].is_news)
            fail_msg("%s", cases[i].offset);
    }
    position_unref(position);
}

static void it_moves_on_part_by_part(void **state)
{
    struct position *position = position_of("a-10-0");
    struct offset first = offset_of("a-11-0"), other = offset_of("3.b-1-0");

    (void)state;
    position_set(position, &first);
    position_set(position, &other);
    demand_text(position, "a-11-0,3.b-1-0");
    position_unref(position);
}

static void its_last_user_frees_it(void **state)
{
    struct position *position = position_of("a-10-0");

    (void)state;
    assert_null(position_ref(NULL));
    position_unref(NULL);
    position_ref(position);
    position_unref(position);
    demand_text(position, "a-10-0");
    position_unref(position);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again_in_the_order_of_parts),
        cmocka_unit_test(what_nobody_gave_out_is_refused),
        cmocka_unit_test(all_parts_have_room),
        cmocka_unit_test(news_is_what_lies_behind_it_in_its_part),
        cmocka_unit_test(it_moves_on_part_by_part),
        cmocka_unit_test(its_last_user_frees_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
