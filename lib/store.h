#pragma once

#include <stddef.h>

#include <uv.h>

#include "basics.h"
#include "buffer.h"
#include "done.h"

/*
 * Where pictures are kept, by key: "jobs/0199…/source.jpg".  One interface;
 * behind it a folder today and an S3 bucket later.  Keys are made by us, of
 * letters, digits, and -_./ ; ".." is refused.
 */
struct store;

/* `bytes` is the callback's to free; NULL on error. */
typedef void store_get_fn(void *owner, int error, char *bytes, size_t len);

/* What a backend does; each call keeps done.h's contract. */
struct store_backend {
    void (*destroy)(struct store *store);
    /* Stores the bytes (borrowed until done) so that a crash right after `done`
     * loses nothing; nobody ever sees half of them.  Replaces what was there.
     */
    int (*put)(struct store *store, const char *key, const void *bytes,
               size_t len, done_fn *done, void *owner);
    /* The same, but a crash may lose it, and get_loosely reads it. */
    int (*put_loosely)(struct store *store, const char *key, const void *bytes,
                       size_t len, done_fn *done, void *owner);
    /* E_NOT_FOUND, E_TOO_LARGE (over `len_max`), E_IO, E_UNAVAILABLE. */
    int (*get)(struct store *store, const char *key, size_t len_max,
               store_get_fn *done, void *owner);
    /* The same; nobody else is expected to want it soon. */
    int (*get_once)(struct store *store, const char *key, size_t len_max,
                    store_get_fn *done, void *owner);
    /* What put_loosely has stored; E_NOT_FOUND also where a crash took it. */
    int (*get_loosely)(struct store *store, const char *key, size_t len_max,
                       store_get_fn *done, void *owner);
    /* 0 also when there was none. */
    int (*remove)(struct store *store, const char *key, done_fn *done,
                  void *owner);
    /* Whether it can be written to now: 0, or why not. */
    int (*check)(struct store *store, done_fn *done, void *owner);
};

/* Embedded first in every backend's struct. */
struct store {
    const struct store_backend *backend;
};

/* A folder; it is made if it is missing.  Works on `threads` threads of the
 * pool.  NULL, with the reason in the log, if the folder cannot be used. */
struct store *store_folder_create(uv_loop_t *loop, const char *path,
                                  size_t threads) MUST_CHECK;

/* Nothing may be under way.  It is gone from the loop once the loop has turned.
 */
void store_destroy(struct store *store);

/* They keep done.h's contract; E_INVALID if it is no key, E_BUSY if too much
 * waits already. */
int store_put(struct store *store, const char *key, const void *bytes,
              size_t len, done_fn *done, void *owner) MUST_CHECK;
/* For what can be made again, or done without. */
int store_put_loosely(struct store *store, const char *key, const void *bytes,
                      size_t len, done_fn *done, void *owner) MUST_CHECK;
int store_get(struct store *store, const char *key, size_t len_max,
              store_get_fn *done, void *owner) MUST_CHECK;
/* For what is read when it is new, and then hardly ever: a store whose memory
 * is the system's gives it free at once. */
int store_get_once(struct store *store, const char *key, size_t len_max,
                   store_get_fn *done, void *owner) MUST_CHECK;
int store_get_loosely(struct store *store, const char *key, size_t len_max,
                      store_get_fn *done, void *owner) MUST_CHECK;
int store_remove(struct store *store, const char *key, done_fn *done,
                 void *owner) MUST_CHECK;
int store_check(struct store *store, done_fn *done, void *owner) MUST_CHECK;
