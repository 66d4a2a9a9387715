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

/* Makes the file where it is missing, readable by its owner alone, with a
 * random pair in it.  False, with a sentence in `problem`: it cannot be made.
 */
bool keys_make(const char *path, struct buffer *problem) MUST_CHECK;

/*
 * Reads the file; the keys are held by the caller then.  NULL, with a sentence
 * in `problem`, if it cannot be read, has a line that is none, or no key.
 */
struct keys *keys_read(const char *path, struct buffer *problem) MUST_CHECK;

/* Keys never change: whoever holds them may use them on any thread.  Holding
 * and letting go is the loop thread's. */
struct keys *keys_hold(struct keys *keys);
void keys_let_go(struct keys *keys);

size_t keys_count(const struct keys *keys);

/* As sigv4_verify asks for it; `owner` is the keys. */
bool keys_find(void *owner, const char *access_key,
               struct sigv4_credentials *credentials);
