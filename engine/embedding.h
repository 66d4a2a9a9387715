#pragma once

#include <stddef.h>

#include "networks.h"

/*
 * The vector of an aligned face: the embedder's opinions of the face and of its
 * mirror image, joined, which steadies it; its length is 1.  `vector` has room
 * for networks_vector_length numbers.  E_SYSTEM: see networks_problem.
 */
int embedding_make(struct networks *networks, const unsigned char *crop,
                   float *vector) MUST_CHECK;

/* Brings a vector to length 1; one of length 0 is left alone. */
void embedding_normalize(float *vector, size_t length);

/*
 * The version of the vectors of that length, as FaceModelVersion tells it, and
 * the length of the vectors of a version.  Vectors of different versions cannot
 * be compared.  0: nobody knows the version.
 */
const char *embedding_version(size_t length);
size_t embedding_length(const char *version);
