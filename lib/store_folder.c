/*
 * store_folder.c - the store whose pictures are files in a folder
 *
 * Every call becomes an errand, which waits its turn in a crew, does its work
 * on a thread of the pool, and reports on the loop thread again.
 */
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "errors.h"
#include "folder.h"
#include "store.h"
#include "xalloc.h"

/* Errands that wait; the bytes they hold are bounded by whoever sends them. */
enum { WAITING_MAX = 1024 };

struct folder_store {
    struct store store;
    struct folder folder;
    struct crew *crew;
};

struct errand {
    struct crew_task task;
    const struct folder *folder;
    char *key;
    const void *bytes; /* to put; lent by the caller */
    size_t len;        /* of them; to get: the most that is wanted */
    char *got;
    size_t got_len;
    int error;
    done_fn *done; /* one of the two is set */
    store_get_fn *got_done;
    void *owner;
};

static struct errand *errand_of(struct crew_task *task)
{
    return container_of(task, struct errand, task);
}

static void put(struct crew_task *task, void *tool)
{
    struct errand *errand = errand_of(task);

    (void)tool;
    errand->error =
        folder_write(errand->folder, errand->key, errand->bytes, errand->len);
}

static void put_loosely(struct crew_task *task, void *tool)
{
    struct errand *errand = errand_of(task);

    (void)tool;
    errand->error = folder_write_loosely(errand->folder, errand->key,
                                         errand->bytes, errand->len);
}

static void get(struct crew_task *task, void *tool)
{
    struct errand *errand = errand_of(task);

    (void)tool;
    errand->error = folder_read(errand->folder, errand->key, errand->len,
                                &errand->got, &errand->got_len);
}

static void get_once(struct crew_task *task, void *tool)
{
    struct errand *errand = errand_of(task);

    (void)tool;
    errand->error = folder_read_once(errand->folder, errand->key, errand->len,
                                     &errand->got, &errand->got_len);
}

static void get_loosely(struct crew_task *task, void *tool)
{
    struct errand *errand = errand_of(task);

    (void)tool;
    errand->error =
        folder_read_loosely(errand->folder, errand->key, errand->len,
                            &errand->got, &errand->got_len);
}

static void take_away(struct crew_task *task, void *tool)
{
    struct errand *errand = errand_of(task);

    (void)tool;
    errand->error = folder_remove(errand->folder, errand->key);
}

static void check(struct crew_task *task, void *tool)
{
    struct errand *errand = errand_of(task);

    (void)tool;
    errand->error = folder_check(errand->folder);
}

static void after(struct crew_task *task)
{
    struct errand *errand = errand_of(task);

    if (errand->got_done)
        errand->got_done(errand->owner, errand->error, errand->got,
                         errand->got_len);
    else
        errand->done(errand->owner, errand->error);
    free(errand->key);
    free(errand);
}

/* Whether the key would lie among the temporary files. */
static bool is_temporary(const char *key)
{
    return strcmp(key, "tmp") == 0 || strncmp(key, "tmp/", 4) == 0;
}

/* Sends off a copy of the plan, which has what makes each errand its own. */
static int send_off(struct store *store, const char *key,
                    void (*work)(struct crew_task *task, void *tool),
                    const struct errand *plan)
{
    struct folder_store *folder_store =
        container_of(store, struct folder_store, store);
    struct errand *errand;
    int error;

    if (is_temporary(key))
        return E_INVALID;
    errand = xcalloc(1, sizeof *errand);
    *errand = *plan;
    errand->task = (struct crew_task){.work = work, .after = after};
    errand->folder = &folder_store->folder;
    errand->key = xstrdup(key);
    error = crew_submit(folder_store->crew, &errand->task);
    if (error == 0)
        return PENDING;
    free(errand->key);
    free(errand);
    return error;
}

static int folder_store_put(struct store *store, const char *key,
                            const void *bytes, size_t len, done_fn *done,
                            void *owner)
{
    const struct errand plan = {
        .bytes = bytes, .len = len, .done = done, .owner = owner};

    return send_off(store, key, put, &plan);
}

static int folder_store_put_loosely(struct store *store, const char *key,
                                    const void *bytes, size_t len,
                                    done_fn *done, void *owner)
{
    const struct errand plan = {
        .bytes = bytes, .len = len, .done = done, .owner = owner};

    return send_off(store, key, put_loosely, &plan);
}

static int folder_store_get(struct store *store, const char *key,
                            size_t len_max, store_get_fn *done, void *owner)
{
    const struct errand plan = {
        .len = len_max, .got_done = done, .owner = owner};

    return send_off(store, key, get, &plan);
}

static int folder_store_get_once(struct store *store, const char *key,
                                 size_t len_max, store_get_fn *done,
                                 void *owner)
{
    const struct errand plan = {
        .len = len_max, .got_done = done, .owner = owner};

    return send_off(store, key, get_once, &plan);
}

static int folder_store_get_loosely(struct store *store, const char *key,
                                    size_t len_max, store_get_fn *done,
                                    void *owner)
{
    const struct errand plan = {
        .len = len_max, .got_done = done, .owner = owner};

    return send_off(store, key, get_loosely, &plan);
}

static int folder_store_remove(struct store *store, const char *key,
                               done_fn *done, void *owner)
{
    const struct errand plan = {.done = done, .owner = owner};

    return send_off(store, key, take_away, &plan);
}

static int folder_store_check(struct store *store, done_fn *done, void *owner)
{
    const struct errand plan = {.done = done, .owner = owner};

    return send_off(store, "-", check, &plan);
}

static void folder_store_destroy(struct store *store)
{
    struct folder_store *folder_store =
        container_of(store, struct folder_store, store);

    crew_destroy(folder_store->crew);
    folder_close(&folder_store->folder);
    free(folder_store);
}

static const struct store_backend backend = {
    .destroy = folder_store_destroy,
    .put = folder_store_put,
    .put_loosely = folder_store_put_loosely,
    .get = folder_store_get,
    .get_once = folder_store_get_once,
    .get_loosely = folder_store_get_loosely,
    .remove = folder_store_remove,
    .check = folder_store_check,
};

struct store *store_folder_create(uv_loop_t *loop, const char *path,
                                  size_t threads)
{
    struct folder_store *folder_store = xcalloc(1, sizeof *folder_store);

    if (folder_open(&folder_store->folder, path) < 0) {
        free(folder_store);
        return NULL;
    }
    folder_store->store.backend = &backend;
    folder_store->crew = crew_create(loop, NULL, threads, WAITING_MAX);
    return &folder_store->store;
}
