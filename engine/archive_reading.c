/*
 * archive_reading.c - all faces of an archive, read by several threads
 *
 * Each thread has a visit of its own and takes one slice of the faces after the
 * other, so that one on a slow core holds up nobody.
 */
#include <stdatomic.h>

#include <uv.h>

#include "archive_parts.h"
#include "errors.h"
#include "log.h"

enum { THREADS_MAX = 4, SLICE_FACES = 8192 };

struct reading {
    const char *path;
    archive_any_face_fn *each;
    void *owner;
    int64_t slices;
    atomic_llong next; /* slice */
    atomic_int error;  /* the first one */
};

/* What a thread reads. */
struct part {
    struct reading *reading;
    struct archive *archive;
};

static int give(void *owner, const struct record *record, const float *vector,
                size_t vector_length)
{
    enum { COLLECTION = 11 };
    const struct part *part = owner;
    const char *collection =
        sqlite_text(part->archive->file, EACH_FACE_OF_ALL, COLLECTION);

    return part->reading->each(part->reading->owner, collection, record, vector,
                               vector_length);
}

static int read_slice(struct part *part, int64_t slice)
{
    struct sqlite *file = part->archive->file;

    sqlite_bind_number(file, EACH_FACE_OF_ALL, 1, slice * SLICE_FACES);
    sqlite_bind_number(file, EACH_FACE_OF_ALL, 2,
                       slice * SLICE_FACES + SLICE_FACES - 1);
    return archive_read_faces(part->archive, EACH_FACE_OF_ALL, give, part);
}

static void fail(struct reading *reading, int error)
{
    int none = 0;

    atomic_compare_exchange_strong(&reading->error, &none, error);
}

static void read_slices(struct part *part)
{
    struct reading *reading = part->reading;

    while (reading->error == 0) {
        int64_t slice = atomic_fetch_add(&reading->next, 1);
        int error;

        if (slice >= reading->slices)
            break;
        error = read_slice(part, slice);
        if (error)
            fail(reading, error);
    }
}

static void on_thread(void *owner)
{
    struct reading *reading = owner;
    struct buffer problem = {0};
    struct part part = {reading, archive_visit(reading->path, &problem)};

    if (part.archive) {
        read_slices(&part);
    } else {
        log_error("archive: %s", buffer_text(&problem));
        fail(reading, E_IO);
    }
    archive_close(part.archive);
    buffer_finish(&problem);
}

static int count_slices(struct archive *archive, int64_t *slices)
{
    int error = sqlite_step(archive->file, LAST_FACE);

    if (error != SQLITE_ROW_READ)
        return error;
    *slices = sqlite_number(archive->file, LAST_FACE, 0) / SLICE_FACES + 1;
    sqlite_reset(archive->file, LAST_FACE);
    return 0;
}

/* This thread is one of them. */
int archive_each_face_of_all(struct archive *archive, archive_any_face_fn *each,
                             void *owner)
{
    struct reading reading = {
        .path = archive->path, .each = each, .owner = owner};
    uv_thread_t threads[THREADS_MAX - 1];
    unsigned count = 0;
    int error = count_slices(archive, &reading.slices);

    if (error)
        return error;
    while (count < THREADS_MAX - 1 && count + 1 < uv_available_parallelism() &&
           count + 1 < reading.slices &&
           uv_thread_create(&threads[count], on_thread, &reading) == 0)
        count++;
    on_thread(&reading);
    while (count > 0)
        uv_thread_join(&threads[--count]);
    return reading.error;
}
