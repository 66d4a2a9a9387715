#pragma once

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "embedding.h"
#include "record.h"

/* Vectors and records for tests, the same ones in every run. */
static uint64_t vectors_seed = 7;

/* From -1 up to 1. */
static inline double draw_number(void)
{
    vectors_seed =
        vectors_seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (double)(vectors_seed >> 33) / (double)(UINT64_C(1) << 31) * 2 - 1;
}

static inline void draw_vector(float *vector, size_t length)
{
    for (size_t i = 0; i < length; i++)
        vector[i] = (float)draw_number();
    embedding_normalize(vector, length);
}

/* Near another one, as photos of one person are. */
static inline void draw_vector_near(float *vector, const float *other,
                                    double distance, size_t length)
{
    draw_vector(vector, length);
    for (size_t i = 0; i < length; i++)
        vector[i] = other[i] + (float)distance * vector[i];
    embedding_normalize(vector, length);
}

static inline struct record make_record(unsigned number,
                                        const char *external_id)
{
    struct record record = {.external_id = external_id};

    snprintf(record.id, sizeof record.id, "%08x-0000-7000-8000-%012x", number,
             number * 2654435761u);
    record.confidence = number;
    return record;
}
