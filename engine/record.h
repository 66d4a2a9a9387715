#pragma once

#include <stdint.h>

#include "face.h"
#include "uuid.h"

/* What is kept of an indexed face, beside its vector. */
struct record {
    char id[UUID_BYTES];
    char image_id[UUID_BYTES];
    const char *external_id; /* NULL: none was given */
    const char *user_id;     /* whom it belongs to; NULL: nobody */
    struct box box;
    double confidence;
    int64_t created_ms;
};

/* A copy with texts of its own, which record_finish frees. */
struct record record_copy(const struct record *record) MUST_CHECK;
void record_finish(struct record *record);
