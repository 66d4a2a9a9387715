#include "unit.h"

#include <unistd.h>

#include "key_file.h"
#include "patience.h"

static const char path[] = "keys";

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    unlink("keys.other");
    return 0;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(name, "we");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static bool has(const struct key_file *file, const char *access_key)
{
    struct sigv4_credentials found;

    return keys_find(key_file_keys(file), access_key, &found);
}

/* Turns the loop until the file has the key. */
static void wait_for(uv_loop_t *loop, const struct key_file *file,
                     const char *access_key)
{
    struct patience patience = patience_of(20000);

    while (!has(file, access_key)) {
        if (!patience_lasts(&patience))
            fail_msg("%s never came", access_key);
        uv_run(loop, UV_RUN_NOWAIT);
    }
}

static void a_changed_file_is_read_again(void **state)
{
    struct buffer problem = {0};
    struct key_file *file;
    struct keys *held;
    struct sigv4_credentials found;
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    write_text(path, "AKIA1 one\n");
    file = key_file_open(&loop, path, &problem);
    assert_non_null(file);
    assert_true(has(file, "AKIA1"));
    held = keys_hold(key_file_keys(file));
    uv_run(&loop, UV_RUN_NOWAIT);

    write_text(path, "AKIA22 two\n");
    wait_for(&loop, file, "AKIA22");
    assert_false(has(file, "AKIA1"));
    assert_true(keys_find(held, "AKIA1", &found)); /* for who holds them */
    assert_string_equal(found.secret, "one");
    keys_let_go(held);

    /* One that is no file of keys changes nothing, nor does its absence. */
    write_text("keys.other", "AKIA3\n");
    rename("keys.other", path);
    for (int i = 0; i < 3; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_true(has(file, "AKIA22"));
    unlink(path);
    write_text(path, "AKIA444 four\n");
    wait_for(&loop, file, "AKIA444");

    key_file_close(file);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_file_that_cannot_be_used_at_first_is_refused(void **state)
{
    struct buffer problem = {0};
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    write_text(path, "# nobody\n");
    assert_null(key_file_open(&loop, path, &problem));
    assert_string_equal(buffer_text(&problem), "keys has no access key");
    buffer_finish(&problem);
    uv_loop_close(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_changed_file_is_read_again,
                                        remove_file, remove_file),
        cmocka_unit_test_setup_teardown(
            a_file_that_cannot_be_used_at_first_is_refused, remove_file,
            remove_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
