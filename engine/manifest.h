#pragma once

#include "basics.h"
#include "buffer.h"
#include "digest.h"
#include "inspection.h"

/*
 * What a backup says of itself: how much it keeps, and the sums of its files.
 * It is the last file that is written, and ends in a line that says so.
 */
struct manifest {
    size_t collections, faces, users;
    char archive_sum[DIGEST_HEX_BYTES];
    char keys_sum[DIGEST_HEX_BYTES]; /* "-": it has no keys */
};

#define MANIFEST_NAME "manifest"

/* Of the files in a folder, of which the inspection tells how much they keep.
 * A negative error comes with a sentence in `problem`. */
int manifest_write(const char *folder, const struct inspection *inspection,
                   struct buffer *problem) MUST_CHECK;

/* Reads it, and holds the sums against the files.  A negative error comes with
 * a sentence in `problem`. */
int manifest_read(struct manifest *manifest, const char *folder,
                  struct buffer *problem) MUST_CHECK;
