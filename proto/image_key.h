#pragma once

#include "basics.h"

/*
 * Where the store has each image.  Server, worker and erasure must agree on it:
 * what one of them cannot name, nobody removes.  All keys are to be freed.
 */

/* A photo as it came with a job.  `role` is "source" or "target". */
char *image_key_photo(const char *job, const char *role,
                      const char *suffix) MUST_CHECK;

/* A JPEG that a worker has made of it: "thumb" or "view". */
char *image_key_print(const char *job, const char *role,
                      const char *print) MUST_CHECK;

/* The part of a photo that shows an enrolled face. */
char *image_key_crop(const char *face) MUST_CHECK;
