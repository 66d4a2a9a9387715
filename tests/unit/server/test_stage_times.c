#include "unit.h"

#include "exposition.h"
#include "stage_times.h"

static const int64_t begun_us = 1763737200000000;

static char *write_times(const struct stage_times *times)
{
    struct buffer text = {0};

    stage_times_write(times, &text);
    exposition_check(buffer_text(&text));
    return buffer_take(&text);
}

static void a_job_is_counted_in_each_of_its_stages(void **state)
{
    struct stage_times *times = stage_times_create();
    struct stages stages = {.begun_us = begun_us,
                            .when_us = {[STAGE_RECEIVED] = begun_us + 100,
                                        [STAGE_STORED] = begun_us + 2100,
                                        [STAGE_PUBLISHED] = begun_us + 300100}};
    char *text;

    (void)state;
    stage_times_count(times, JOB_SEARCH, &stages);
    text = write_times(times);
    assert_non_null(strstr(text, "_bucket{kind=\"search\",stage=\"received\","
                                 "le=\"0.0001\"} 1\n"));
    assert_non_null(strstr(text, "_bucket{kind=\"search\",stage=\"stored\","
                                 "le=\"0.001\"} 0\n"));
    assert_non_null(strstr(text, "_bucket{kind=\"search\",stage=\"stored\","
                                 "le=\"0.0025\"} 1\n"));
    assert_non_null(strstr(text, "_sum{kind=\"search\",stage=\"stored\"} "
                                 "0.002000\n"));
    assert_non_null(
        strstr(text, "_count{kind=\"search\",stage=\"taken\"} 0\n"));
    assert_non_null(
        strstr(text, "facewire_job_seconds_sum{kind=\"search\"} 0.300000\n"));
    assert_null(strstr(text, "enroll"));
    free(text);
    stage_times_destroy(times);
}

static void what_takes_longest_is_in_the_last_bucket(void **state)
{
    struct stage_times *times = stage_times_create();
    struct stages stages = {.begun_us = begun_us,
                            .when_us = {[STAGE_TAKEN] = begun_us + 90000000}};
    char *text;

    (void)state;
    stage_times_count(times, JOB_ERASE, &stages);
    stage_times_count(times, JOB_ERASE, &stages);
    text = write_times(times);
    assert_non_null(
        strstr(text, "{kind=\"erase\",stage=\"taken\",le=\"60\"} 0\n"));
    assert_non_null(
        strstr(text, "{kind=\"erase\",stage=\"taken\",le=\"+Inf\"} 2\n"));
    assert_non_null(
        strstr(text, "_sum{kind=\"erase\",stage=\"taken\"} 180.000000\n"));
    free(text);
    stage_times_destroy(times);
}

static void what_was_never_counted_is_not_told(void **state)
{
    struct stage_times *times = stage_times_create();
    char *text = write_times(times);

    (void)state;
    assert_null(strchr(text, '{'));
    free(text);
    stage_times_destroy(times);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_is_counted_in_each_of_its_stages),
        cmocka_unit_test(what_takes_longest_is_in_the_last_bucket),
        cmocka_unit_test(what_was_never_counted_is_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
