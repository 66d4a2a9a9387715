#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"
#include "networks.h"

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
    /* Where the files of the measures lie.  They were checked and are read when
     * they are first needed; NULL: it is missing, and nothing needs it. */
    char *measures[MEASURE_COUNT];
};

/* "landmarks", "expression", "age": the measures' roles in the lock. */
const char *models_measure_name(enum measure measure);

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

/* Reads the file of a measure.  E_INVALID as above: it has changed since. */
int models_read_measure(struct model *model, enum measure measure,
                        const char *path, struct buffer *problem) MUST_CHECK;
void model_finish(struct model *model);
