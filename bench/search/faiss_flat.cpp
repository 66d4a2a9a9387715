/*
 * faiss_flat.cpp - FAISS's exact index, as C
 */
#include "faiss_flat.h"

#ifdef BENCH_FAISS

#include <faiss/IndexFlat.h>
#include <omp.h>

struct faiss_flat {
    faiss::IndexFlatIP index;
};

struct faiss_flat *faiss_flat_create(size_t vector_length)
{
    omp_set_num_threads(1);
    return new faiss_flat{
        faiss::IndexFlatIP(static_cast<faiss::Index::idx_t>(vector_length))};
}

void faiss_flat_destroy(struct faiss_flat *index)
{
    delete index;
}

void faiss_flat_add(struct faiss_flat *index, const float *vector)
{
    index->index.add(1, vector);
}

void faiss_flat_search(struct faiss_flat *index, const float *vector,
                       size_t most, float *cosines, int64_t *numbers)
{
    index->index.search(1, vector, static_cast<faiss::Index::idx_t>(most),
                        cosines, numbers);
}

#else

struct faiss_flat {
};

struct faiss_flat *faiss_flat_create(size_t)
{
    return nullptr;
}

void faiss_flat_destroy(struct faiss_flat *)
{
}

void faiss_flat_add(struct faiss_flat *, const float *)
{
}

void faiss_flat_search(struct faiss_flat *, const float *, size_t, float *,
                       int64_t *)
{
}

#endif
