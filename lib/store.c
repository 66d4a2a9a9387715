/*
 * store.c - where pictures are kept: the part that every backend shares
 */
#include <string.h>

#include "errors.h"
#include "store.h"

enum { KEY_BYTES_MAX = 200 };

/* Keys are ours, but a part of one may have come from outside: what could lead
 * out of the store, or name one thing in two ways, is refused. */
static bool is_key(const char *key)
{
    size_t len = strlen(key);

    return len > 0 && len <= KEY_BYTES_MAX &&
           strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                       "abcdefghijklmnopqrstuvwxyz"
                       "0123456789-_./") == len &&
           key[0] != '/' && key[len - 1] != '/' && !strstr(key, "..") &&
           !strstr(key, "//") && !strstr(key, "/./") &&
           strncmp(key, "./", 2) != 0 && strcmp(key, ".") != 0 &&
           (len < 2 || strcmp(key + len - 2, "/.") != 0);
}

void store_destroy(struct store *store)
{
    if (store)
        store->backend->destroy(store);
}

int store_put(struct store *store, const char *key, const void *bytes,
              size_t len, done_fn *done, void *owner)
{
    if (!is_key(key))
        return E_INVALID;
    return store->backend->put(store, key, bytes, len, done, owner);
}

int store_put_loosely(struct store *store, const char *key, const void *bytes,
                      size_t len, done_fn *done, void *owner)
{
    if (!is_key(key))
        return E_INVALID;
    return store->backend->put_loosely(store, key, bytes, len, done, owner);
}

int store_get(struct store *store, const char *key, size_t len_max,
              store_get_fn *done, void *owner)
{
    if (!is_key(key))
        return E_INVALID;
    return store->backend->get(store, key, len_max, done, owner);
}

int store_get_once(struct store *store, const char *key, size_t len_max,
                   store_get_fn *done, void *owner)
{
    if (!is_key(key))
        return E_INVALID;
    return store->backend->get_once(store, key, len_max, done, owner);
}

int store_get_loosely(struct store *store, const char *key, size_t len_max,
                      store_get_fn *done, void *owner)
{
    if (!is_key(key))
        return E_INVALID;
    return store->backend->get_loosely(store, key, len_max, done, owner);
}

int store_remove(struct store *store, const char *key, done_fn *done,
                 void *owner)
{
    if (!is_key(key))
        return E_INVALID;
    return store->backend->remove(store, key, done, owner);
}

int store_check(struct store *store, done_fn *done, void *owner)
{
    return store->backend->check(store, done, owner);
}
