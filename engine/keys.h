#pragma once

#include "basics.h"
#include "buffer.h"
#include "sigv4.h"

/*
 * The access keys that requests may be signed with, from a file: a line each,
 * "<access key> <secret>"; empty lines and lines that begin with # are passed
 * over.
 */
struct keys;

/*
 * Reads the file.  Where there is none it is made, readable by its owner alone,
 * with a random pair in it.  NULL, with a sentence in `problem`, if it cannot
 * be read or made, or has a line that is none.
 */
struct keys *keys_open(const char *path, struct buffer *problem) MUST_CHECK;
void keys_destroy(struct keys *keys);

/* As sigv4_verify asks for it; `owner` is the keys.  Any thread may call it. */
bool keys_find(void *owner, const char *access_key,
               struct sigv4_credentials *credentials);
