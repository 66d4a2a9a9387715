/*
 * porters.c - faces on their way into galleries
 *
 * Faces are packed into loads, because a thread that had to be woken for each
 * one would cost more than it brings.  There are a few loads, and each is
 * either empty, with the one who packs, full, or with a porter.
 */
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "porters.h"
#include "xalloc.h"

enum { PORTERS = 2, LOADS = 2 * PORTERS + 1, LOAD_FACES = 256 };

struct load {
    struct load *next;
    size_t count;
    struct parcel {
        struct gallery *gallery;
        struct record record;
    } parcels[LOAD_FACES];
    float *vectors; /* LOAD_FACES of them */
};

struct porters {
    size_t vector_length_max;
    struct load loads[LOADS];
    struct load *packed; /* the one that is being filled; NULL: none */
    uv_thread_t threads[PORTERS];
    uv_mutex_t mutex; /* of what is below */
    uv_cond_t has_empty;
    uv_cond_t has_full;
    struct load *empty;
    struct load *full;
    bool is_over; /* no more loads will come */
    int error;
};

static float *vector_at(const struct porters *porters, const struct load *load,
                        size_t i)
{
    return load->vectors + i * porters->vector_length_max;
}

/* Puts the faces of a load where they belong. */
static int deliver(const struct porters *porters, struct load *load)
{
    int error = 0;

    for (size_t i = 0; i < load->count; i++) {
        struct parcel *parcel = &load->parcels[i];
        int failed = gallery_add(parcel->gallery, &parcel->record,
                                 vector_at(porters, load, i));

        if (error == 0)
            error = failed;
        record_finish(&parcel->record);
    }
    load->count = 0;
    return error;
}

static struct load *take(struct load **list)
{
    struct load *load = *list;

    *list = load->next;
    return load;
}

static void put(struct load **list, struct load *load)
{
    load->next = *list;
    *list = load;
}

static void on_thread(void *owner)
{
    struct porters *porters = owner;
    int error = 0;

    uv_mutex_lock(&porters->mutex);
    for (;;) {
        struct load *load;

        while (!porters->full && !porters->is_over)
            uv_cond_wait(&porters->has_full, &porters->mutex);
        if (!porters->full)
            break;
        load = take(&porters->full);
        uv_mutex_unlock(&porters->mutex);
        error = deliver(porters, load);
        uv_mutex_lock(&porters->mutex);
        if (porters->error == 0)
            porters->error = error;
        put(&porters->empty, load);
        uv_cond_signal(&porters->has_empty);
    }
    uv_mutex_unlock(&porters->mutex);
}

struct porters *porters_start(size_t vector_length_max)
{
    struct porters *porters = xcalloc(1, sizeof *porters);

    porters->vector_length_max = vector_length_max;
    for (size_t i = 0; i < LOADS; i++) {
        porters->loads[i].vectors =
            xcalloc(LOAD_FACES * vector_length_max, sizeof(float));
        put(&porters->empty, &porters->loads[i]);
    }
    uv_mutex_init(&porters->mutex);
    uv_cond_init(&porters->has_empty);
    uv_cond_init(&porters->has_full);
    for (size_t i = 0; i < PORTERS; i++) {
        int error = uv_thread_create(&porters->threads[i], on_thread, porters);

        assert(error == 0);
        (void)error;
    }
    return porters;
}

static struct load *wait_for_empty(struct porters *porters)
{
    struct load *load;

    uv_mutex_lock(&porters->mutex);
    while (!porters->empty)
        uv_cond_wait(&porters->has_empty, &porters->mutex);
    load = take(&porters->empty);
    uv_mutex_unlock(&porters->mutex);
    return load;
}

static void hand_over(struct porters *porters)
{
    uv_mutex_lock(&porters->mutex);
    put(&porters->full, porters->packed);
    uv_cond_signal(&porters->has_full);
    uv_mutex_unlock(&porters->mutex);
    porters->packed = NULL;
}

void porters_carry(struct porters *porters, struct gallery *gallery,
                   const struct record *record, const float *vector,
                   size_t vector_length)
{
    struct load *load = porters->packed;

    assert(vector_length <= porters->vector_length_max);
    if (!load)
        load = porters->packed = wait_for_empty(porters);
    memcpy(vector_at(porters, load, load->count), vector,
           vector_length * sizeof *vector);
    load->parcels[load->count++] =
        (struct parcel){gallery, record_copy(record)};
    if (load->count == LOAD_FACES)
        hand_over(porters);
}

int porters_finish(struct porters *porters)
{
    int error;

    if (porters->packed)
        hand_over(porters);
    uv_mutex_lock(&porters->mutex);
    porters->is_over = true;
    uv_cond_broadcast(&porters->has_full);
    uv_mutex_unlock(&porters->mutex);
    for (size_t i = 0; i < PORTERS; i++)
        uv_thread_join(&porters->threads[i]);
    for (size_t i = 0; i < LOADS; i++)
        free(porters->loads[i].vectors);
    uv_cond_destroy(&porters->has_full);
    uv_cond_destroy(&porters->has_empty);
    uv_mutex_destroy(&porters->mutex);
    error = porters->error;
    free(porters);
    return error;
}
