#pragma once

#include "basics.h"
#include "digest.h"

/*
 * Files that are to outlive a power failure.  Each call returns 0, or -1 with
 * the reason in errno.
 */

/* A copy under a new name, for its owner alone. */
int durable_file_copy(const char *from, const char *to) MUST_CHECK;

/* All of `text`, under a new name, for its owner alone. */
int durable_file_write(const char *path, const char *text) MUST_CHECK;

/* The SHA-256 of its bytes. */
int durable_file_sum(const char *path,
                     char sum[static DIGEST_HEX_BYTES]) MUST_CHECK;

/* Makes the names in a folder durable: what was made, renamed or removed. */
int durable_folder_sync(const char *path) MUST_CHECK;
