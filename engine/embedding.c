/*
 * embedding.c - the vector that stands for a face
 */
#include <math.h>
#include <string.h>

#include "embedders.h"
#include "embedding.h"

const char *embedding_version(size_t length)
{
    const struct embedder *embedder = embedder_of_length(length);

    assert(embedder);
    return embedder->version;
}

size_t embedding_length(const char *version)
{
    const struct embedder *embedder = embedder_of_version(version);

    return embedder ? embedder->length : 0;
}

void embedding_normalize(float *vector, size_t length)
{
    double squares = 0;

    for (size_t i = 0; i < length; i++)
        squares += (double)vector[i] * (double)vector[i];
    if (squares <= 0)
        return;
    for (size_t i = 0; i < length; i++)
        vector[i] = (float)((double)vector[i] / sqrt(squares));
}

static void mirror(const unsigned char *crop, unsigned char *mirrored)
{
    const size_t row = (size_t)3 * NETWORKS_CROP;

    for (size_t y = 0; y < NETWORKS_CROP; y++)
        for (size_t x = 0; x < NETWORKS_CROP; x++)
            memcpy(mirrored + y * row + 3 * x,
                   crop + y * row + 3 * (NETWORKS_CROP - 1 - x), 3);
}

int embedding_make(struct networks *networks, const unsigned char *crop,
                   float *vector)
{
    const size_t length = networks_vector_length(networks);
    unsigned char mirrored[NETWORKS_CROP_BYTES];
    float other[NETWORKS_VECTOR_MAX] = {0};
    int error = networks_embed(networks, crop, vector);

    mirror(crop, mirrored);
    if (error == 0)
        error = networks_embed(networks, mirrored, other);
    if (error < 0)
        return error;

    embedding_normalize(vector, length);
    embedding_normalize(other, length);
    for (size_t i = 0; i < length; i++)
        vector[i] += other[i];
    embedding_normalize(vector, length);
    return 0;
}
