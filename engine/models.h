#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"

/*
 * The model files that recognition needs, read into memory and checked against
 * models.lock, which is compiled in: a network that is not the one we measured
 * gives answers that nobody can trust.
 */
struct model {
    char *name; /* of the file */
    void *bytes;
    size_t len;
};

struct models {
    struct model detector;
    struct model embedder;
};

/*
 * Reads the models from `folder`; where that is "", from the first of the usual
 * places that has them: models and ../shared/models, seen from the working
 * directory and from the folders above the program.
 *
 * E_NOT_FOUND, or E_INVALID for a file that cannot be read or has other bytes,
 * with a sentence in `problem`: which file, and where to get the right one.
 */
int models_load(struct models *models, const char *folder,
                struct buffer *problem) MUST_CHECK;
void models_finish(struct models *models);
