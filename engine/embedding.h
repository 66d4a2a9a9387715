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
