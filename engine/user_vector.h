#pragma once

#include "archive_users.h"

/*
 * The vector of a user: the mean of its faces' vectors, of length 1.  Fills
 * `vector` from what the archive has of the user now.
 */
int user_vector_make(struct archive *archive, const char *collection_id,
                     const char *user_key,
                     struct archive_vector *vector) MUST_CHECK;
