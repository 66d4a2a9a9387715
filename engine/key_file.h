#pragma once

#include <uv.h>

#include "keys.h"

/*
 * The file of access keys: it is looked at each second and read again when it
 * has changed, so that keys come and go without a restart.
 */
struct key_file;

/* As keys_make and keys_read. */
struct key_file *key_file_open(uv_loop_t *loop, const char *path,
                               struct buffer *problem) MUST_CHECK;

/* It is gone from the loop once the loop has turned. */
void key_file_close(struct key_file *file);

/* The keys that it has now.  A changed file that cannot be used changes
 * nothing: the log says why, and the keys before it stay. */
struct keys *key_file_keys(const struct key_file *file);
