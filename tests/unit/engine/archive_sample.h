#pragma once

/*
 * An archive in the test's folder with a collection of some faces, for those
 * who test what is made of them.
 */
#include "unit.h"

#include <unistd.h>

#include "archive_users.h"
#include "embedding.h"
#include "user_key.h"

enum { SAMPLE_LENGTH = 256, SAMPLE_FACES = 4 };

struct archive_sample {
    struct archive *archive;
    int64_t collection;                   /* "people" */
    char faces[SAMPLE_FACES][UUID_BYTES]; /* each looks along its own axis */
};

static const char archive_sample_path[] = "archive.db";

static inline int archive_sample_remove(void **state)
{
    (void)state;
    unlink(archive_sample_path);
    unlink("archive.db-wal");
    unlink("archive.db-shm");
    unlink("archive.db-lock");
    return 0;
}

static inline void archive_sample_reopen(struct archive_sample *sample)
{
    struct buffer problem = {0};

    archive_close(sample->archive);
    sample->archive = archive_open(archive_sample_path, &problem);
    assert_string_equal(buffer_text(&problem), "");
    buffer_finish(&problem);
}

static inline void archive_sample_open(struct archive_sample *sample)
{
    float vectors[SAMPLE_FACES][SAMPLE_LENGTH] = {{0}};
    struct archive_face faces[SAMPLE_FACES] = {{.ordinal = 0}};
    struct archive_picture picture = {.vector_length = SAMPLE_LENGTH,
                                      .faces = faces,
                                      .face_count = SAMPLE_FACES};

    *sample = (struct archive_sample){0};
    archive_sample_reopen(sample);
    assert_int_equal(archive_add_collection(
                         sample->archive,
                         &(struct archive_collection){
                             .id = "people",
                             .arn = "arn:aws:rekognition:x",
                             .model_version = embedding_version(SAMPLE_LENGTH),
                             .tags = "{}"}),
                     0);
    for (unsigned i = 0; i < SAMPLE_FACES; i++) {
        vectors[i][i] = 1;
        faces[i].vector = vectors[i];
        faces[i].ordinal = i;
        snprintf(faces[i].record.id, UUID_BYTES,
                 "%08x-0000-7000-8000-000000000000", i);
        memcpy(faces[i].record.image_id, faces[i].record.id, UUID_BYTES);
        memcpy(sample->faces[i], faces[i].record.id, UUID_BYTES);
    }
    assert_int_equal(archive_add_faces(sample->archive, "people", &picture), 0);
    assert_int_equal(
        archive_find_collection(sample->archive, "people", &sample->collection),
        0);
}

/* In a change of its own. */
static inline void archive_sample_add_user(struct archive_sample *sample,
                                           const char *id)
{
    char key[UUID_BYTES];

    user_key(id, key);
    assert_int_equal(archive_begin(sample->archive), 0);
    assert_int_equal(
        archive_end(sample->archive,
                    archive_add_user(sample->archive, sample->collection, key,
                                     id, 1700000000000)),
        0);
}

static inline int archive_sample_find_user(struct archive_sample *sample,
                                           const char *id,
                                           struct archive_user *user)
{
    char key[UUID_BYTES];

    user_key(id, key);
    return archive_find_user(sample->archive, sample->collection, key, user);
}

/* Gives a face to a user, whose vector it then is. */
static inline void archive_sample_give(struct archive_sample *sample,
                                       size_t face, const char *user_id)
{
    struct archive_owned owned = {0};
    struct archive_user user;

    assert_int_equal(archive_sample_find_user(sample, user_id, &user), 0);
    assert_int_equal(archive_find_owned(sample->archive, sample->collection,
                                        sample->faces[face], &owned),
                     0);
    free(owned.user_id);
    assert_int_equal(
        archive_give_face(sample->archive, owned.number, user.number), 0);
    assert_int_equal(
        archive_set_user_vector(sample->archive, user.number, &owned.vector),
        0);
}
