#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * Durable files below one folder, by key ("jobs/0199…/source.jpg").  Every call
 * blocks, and may be made on several threads and in several programs at once.
 * The reason of an E_IO goes to the log.
 */
struct folder {
    int top;          /* the folder itself */
    int temporary;    /* its `tmp`, where files are written; -1: not open */
    bool has_journal; /* what makes a file durable does so with its names */
};

/* Makes the folder if it is missing, tries to write to it, and sweeps out what
 * a crash left in `tmp`.  E_IO if it cannot be used. */
int folder_open(struct folder *folder, const char *path) MUST_CHECK;
void folder_close(struct folder *folder);

/* When it returns 0, a crash loses nothing; one before that may leave a part of
 * it.  Nobody else ever sees half of the file; the last of several writers
 * wins. */
int folder_write(const struct folder *folder, const char *key,
                 const void *bytes, size_t len) MUST_CHECK;

/* The same for what can be done without: it is made durable when the system
 * likes, and a crash before that may lose it or leave a part of it.  So the
 * file ends with a digest, and folder_read_loosely is what reads it. */
int folder_write_loosely(const struct folder *folder, const char *key,
                         const void *bytes, size_t len) MUST_CHECK;

/* The file as one of its writers left it, to be freed, with a zero byte behind
 * it; E_NOT_FOUND, E_TOO_LARGE (over `len_max`), E_IO. */
int folder_read(const struct folder *folder, const char *key, size_t len_max,
                char **bytes, size_t *len) MUST_CHECK;

/* The same for the only reader in a long while: the system need not keep the
 * file in memory, and writes the next one there. */
int folder_read_once(const struct folder *folder, const char *key,
                     size_t len_max, char **bytes, size_t *len) MUST_CHECK;

/* What folder_write_loosely has written; E_NOT_FOUND also where a crash has
 * left something else. */
int folder_read_loosely(const struct folder *folder, const char *key,
                        size_t len_max, char **bytes, size_t *len) MUST_CHECK;

/* Removes the file, and folders that are empty then.  0 also when there was
 * none. */
int folder_remove(const struct folder *folder, const char *key) MUST_CHECK;

/* Whether a file could be written now. */
int folder_check(const struct folder *folder) MUST_CHECK;
