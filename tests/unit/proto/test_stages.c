#include "unit.h"

#include "clock.h"
#include "stages.h"

static const int64_t begun_us = 1763737200000000;

static struct stages make(void)
{
    return (struct stages){.server = "abc",
                           .begun_us = begun_us,
                           .when_us = {[STAGE_RECEIVED] = begun_us + 1500,
                                       [STAGE_STORED] = begun_us + 4000,
                                       [STAGE_INSERTED] = begun_us + 9000}};
}

static void what_is_written_is_read_again(void **state)
{
    struct stages stages = make(), again;
    char *text = stages_write(&stages);

    (void)state;
    assert_string_equal(text, "abc,1763737200000000,1500,4000,9000");
    stages_read(&again, text);
    assert_memory_equal(&again, &stages, sizeof again);
    free(text);
    stages.when_us[STAGE_STORED] = 0;
    stages.when_us[STAGE_INSERTED] = begun_us - 7;
    text = stages_write(&stages);
    assert_string_equal(text, "abc,1763737200000000,1500,,-7");
    stages_read(&again, text);
    assert_memory_equal(&again, &stages, sizeof again);
    free(text);
}

static void nothing_known_is_an_empty_text(void **state)
{
    struct stages stages = {0};
    char *text = stages_write(&stages);

    (void)state;
    assert_string_equal(text, "");
    stages = make();
    stages_read(&stages, text);
    assert_true(stages.begun_us == 0);
    stages_read(&stages, NULL);
    assert_true(stages.begun_us == 0);
    free(text);
}

static void what_is_no_such_text_leaves_nothing_known(void **state)
{
    static const char *const bad[] = {
        "",
        "abc",
        "abc,",
        "abc,0",
        "abc,-5",
        "abc,now",
        "abc,9999999999999999999999",
        "abc,1763737200000000,",
        "abc,1763737200000000,1,x",
        "abc,1763737200000000,1 2",
        "abc,1763737200000000,9999999999999999999999",
        "abc,1763737200000000,1,2,3,4,5,6,7,8,9,10,11",
        "a name too long,1763737200000000,1",
    };
    struct stages stages;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        stages_read(&stages, bad[i]);
        assert_true(stages.begun_us == 0);
    }
}

static void a_stage_takes_what_lies_between_it_and_the_one_before(void **state)
{
    struct stages stages = make();
    struct stage_span spans[STAGES];

    (void)state;
    stages.when_us[STAGE_TAKEN] = begun_us + 20000;
    assert_int_equal(stages_list(&stages, spans), 4);
    assert_int_equal(spans[0].stage, STAGE_RECEIVED);
    assert_int_equal(spans[0].at_us, 1500);
    assert_int_equal(spans[0].took_us, 1500);
    assert_int_equal(spans[3].stage, STAGE_TAKEN);
    assert_int_equal(spans[3].at_us, 20000);
    assert_int_equal(spans[3].took_us, 11000);
}

static void no_stage_ends_before_its_predecessor(void **state)
{
    struct stages stages = make();
    struct stage_span spans[STAGES];

    (void)state;
    stages.when_us[STAGE_TAKEN] = begun_us + 8000;
    stages.when_us[STAGE_COMMITTED] = begun_us + 10000;
    assert_int_equal(stages_list(&stages, spans), 5);
    assert_int_equal(spans[3].at_us, 9000);
    assert_int_equal(spans[3].took_us, 0);
    assert_int_equal(spans[4].took_us, 1000);
    stages.when_us[STAGE_RECEIVED] = begun_us - 1;
    assert_int_equal(stages_list(&stages, spans), 5);
    assert_int_equal(spans[0].at_us, 0);
}

static void the_api_tells_them_in_order(void **state)
{
    struct stages stages = make();
    char *text = json_print_and_destroy(stages_json(&stages));

    (void)state;
    assert_string_equal(
        text, "[{\"name\":\"received\",\"at_us\":1500,\"took_us\":1500},"
              "{\"name\":\"stored\",\"at_us\":4000,\"took_us\":2500},"
              "{\"name\":\"inserted\",\"at_us\":9000,\"took_us\":5000}]");
    free(text);
    text = json_print_and_destroy(stages_json(&(struct stages){0}));
    assert_string_equal(text, "[]");
    free(text);
}

static void a_mark_is_now(void **state)
{
    struct stages stages = make();
    int64_t before = clock_wall_us();

    (void)state;
    stages_mark(&stages, STAGE_TAKEN);
    assert_true(stages.when_us[STAGE_TAKEN] >= before);
    assert_true(stages.when_us[STAGE_TAKEN] <= clock_wall_us());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(nothing_known_is_an_empty_text),
        cmocka_unit_test(what_is_no_such_text_leaves_nothing_known),
        cmocka_unit_test(a_stage_takes_what_lies_between_it_and_the_one_before),
        cmocka_unit_test(no_stage_ends_before_its_predecessor),
        cmocka_unit_test(the_api_tells_them_in_order),
        cmocka_unit_test(a_mark_is_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
