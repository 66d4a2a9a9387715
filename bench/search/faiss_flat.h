#pragma once

/*
 * FAISS's exact index, the peer of the engine's galleries: the one door to
 * FAISS, where Debian's libfaiss-dev is installed.  Where it is not,
 * faiss_flat_create gives NULL.
 */
#include <stddef.h>
#include <stdint.h>

#include "basics.h"

#ifdef __cplusplus
extern "C" {
#endif

struct faiss_flat;

struct faiss_flat *faiss_flat_create(size_t vector_length) MUST_CHECK;
void faiss_flat_destroy(struct faiss_flat *index);
void faiss_flat_add(struct faiss_flat *index, const float *vector);

/* The best `most` by inner product, on the caller's core alone. */
void faiss_flat_search(struct faiss_flat *index, const float *vector,
                       size_t most, float *cosines, int64_t *numbers);

#ifdef __cplusplus
}
#endif
