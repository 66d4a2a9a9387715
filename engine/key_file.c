/*
 * key_file.c - the file of access keys
 *
 * What the system knows of the file tells whether it has changed, in place or
 * by another one that took its name.  That is asked before the file is read,
 * so a change while it is read is seen the next time.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "key_file.h"
#include "log.h"
#include "xalloc.h"

enum { LOOK_MS = 1000 };

struct key_file {
    struct keys *keys;
    char *path;
    struct stat facts; /* of the file that was read last; all zero: none */
    uv_timer_t look;
};

static struct stat facts_of(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 ? facts : (struct stat){0};
}

static bool is_same_time(struct timespec one, struct timespec other)
{
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static bool is_same(const struct stat *one, const struct stat *other)
{
    return one->st_ino == other->st_ino && one->st_size == other->st_size &&
           is_same_time(one->st_mtim, other->st_mtim) &&
           is_same_time(one->st_ctim, other->st_ctim);
}

static void on_look(uv_timer_t *timer)
{
    struct key_file *file = container_of(timer, struct key_file, look);
    struct stat facts = facts_of(file->path);
    struct buffer problem = {0};
    struct keys *keys;

    if (is_same(&facts, &file->facts))
        return;
    file->facts = facts;
    keys = keys_read(file->path, &problem);
    if (keys) {
        keys_let_go(file->keys);
        file->keys = keys;
        log_info("keys: %zu from now on", keys_count(keys));
    } else {
        log_warn("keys: those before stay: %s", buffer_text(&problem));
    }
    buffer_finish(&problem);
}

struct key_file *key_file_open(uv_loop_t *loop, const char *path,
                               struct buffer *problem)
{
    struct key_file *file;
    struct stat facts;
    struct keys *keys;

    if (!keys_make(path, problem))
        return NULL;
    facts = facts_of(path);
    keys = keys_read(path, problem);
    if (!keys)
        return NULL;
    file = xcalloc(1, sizeof *file);
    *file =
        (struct key_file){.keys = keys, .path = xstrdup(path), .facts = facts};
    uv_timer_init(loop, &file->look);
    uv_timer_start(&file->look, on_look, LOOK_MS, LOOK_MS);
    return file;
}

static void on_close(uv_handle_t *handle)
{
    struct key_file *file =
        container_of((uv_timer_t *)handle, struct key_file, look);

    keys_let_go(file->keys);
    free(file->path);
    free(file);
}

void key_file_close(struct key_file *file)
{
    if (file)
        uv_close((uv_handle_t *)&file->look, on_close);
}

struct keys *key_file_keys(const struct key_file *file)
{
    return file->keys;
}
