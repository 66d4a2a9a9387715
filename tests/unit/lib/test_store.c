#include "unit.h"

#include "basics.h"
#include "errors.h"
#include "store.h"

/* A backend that only counts. */
static int calls;

static int fake_put(struct store *store, const char *key, const void *bytes,
                    size_t len, done_fn *done, void *owner)
{
    (void)store;
    (void)key;
    (void)bytes;
    (void)len;
    (void)done;
    (void)owner;
    calls++;
    return DONE;
}

static int fake_get(struct store *store, const char *key, size_t len_max,
                    store_get_fn *done, void *owner)
{
    (void)store;
    (void)key;
    (void)len_max;
    (void)done;
    (void)owner;
    calls++;
    return DONE;
}

static int fake_remove(struct store *store, const char *key, done_fn *done,
                       void *owner)
{
    return fake_put(store, key, NULL, 0, done, owner);
}

static const struct store_backend fake = {
    .put = fake_put,
    .put_loosely = fake_put,
    .get = fake_get,
    .get_once = fake_get,
    .get_loosely = fake_get,
    .remove = fake_remove,
};

static int ask_all(const char *key)
{
    struct store store = {&fake};
    int put = store_put(&store, key, "", 0, NULL, NULL);

    assert_int_equal(store_put_loosely(&store, key, "", 0, NULL, NULL), put);
    assert_int_equal(store_get(&store, key, 0, NULL, NULL), put);
    assert_int_equal(store_get_once(&store, key, 0, NULL, NULL), put);
    assert_int_equal(store_get_loosely(&store, key, 0, NULL, NULL), put);
    assert_int_equal(store_remove(&store, key, NULL, NULL), put);
    return put;
}

static void keys_are_plain_paths(void **state)
{
    static const char *const good[] = {
        "a", "jobs/0199c1de-7f3a/source.jpg", "A-Z_9.x", ".hidden", "a/.b/c.",
    };
    static const char *const bad[] = {
        "",     "/a",    "a/",  "a//b", "..",    "../a",     "a/..",
        "a..b", ".",     "./a", "a/.",  "a/./b", "a b",      "a\\b",
        "a\nb", "a%2fb", "a:b", "~",    "a*",    "\xc3\xa4",
    };
    char longest[202];

    (void)state;
    calls = 0;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_int_equal(ask_all(good[i]), DONE);
    assert_int_equal(calls, 6 * COUNT(good));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(ask_all(bad[i]), E_INVALID);
    memset(longest, 'k', sizeof longest);
    longest[200] = '\0';
    assert_int_equal(ask_all(longest), DONE);
    longest[200] = 'k';
    longest[201] = '\0';
    assert_int_equal(ask_all(longest), E_INVALID);
    assert_int_equal(calls, 6 * (COUNT(good) + 1));
}

static void no_store_is_destroyed_quietly(void **state)
{
    (void)state;
    store_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_plain_paths),
        cmocka_unit_test(no_store_is_destroyed_quietly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
