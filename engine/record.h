#pragma once

#include <stdint.h>

#include "face.h"
#include "uuid.h"

/* What is kept of an indexed face, beside its vector. */
struct record {
    char id[UUID_BYTES];
    char image_id[UUID_BYTES];
    char *external_id; /* NULL: none was given */
    struct box box;
    double confidence;
    int64_t created_ms;
};

/* A copy of its own; record_finish frees what is in it. */
struct record record_copy(const struct record *record) MUST_CHECK;
void record_finish(struct record *record);
