#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "keys.h"

static const char path[] = "keys";

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    unlink("keys.new");
    return 0;
}

static void write_text(const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static struct keys *open_keys(void)
{
    struct buffer problem = {0};
    struct keys *keys =
        keys_make(path, &problem) ? keys_read(path, &problem) : NULL;

    assert_string_equal(buffer_text(&problem), "");
    assert_non_null(keys);
    buffer_finish(&problem);
    return keys;
}

static void assert_refused(const char *name, const char *sentence)
{
    struct buffer problem = {0};

    assert_true(!keys_make(name, &problem) || !keys_read(name, &problem));
    assert_string_equal(buffer_text(&problem), sentence);
    buffer_finish(&problem);
}

static void a_missing_file_is_made_for_its_owner_alone(void **state)
{
    struct sigv4_credentials found;
    struct stat facts;
    struct keys *keys;
    char *text, *secret;

    (void)state;
    umask(0);
    keys = open_keys();
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_not_equal(access("keys.new", F_OK), 0);

    text = unit_read_file(path, NULL);
    secret = strchr(text, ' ');
    assert_non_null(secret);
    *secret++ = '\0';
    secret[strcspn(secret, "\n")] = '\0';
    assert_int_equal(strlen(text), 20);
    assert_memory_equal(text, "FWIR", 4);
    assert_int_equal(strlen(secret), 40);
    assert_true(keys_find(keys, text, &found));
    assert_string_equal(found.access_key, text);
    assert_string_equal(found.secret, secret);
    assert_null(found.token);
    free(text);
    keys_let_go(keys);
}

static void a_file_that_was_made_stays(void **state)
{
    char *first, *second;

    (void)state;
    keys_let_go(open_keys());
    first = unit_read_file(path, NULL);
    keys_let_go(open_keys());
    second = unit_read_file(path, NULL);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void empty_lines_and_comments_are_passed_over(void **state)
{
    struct sigv4_credentials found;
    struct keys *keys;

    (void)state;
    write_text("# ours\n\n  \t\n\tAKIA1  one \r\n#AKIA2 two\nAKIA3\tthree");
    keys = open_keys();
    assert_true(keys_find(keys, "AKIA1", &found));
    assert_string_equal(found.secret, "one");
    assert_true(keys_find(keys, "AKIA3", &found));
    assert_string_equal(found.secret, "three");
    assert_false(keys_find(keys, "AKIA2", &found));
    assert_false(keys_find(keys, "#AKIA2", &found));
    assert_false(keys_find(keys, "", &found));
    keys_let_go(keys);
}

static void a_line_that_is_no_pair_is_named(void **state)
{
    (void)state;
    write_text("AKIA1 one\n\nAKIA2\n");
    assert_refused(path, "line 3 of keys is no access key and its secret");
    write_text("AKIA1 one # ours\n");
    assert_refused(path, "line 1 of keys is no access key and its secret");
}

static void a_file_without_a_key_is_refused(void **state)
{
    (void)state;
    write_text("# nobody\n");
    assert_refused(path, "keys has no access key");
    assert_refused(".", ". has no access key");
}

static void a_file_that_cannot_be_made_is_told(void **state)
{
    (void)state;
    assert_refused("nowhere/keys", "nowhere/keys: No such file or directory");
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, remove_file, remove_file)
    const struct CMUnitTest tests[] = {
        TEST(a_missing_file_is_made_for_its_owner_alone),
        TEST(a_file_that_was_made_stays),
        TEST(empty_lines_and_comments_are_passed_over),
        TEST(a_line_that_is_no_pair_is_named),
        TEST(a_file_without_a_key_is_refused),
        TEST(a_file_that_cannot_be_made_is_told),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
