#include "unit.h"

#include "errors.h"
#include "settings.h"

struct example {
    const char *name;
    const char *secret;
    int64_t bytes;
    int64_t count;
    bool flag;
};

static const struct setting table[] = {
    {"T_NAME", SETTING_TEXT, offsetof(struct example, name), "nobody",
     "A name.", 0, 0},
    {"T_SECRET", SETTING_SECRET, offsetof(struct example, secret), "",
     "A secret.", 0, 0},
    {"T_BYTES", SETTING_BYTES, offsetof(struct example, bytes), "15M", "Bytes.",
     1, 1LL << 40},
    {"T_COUNT", SETTING_NUMBER, offsetof(struct example, count), "3",
     "A number.", 1, 10},
    {"T_FLAG", SETTING_FLAG, offsetof(struct example, flag), "no", "A flag.", 0,
     0},
};

static int forget(void **state)
{
    (void)state;
    unsetenv("T_NAME");
    unsetenv("T_SECRET");
    unsetenv("T_SECRET_FILE");
    unsetenv("T_BYTES");
    unsetenv("T_COUNT");
    unsetenv("T_FLAG");
    return 0;
}

static void defaults_hold_where_nothing_is_set(void **state)
{
    struct example example;
    char problem[256];

    (void)state;
    setenv("T_NAME", "", 1); /* empty counts as not set */
    assert_int_equal(settings_read(table, COUNT(table), &example, problem), 0);
    assert_string_equal(example.name, "nobody");
    assert_string_equal(example.secret, "");
    assert_true(example.bytes == 15LL * 1024 * 1024);
    assert_true(example.count == 3);
    assert_false(example.flag);
    settings_finish(table, COUNT(table), &example);
}

static void the_environment_is_read(void **state)
{
    struct example example;
    char problem[256];

    (void)state;
    setenv("T_NAME", "Ada", 1);
    setenv("T_BYTES", "2G", 1);
    setenv("T_FLAG", "On", 1);
    assert_int_equal(settings_read(table, COUNT(table), &example, problem), 0);
    assert_string_equal(example.name, "Ada");
    assert_true(example.bytes == 2LL << 30);
    assert_true(example.flag);
    settings_finish(table, COUNT(table), &example);
}

static void a_bad_value_names_its_variable(void **state)
{
    static const char *const bad[][2] = {
        {"T_COUNT", "11"},   {"T_COUNT", "x"},
        {"T_COUNT", "3K"},   {"T_BYTES", "1T"},
        {"T_FLAG", "maybe"}, {"T_COUNT", "99999999999999999999"},
    };
    struct example example;
    char problem[256];

    for (size_t i = 0; i < COUNT(bad); i++) {
        forget(state);
        setenv(bad[i][0], bad[i][1], 1);
        assert_int_equal(settings_read(table, COUNT(table), &example, problem),
                         E_INVALID);
        assert_non_null(strstr(problem, bad[i][0]));
    }
}

static void a_secret_comes_from_a_file_without_its_line_end(void **state)
{
    struct example example;
    char problem[256];
    FILE *file = fopen("secret", "we");

    (void)state;
    fputs("hush\r\n", file);
    fclose(file);
    setenv("T_SECRET_FILE", "secret", 1);
    assert_int_equal(settings_read(table, COUNT(table), &example, problem), 0);
    assert_string_equal(example.secret, "hush");
    settings_finish(table, COUNT(table), &example);

    setenv("T_SECRET", "other", 1);
    assert_int_equal(settings_read(table, COUNT(table), &example, problem),
                     E_INVALID);
    unsetenv("T_SECRET");
    setenv("T_SECRET_FILE", "nowhere", 1);
    assert_int_equal(settings_read(table, COUNT(table), &example, problem),
                     E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults_hold_where_nothing_is_set, forget),
        cmocka_unit_test_setup(the_environment_is_read, forget),
        cmocka_unit_test_setup(a_bad_value_names_its_variable, forget),
        cmocka_unit_test_setup(a_secret_comes_from_a_file_without_its_line_end,
                               forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
