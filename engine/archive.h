#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"
#include "digest.h"
#include "histogram.h"
#include "record.h"

/*
 * What the engine keeps: collections and their faces, in one SQLite file.  What
 * a call has reported as done outlives a crash and a power failure.
 *
 * Calls are synchronous and take milliseconds, for they wait for the disk: make
 * them on a crew of one thread.  Each returns 0, an error that it names, or
 * E_IO when the disk or SQLite failed (the reason is in the log); a call that
 * failed has changed nothing.  Users are in archive_users.h.
 */
struct archive;

/*
 * Opens the file, or makes it.  One program at a time: NULL, with a sentence in
 * `problem`, if another has it, if it is no archive or a newer one, or cannot
 * be used.
 */
struct archive *archive_open(const char *path,
                             struct buffer *problem) MUST_CHECK;
void archive_close(struct archive *archive);

/* Writes an archive as it is at this moment, whoever has it, into a new file,
 * durably, but for its name.  A negative error comes with a sentence in
 * `problem`. */
int archive_copy(const char *from, const char *to,
                 struct buffer *problem) MUST_CHECK;

/* How long commits took so far; on any thread. */
void archive_commits(struct archive *archive, struct histogram *commits);

/* Texts are borrowed. */
struct archive_collection {
    const char *id;
    const char *arn;
    const char *model_version;
    const char *tags; /* a JSON object */
    int64_t created_ms;
};

/* Called for each of several; another return value than 0 ends the calls and
 * comes back from the function that makes them.  Borrowed for the call. */
typedef int archive_collection_fn(void *owner,
                                  const struct archive_collection *collection);
typedef int archive_face_fn(void *owner, const struct record *record,
                            const float *vector, size_t vector_length);

typedef int archive_any_face_fn(void *owner, const char *collection,
                                const struct record *record,
                                const float *vector, size_t vector_length);

/* E_DUPLICATE */
int archive_add_collection(struct archive *archive,
                           const struct archive_collection *collection)
    MUST_CHECK;

/* With all its faces, which are overwritten.  E_NOT_FOUND */
int archive_remove_collection(struct archive *archive,
                              const char *id) MUST_CHECK;

/* By id, in the order of bytes. */
int archive_each_collection(struct archive *archive,
                            archive_collection_fn *each,
                            void *owner) MUST_CHECK;

/* To be freed.  E_NOT_FOUND */
int archive_find_tags(struct archive *archive, const char *id,
                      char **tags) MUST_CHECK;

/* E_NOT_FOUND */
int archive_set_tags(struct archive *archive, const char *id,
                     const char *tags) MUST_CHECK;

/* The faces of one picture, to be added together. */
struct archive_picture {
    unsigned char hash[DIGEST_BYTES]; /* SHA-256 of the file */
    size_t vector_length;
    struct archive_face {
        struct record record; /* image_id and external_id are the picture's */
        const float *vector;
        unsigned ordinal; /* which of the picture's faces: the same for the
                             same picture, whatever was left out */
        bool was_there;   /* filled: it is not added, for it is there already,
                             with the id and the time that `record` gets */
    } * faces;
    size_t face_count;
    size_t known_least; /* of them must be there already: there is no room for
                           more */
};

/* All of them or none.  E_NOT_FOUND: no such collection.  E_TOO_LARGE: fewer of
 * them are there than must be. */
int archive_add_faces(struct archive *archive, const char *collection,
                      struct archive_picture *picture) MUST_CHECK;

/* `removed[i]` tells whether face i was there and belonged to no user.  The
 * vectors are overwritten.  E_NOT_FOUND: no such collection. */
int archive_remove_faces(struct archive *archive, const char *collection,
                         const char *const *ids, size_t count,
                         bool *removed) MUST_CHECK;

/*
 * At most `most` faces, in the order of their ids, from the first one behind
 * the id `after` ("": from the start).  For loading all, and for lists.
 * E_NOT_FOUND: no such collection.
 */
int archive_each_face(struct archive *archive, const char *collection,
                      const char *after, size_t most, archive_face_fn *each,
                      void *owner) MUST_CHECK;

/* The same of a user's faces; none where there is no such collection or user.
 */
int archive_each_face_of(struct archive *archive, const char *collection,
                         const char *user_key, const char *after, size_t most,
                         archive_face_fn *each, void *owner) MUST_CHECK;

/* All faces of all collections, in no order: the quickest way through the file.
 * `each` is called on several threads at once; nothing may change meanwhile. */
int archive_each_face_of_all(struct archive *archive, archive_any_face_fn *each,
                             void *owner) MUST_CHECK;
