/*
 * archive_users.c - the users that the engine keeps, and the answers to what
 * was asked for with a token
 */
#include <string.h>

#include "archive_parts.h"
#include "errors.h"
#include "xalloc.h"

/* AWS does not say how long it knows a token; SDKs give up long before. */
enum { ANSWER_MS = 10 * 60 * 1000 };

int archive_begin(struct archive *archive)
{
    archive->has_removed = false;
    return sqlite_begin(archive->file);
}

int archive_end(struct archive *archive, int error)
{
    error = sqlite_end(archive->file, error);
    if (error == 0 && archive->has_removed)
        sqlite_forget_removed(archive->file);
    return error;
}

/* ---- users ---- */

int archive_add_user(struct archive *archive, int64_t collection,
                     const char *key, const char *id, int64_t created_ms)
{
    sqlite_bind_number(archive->file, ADD_USER, 1, collection);
    sqlite_bind_text(archive->file, ADD_USER, 2, key);
    sqlite_bind_text(archive->file, ADD_USER, 3, id);
    sqlite_bind_number(archive->file, ADD_USER, 4, created_ms);
    return sqlite_run(archive->file, ADD_USER);
}

int archive_find_user(struct archive *archive, int64_t collection,
                      const char *key, struct archive_user *user)
{
    struct sqlite *file = archive->file;
    int error;

    sqlite_bind_number(file, FIND_USER, 1, collection);
    sqlite_bind_text(file, FIND_USER, 2, key);
    error = sqlite_step(file, FIND_USER);
    if (error != SQLITE_ROW_READ)
        return error < 0 ? error : E_NOT_FOUND;
    user->number = sqlite_number(file, FIND_USER, 0);
    user->face_count = (size_t)sqlite_number(file, FIND_USER, 2);
    error = archive_read_vector(archive, FIND_USER, 1, user->vector.numbers,
                                &user->vector.length);
    sqlite_reset(file, FIND_USER);
    return error;
}

int archive_remove_user(struct archive *archive, int64_t user)
{
    int error;

    sqlite_bind_number(archive->file, FREE_FACES, 1, user);
    error = sqlite_run(archive->file, FREE_FACES);
    if (error < 0)
        return error;
    archive->has_removed = true;
    sqlite_bind_number(archive->file, REMOVE_USER, 1, user);
    return sqlite_run(archive->file, REMOVE_USER);
}

int archive_set_user_vector(struct archive *archive, int64_t user,
                            const struct archive_vector *vector)
{
    /* What is not bound is NULL. */
    if (vector->length > 0)
        sqlite_bind_bytes(archive->file, SET_USER_VECTOR, 1, vector->numbers,
                          vector->length * sizeof *vector->numbers);
    else
        archive->has_removed = true;
    sqlite_bind_number(archive->file, SET_USER_VECTOR, 2, user);
    return sqlite_run(archive->file, SET_USER_VECTOR);
}

static int read_user(struct archive *archive, archive_user_fn *each,
                     void *owner)
{
    struct sqlite *file = archive->file;
    struct archive_vector vector;
    struct record user = {
        .external_id = sqlite_text(file, EACH_USER, 1),
        .created_ms = sqlite_number(file, EACH_USER, 2),
    };
    int error = archive_read_vector(archive, EACH_USER, 3, vector.numbers,
                                    &vector.length);

    if (error < 0)
        return error;
    strncpy(user.id, sqlite_text(file, EACH_USER, 0), UUID_BYTES - 1);
    return each(owner, &user, vector.numbers, vector.length);
}

int archive_each_user(struct archive *archive, const char *collection,
                      const char *after, size_t most, archive_user_fn *each,
                      void *owner)
{
    struct sqlite *file = archive->file;
    int64_t number;
    int error = archive_find_collection(archive, collection, &number);

    if (error < 0)
        return error;
    sqlite_bind_number(file, EACH_USER, 1, number);
    sqlite_bind_text(file, EACH_USER, 2, after);
    sqlite_bind_number(file, EACH_USER, 3,
                       most < INT64_MAX ? (int64_t)most : INT64_MAX);
    while ((error = sqlite_step(file, EACH_USER)) == SQLITE_ROW_READ) {
        error = read_user(archive, each, owner);
        if (error) {
            sqlite_reset(file, EACH_USER);
            break;
        }
    }
    return error;
}

/* ---- whom faces belong to ---- */

int archive_find_owned(struct archive *archive, int64_t collection,
                       const char *face_id, struct archive_owned *face)
{
    struct sqlite *file = archive->file;
    int error;

    sqlite_bind_number(file, FIND_OWNER, 1, collection);
    sqlite_bind_text(file, FIND_OWNER, 2, face_id);
    error = sqlite_step(file, FIND_OWNER);
    if (error != SQLITE_ROW_READ)
        return error < 0 ? error : E_NOT_FOUND;
    face->number = sqlite_number(file, FIND_OWNER, 0);
    face->user = sqlite_number(file, FIND_OWNER, 2);
    error = archive_read_vector(archive, FIND_OWNER, 1, face->vector.numbers,
                                &face->vector.length);
    if (error == 0)
        face->user_id = xstrdup(sqlite_text(file, FIND_OWNER, 3));
    sqlite_reset(file, FIND_OWNER);
    return error;
}

int archive_give_face(struct archive *archive, int64_t face, int64_t user)
{
    if (user)
        sqlite_bind_number(archive->file, SET_OWNER, 1, user);
    sqlite_bind_number(archive->file, SET_OWNER, 2, face);
    return sqlite_run(archive->file, SET_OWNER);
}

/* ---- answers ---- */

static void bind_question(struct sqlite *file, enum archive_statement statement,
                          const struct archive_question *question)
{
    sqlite_bind_text(file, statement, 1, question->operation);
    sqlite_bind_text(file, statement, 2, question->token);
}

int archive_find_answer(struct archive *archive,
                        const struct archive_question *question, char **answer)
{
    struct sqlite *file = archive->file;
    const void *hash;
    size_t len;
    int error;

    bind_question(file, FIND_ANSWER, question);
    error = sqlite_step(file, FIND_ANSWER);
    if (error != SQLITE_ROW_READ)
        return error < 0 ? error : E_NOT_FOUND;
    hash = sqlite_bytes(file, FIND_ANSWER, 0, &len);
    if (len != DIGEST_BYTES || memcmp(hash, question->input_hash, len) != 0)
        error = E_CONFLICT;
    else
        *answer = xstrdup(sqlite_text(file, FIND_ANSWER, 1));
    sqlite_reset(file, FIND_ANSWER);
    return error == E_CONFLICT ? error : 0;
}

int archive_forget_answers(struct archive *archive, int64_t now_ms)
{
    sqlite_bind_number(archive->file, REMOVE_ANSWERS, 1, now_ms - ANSWER_MS);
    return sqlite_run(archive->file, REMOVE_ANSWERS);
}

int archive_keep_answer(struct archive *archive, int64_t collection,
                        const struct archive_question *question,
                        const char *answer, int64_t now_ms)
{
    struct sqlite *file = archive->file;

    bind_question(file, ADD_ANSWER, question);
    sqlite_bind_number(file, ADD_ANSWER, 3, collection);
    sqlite_bind_bytes(file, ADD_ANSWER, 4, question->input_hash,
                      sizeof question->input_hash);
    sqlite_bind_text(file, ADD_ANSWER, 5, answer);
    sqlite_bind_number(file, ADD_ANSWER, 6, now_ms);
    return sqlite_run(file, ADD_ANSWER);
}
