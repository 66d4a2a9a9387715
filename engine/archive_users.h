#pragma once

#include "archive.h"
#include "networks.h"

/*
 * The users of the archive: each joins the faces of one person.  And the
 * answers that were given to what was asked with a token.
 *
 * These are the parts of a change, which archive_begin opens and archive_end
 * closes; archive.h says what their errors are.
 */
int archive_begin(struct archive *archive) MUST_CHECK;

/* With 0 all of it stays, with an error nothing; that one comes back. */
int archive_end(struct archive *archive, int error) MUST_CHECK;

/* The number by which the tables know a collection.  E_NOT_FOUND */
int archive_find_collection(struct archive *archive, const char *id,
                            int64_t *number) MUST_CHECK;

struct archive_vector {
    float numbers[NETWORKS_VECTOR_MAX];
    size_t length; /* 0: there is none */
};

struct archive_user {
    int64_t number; /* by which the tables know it */
    struct archive_vector vector;
    size_t face_count;
};

/* The key is user_key's.  E_DUPLICATE */
int archive_add_user(struct archive *archive, int64_t collection,
                     const char *key, const char *id,
                     int64_t created_ms) MUST_CHECK;

/* E_NOT_FOUND */
int archive_find_user(struct archive *archive, int64_t collection,
                      const char *key, struct archive_user *user) MUST_CHECK;

/* Its faces stay, and belong to nobody then. */
int archive_remove_user(struct archive *archive, int64_t user) MUST_CHECK;

int archive_set_user_vector(struct archive *archive, int64_t user,
                            const struct archive_vector *vector) MUST_CHECK;

/* A face, and whom it belongs to. */
struct archive_owned {
    int64_t number; /* by which the tables know it */
    int64_t user;   /* 0: nobody */
    char *user_id;  /* to be freed; "": nobody */
    struct archive_vector vector;
};

/* E_NOT_FOUND, and nothing is to be freed. */
int archive_find_owned(struct archive *archive, int64_t collection,
                       const char *face_id,
                       struct archive_owned *face) MUST_CHECK;

/* `user` 0: to nobody. */
int archive_give_face(struct archive *archive, int64_t face,
                      int64_t user) MUST_CHECK;

/* Called as archive_face_fn is; `vector_length` 0: it has no faces. */
typedef int archive_user_fn(void *owner, const struct record *user,
                            const float *vector, size_t vector_length);

/*
 * At most `most` users, in the order of their keys, from the first one behind
 * the key `after` on, each as a record: the id is its key, the external id its
 * id.  E_NOT_FOUND: no such collection.
 */
int archive_each_user(struct archive *archive, const char *collection,
                      const char *after, size_t most, archive_user_fn *each,
                      void *owner) MUST_CHECK;

/* What was asked, and under which token. */
struct archive_question {
    const char *operation;
    const char *token;
    unsigned char input_hash[DIGEST_BYTES];
};

/* The answer that was given (to be freed).  E_NOT_FOUND: none; E_CONFLICT: it
 * was one to another question. */
int archive_find_answer(struct archive *archive,
                        const struct archive_question *question,
                        char **answer) MUST_CHECK;

/* Forgets the answers that were given ten minutes ago or earlier. */
int archive_forget_answers(struct archive *archive, int64_t now_ms) MUST_CHECK;

/* Keeps an answer to a question that has none. */
int archive_keep_answer(struct archive *archive, int64_t collection,
                        const struct archive_question *question,
                        const char *answer, int64_t now_ms) MUST_CHECK;
