/*
 * user_vector.c - the vector of a user
 *
 * Each face counts the same.  The mean says more about a person than any of the
 * faces does: what is by chance in a photo is different in the next one.
 */
#include <math.h>

#include "user_vector.h"

struct mean {
    double sums[NETWORKS_VECTOR_MAX];
    size_t length;
};

static int add_face(void *owner, const struct record *record,
                    const float *vector, size_t vector_length)
{
    struct mean *mean = owner;

    (void)record;
    mean->length = vector_length;
    for (size_t i = 0; i < vector_length; i++)
        mean->sums[i] += (double)vector[i];
    return 0;
}

int user_vector_make(struct archive *archive, const char *collection_id,
                     const char *user_key, struct archive_vector *vector)
{
    struct mean mean = {0};
    double squares = 0, scale;
    int error = archive_each_face_of(archive, collection_id, user_key, "",
                                     SIZE_MAX, add_face, &mean);

    for (size_t i = 0; i < mean.length; i++)
        squares += mean.sums[i] * mean.sums[i];
    /* Faces that cancel each other out are like nobody. */
    scale = squares > 1e-12 ? 1 / sqrt(squares) : 0;
    vector->length = mean.length;
    for (size_t i = 0; i < mean.length; i++)
        vector->numbers[i] = (float)(mean.sums[i] * scale);
    return error;
}
