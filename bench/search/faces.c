/*
 * faces.c - faces out of thin air
 */
#include <stdio.h>

#include "embedding.h"
#include "faces.h"

/* Two photos of a person have a cosine of 0.755 then. */
static const float photo_noise = 0.57f;

static float draw_even(struct faces *faces)
{
    faces->seed ^= faces->seed << 13;
    faces->seed ^= faces->seed >> 7;
    faces->seed ^= faces->seed << 17;
    return (float)(faces->seed >> 40) / (float)(1 << 24) - 0.5f;
}

/* Nearly normal, with a variance of 1. */
static float draw(struct faces *faces)
{
    float sum = draw_even(faces) + draw_even(faces) + draw_even(faces);

    return 2 * sum;
}

void faces_begin(struct faces *faces, bool are_of_people)
{
    *faces = (struct faces){.seed = 88172645463325252u,
                            .are_of_people = are_of_people};
}

void faces_again(struct faces *faces, float vector[static FACES_LENGTH])
{
    for (size_t i = 0; i < FACES_LENGTH; i++)
        vector[i] = faces->person[i] + photo_noise * draw(faces);
    embedding_normalize(vector, FACES_LENGTH);
}

void faces_next(struct faces *faces, float vector[static FACES_LENGTH])
{
    if (!faces->are_of_people || faces->count % FACES_OF_PERSON == 0)
        for (size_t i = 0; i < FACES_LENGTH; i++)
            faces->person[i] = draw(faces);
    faces->count++;
    faces_again(faces, vector);
}

struct record faces_record(size_t number, char text[static 2 * UUID_BYTES])
{
    struct record record = {.external_id = text,
                            .box = {0.25, 0.25, 0.5, 0.5},
                            .confidence = 99.9,
                            .created_ms = 1700000000000 + (int64_t)number};
    uint64_t spread = number * UINT64_C(0x9e3779b97f4a7c15);

    snprintf(record.id, UUID_BYTES, "%08zx-0000-7000-8000-%012llx", number,
             (unsigned long long)(spread >> 16));
    snprintf(record.image_id, UUID_BYTES, "%08zx-0000-8000-8000-%012llx",
             number, (unsigned long long)(spread >> 16));
    snprintf(text, (size_t)2 * UUID_BYTES, "%s:%s", record.id, record.image_id);
    return record;
}
