#include "unit.h"

#include <unistd.h>

#include "basics.h"
#include "digest.h"
#include "errors.h"
#include "store.h"

enum { THREADS = 4 };

static uv_loop_t loop;
static struct store *store;

static int open_store(void **state)
{
    (void)state;
    uv_loop_init(&loop);
    store = store_folder_create(&loop, "pictures", THREADS);
    return store == NULL;
}

/* OpenSSL never frees what it notes for the thread that uses it first, when
 * that one ends: not one of the store's. */
static int use_digest(void **state)
{
    char hex[DIGEST_HEX_BYTES];

    (void)state;
    digest_sha256_hex("", 0, hex);
    return 0;
}

/* Everything in it has gone with its last file, or the test has failed. */
static int close_store(void **state)
{
    (void)state;
    store_destroy(store);
    uv_run(&loop, UV_RUN_DEFAULT);
    return rmdir("pictures/tmp") || rmdir("pictures") || uv_loop_close(&loop);
}

/* What a call came to. */
struct outcome {
    int calls;
    int error;
    char *bytes;
    size_t len;
};

static void on_done(void *owner, int error)
{
    struct outcome *outcome = owner;

    outcome->calls++;
    outcome->error = error;
}

static void on_got(void *owner, int error, char *bytes, size_t len)
{
    struct outcome *outcome = owner;

    on_done(owner, error);
    outcome->bytes = bytes;
    outcome->len = len;
}

/* Runs the loop until the call is done, and says what it came to. */
static int await(int answer, const struct outcome *outcome)
{
    if (answer != PENDING)
        return answer;
    assert_int_equal(outcome->calls, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(outcome->calls, 1);
    return outcome->error;
}

static int put(const char *key, const char *text)
{
    struct outcome outcome = {0};

    return await(store_put(store, key, text, strlen(text), on_done, &outcome),
                 &outcome);
}

static int take_away(const char *key)
{
    struct outcome outcome = {0};

    return await(store_remove(store, key, on_done, &outcome), &outcome);
}

static void a_picture_comes_and_goes(void **state)
{
    struct outcome got = {0}, late = {0};

    (void)state;
    assert_int_equal(put("jobs/1/source.jpg", "picture"), 0);
    assert_int_equal(
        await(store_get(store, "jobs/1/source.jpg", 7, on_got, &got), &got), 0);
    assert_int_equal(got.len, 7);
    assert_string_equal(got.bytes, "picture");
    free(got.bytes);
    assert_int_equal(take_away("jobs/1/source.jpg"), 0);
    assert_int_equal(
        await(store_get(store, "jobs/1/source.jpg", 7, on_got, &late), &late),
        E_NOT_FOUND);
    assert_null(late.bytes);
    assert_int_equal(take_away("jobs/1/source.jpg"), 0);
}

static void a_picture_can_be_read_once_and_kept_loosely(void **state)
{
    struct outcome once = {0}, kept = {0}, loose = {0}, other = {0};

    (void)state;
    assert_int_equal(put("a", "picture"), 0);
    assert_int_equal(await(store_get_once(store, "a", 7, on_got, &once), &once),
                     0);
    assert_string_equal(once.bytes, "picture");
    free(once.bytes);
    assert_int_equal(
        await(store_get_loosely(store, "a", 7, on_got, &other), &other),
        E_NOT_FOUND);
    assert_int_equal(
        await(store_put_loosely(store, "a", "thumb", 5, on_done, &kept), &kept),
        0);
    assert_int_equal(
        await(store_get_loosely(store, "a", 5, on_got, &loose), &loose), 0);
    assert_string_equal(loose.bytes, "thumb");
    free(loose.bytes);
    assert_int_equal(take_away("a"), 0);
}

static void temporary_files_have_no_keys(void **state)
{
    (void)state;
    assert_int_equal(put("tmp/a", "x"), E_INVALID);
    assert_int_equal(put("tmp", "x"), E_INVALID);
    assert_int_equal(take_away("tmp/a"), E_INVALID);
    assert_int_equal(put("tmpx", "x"), 0);
    assert_int_equal(take_away("tmpx"), 0);
}

static void it_says_whether_it_can_be_written_to(void **state)
{
    struct outcome good = {0}, bad = {0};

    (void)state;
    assert_int_equal(await(store_check(store, on_done, &good), &good), 0);
    assert_int_equal(rmdir("pictures/tmp"), 0);
    assert_int_equal(await(store_check(store, on_done, &bad), &bad), E_IO);
    store_destroy(store);
    store = store_folder_create(&loop, "pictures", THREADS);
    assert_non_null(store);
}

/* Each text is all of one letter, so that a mixture would show. */
static void nobody_sees_half_of_a_picture_that_is_replaced(void **state)
{
    enum { ROUNDS = 60, LEN = 50000 };
    static char texts[3][LEN];
    static struct outcome puts[ROUNDS], gets[ROUNDS];

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        memset(texts[i], (int)('a' + i), LEN);
    assert_int_equal(put("a/b", "a"), 0);
    for (size_t i = 0; i < ROUNDS; i++) {
        size_t len = LEN - 1000 * (i % 3);

        assert_int_equal(
            store_put(store, "a/b", texts[i % 3], len, on_done, &puts[i]),
            PENDING);
        assert_int_equal(store_get(store, "a/b", LEN, on_got, &gets[i]),
                         PENDING);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < ROUNDS; i++) {
        size_t letter;

        assert_int_equal(puts[i].error, 0);
        assert_int_equal(gets[i].error, 0);
        letter = (size_t)(gets[i].bytes[0] - 'a');
        assert_true(letter < 3);
        assert_true(gets[i].len == 1 || gets[i].len == LEN - 1000 * letter);
        assert_memory_equal(gets[i].bytes, texts[letter], gets[i].len);
        free(gets[i].bytes);
    }
    assert_int_equal(take_away("a/b"), 0);
}

/* The folders go and come all the time; no put may fall between. */
static void puts_and_removes_of_neighbours_do_not_disturb(void **state)
{
    enum { ROUNDS = 80 };
    static struct outcome puts[ROUNDS], removes[ROUNDS];
    static const char *const keys[] = {"a/b/1", "a/b/2", "a/b/c/3"};

    (void)state;
    for (size_t i = 0; i < ROUNDS; i++) {
        assert_int_equal(
            store_put(store, keys[i % 3], "x", 1, on_done, &puts[i]), PENDING);
        assert_int_equal(
            store_remove(store, keys[(i + 1) % 3], on_done, &removes[i]),
            PENDING);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < ROUNDS; i++) {
        assert_int_equal(puts[i].error, 0);
        assert_int_equal(removes[i].error, 0);
    }
    for (size_t i = 0; i < COUNT(keys); i++)
        assert_int_equal(take_away(keys[i]), 0);
}

static uv_sem_t gate;

static void wait_at_gate(uv_work_t *request)
{
    (void)request;
    uv_sem_wait(&gate);
}

static void what_waits_is_bounded(void **state)
{
    static struct outcome outcomes[THREADS + 1024];
    uv_work_t pool[THREADS]; /* as many threads as libuv has by default */
    struct outcome refused = {0};

    (void)state;
    uv_sem_init(&gate, 0);
    for (size_t i = 0; i < COUNT(pool); i++)
        uv_queue_work(&loop, &pool[i], wait_at_gate, NULL);
    for (size_t i = 0; i < COUNT(outcomes); i++)
        assert_int_equal(store_remove(store, "none", on_done, &outcomes[i]),
                         PENDING);
    assert_int_equal(store_remove(store, "none", on_done, &refused), E_BUSY);
    for (size_t i = 0; i < COUNT(pool); i++)
        uv_sem_post(&gate);
    uv_run(&loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < COUNT(outcomes); i++)
        assert_int_equal(outcomes[i].calls, 1);
    assert_int_equal(refused.calls, 0);
    uv_sem_destroy(&gate);
}

static void a_folder_that_cannot_be_used_makes_no_store(void **state)
{
    (void)state;
    uv_loop_init(&loop);
    assert_null(store_folder_create(&loop, "/proc/self/pictures", 1));
    uv_loop_close(&loop);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_store, close_store)
    const struct CMUnitTest tests[] = {
        TEST(a_picture_comes_and_goes),
        TEST(a_picture_can_be_read_once_and_kept_loosely),
        TEST(temporary_files_have_no_keys),
        TEST(it_says_whether_it_can_be_written_to),
        TEST(nobody_sees_half_of_a_picture_that_is_replaced),
        TEST(puts_and_removes_of_neighbours_do_not_disturb),
        TEST(what_waits_is_bounded),
        cmocka_unit_test(a_folder_that_cannot_be_used_makes_no_store),
    };

    return cmocka_run_group_tests(tests, use_digest, NULL);
}
