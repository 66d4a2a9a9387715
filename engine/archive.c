/*
 * archive.c - the collections and faces that the engine keeps
 *
 * A face vector is a biometric template: where one is removed, it is
 * overwritten in the file, and the log in which it may still stand is emptied.
 */
#include <stdlib.h>
#include <string.h>

#include "archive_parts.h"
#include "errors.h"
#include "log.h"
#include "xalloc.h"

static struct archive *archive_of(struct sqlite *file, const char *path)
{
    struct archive *archive = xcalloc(1, sizeof *archive);

    archive->file = file;
    archive->path = xstrdup(path);
    return archive;
}

struct archive *archive_open(const char *path, struct buffer *problem)
{
    struct sqlite *file = sqlite_open(&archive_design, path, problem);

    return file ? archive_of(file, path) : NULL;
}

struct archive *archive_visit(const char *path, struct buffer *problem)
{
    struct sqlite *file = sqlite_visit(&archive_design, path, problem);

    return file ? archive_of(file, path) : NULL;
}

void archive_close(struct archive *archive)
{
    if (!archive)
        return;
    sqlite_close(archive->file);
    free(archive->path);
    free(archive);
}

int archive_copy(const char *from, const char *to, struct buffer *problem)
{
    struct sqlite_design design = archive_design;
    struct sqlite *file;
    int error;

    design.statement_count = 0; /* an older version may lack their tables */
    file = sqlite_visit(&design, from, problem);
    error = file ? sqlite_copy(file, to, problem) : E_IO;
    sqlite_close(file);
    return error;
}

void archive_commits(struct archive *archive, struct histogram *commits)
{
    sqlite_commits(archive->file, commits);
}

int archive_add_collection(struct archive *archive,
                           const struct archive_collection *collection)
{
    struct sqlite *file = archive->file;

    sqlite_bind_text(file, ADD_COLLECTION, 1, collection->id);
    sqlite_bind_text(file, ADD_COLLECTION, 2, collection->arn);
    sqlite_bind_text(file, ADD_COLLECTION, 3, collection->model_version);
    sqlite_bind_text(file, ADD_COLLECTION, 4, collection->tags);
    sqlite_bind_number(file, ADD_COLLECTION, 5, collection->created_ms);
    return sqlite_run(file, ADD_COLLECTION);
}

int archive_remove_collection(struct archive *archive, const char *id)
{
    int error;

    sqlite_bind_text(archive->file, REMOVE_COLLECTION, 1, id);
    error = sqlite_run(archive->file, REMOVE_COLLECTION);
    if (error < 0)
        return error;
    if (sqlite_changes(archive->file) == 0)
        return E_NOT_FOUND;
    sqlite_forget_removed(archive->file);
    return 0;
}

int archive_each_collection(struct archive *archive,
                            archive_collection_fn *each, void *owner)
{
    struct sqlite *file = archive->file;
    int error;

    while ((error = sqlite_step(file, EACH_COLLECTION)) == SQLITE_ROW_READ) {
        const struct archive_collection collection = {
            .id = sqlite_text(file, EACH_COLLECTION, 0),
            .arn = sqlite_text(file, EACH_COLLECTION, 1),
            .model_version = sqlite_text(file, EACH_COLLECTION, 2),
            .tags = sqlite_text(file, EACH_COLLECTION, 3),
            .created_ms = sqlite_number(file, EACH_COLLECTION, 4),
        };

        error = each(owner, &collection);
        if (error) {
            sqlite_reset(file, EACH_COLLECTION);
            break;
        }
    }
    return error;
}

int archive_find_tags(struct archive *archive, const char *id, char **tags)
{
    int error;

    sqlite_bind_text(archive->file, FIND_TAGS, 1, id);
    error = sqlite_step(archive->file, FIND_TAGS);
    if (error != SQLITE_ROW_READ)
        return error < 0 ? error : E_NOT_FOUND;
    *tags = xstrdup(sqlite_text(archive->file, FIND_TAGS, 0));
    sqlite_reset(archive->file, FIND_TAGS);
    return 0;
}

int archive_set_tags(struct archive *archive, const char *id, const char *tags)
{
    int error;

    sqlite_bind_text(archive->file, SET_TAGS, 1, tags);
    sqlite_bind_text(archive->file, SET_TAGS, 2, id);
    error = sqlite_run(archive->file, SET_TAGS);
    if (error < 0)
        return error;
    return sqlite_changes(archive->file) ? 0 : E_NOT_FOUND;
}

int archive_find_collection(struct archive *archive, const char *id,
                            int64_t *number)
{
    int error;

    sqlite_bind_text(archive->file, FIND_COLLECTION, 1, id);
    error = sqlite_step(archive->file, FIND_COLLECTION);
    if (error != SQLITE_ROW_READ)
        return error < 0 ? error : E_NOT_FOUND;
    *number = sqlite_number(archive->file, FIND_COLLECTION, 0);
    sqlite_reset(archive->file, FIND_COLLECTION);
    return 0;
}

/* Binds what makes a face the same as another, as places 1 to 4. */
static void bind_key(struct sqlite *file, enum archive_statement statement,
                     int64_t collection, const struct archive_picture *picture,
                     const struct archive_face *face)
{
    const char *external_id = face->record.external_id;

    sqlite_bind_number(file, statement, 1, collection);
    sqlite_bind_bytes(file, statement, 2, picture->hash, sizeof picture->hash);
    sqlite_bind_text(file, statement, 3, external_id ? external_id : "");
    sqlite_bind_number(file, statement, 4, face->ordinal);
}

static void read_id(struct sqlite *file, enum archive_statement statement,
                    int column, char id[static UUID_BYTES])
{
    strncpy(id, sqlite_text(file, statement, column), UUID_BYTES - 1);
    id[UUID_BYTES - 1] = '\0';
}

/* The face is there already: it keeps the id that was given first. */
static int find_face(struct sqlite *file, int64_t collection,
                     const struct archive_picture *picture,
                     struct archive_face *face)
{
    int error;

    bind_key(file, FIND_FACE, collection, picture, face);
    error = sqlite_step(file, FIND_FACE);
    if (error != SQLITE_ROW_READ)
        return error < 0 ? error : E_NOT_FOUND;
    read_id(file, FIND_FACE, 0, face->record.id);
    face->record.created_ms = sqlite_number(file, FIND_FACE, 1);
    sqlite_reset(file, FIND_FACE);
    return 0;
}

static int add_face(struct sqlite *file, int64_t collection,
                    const struct archive_picture *picture,
                    struct archive_face *face)
{
    const struct record *record = &face->record;
    int error;

    bind_key(file, ADD_FACE, collection, picture, face);
    sqlite_bind_text(file, ADD_FACE, 5, record->id);
    sqlite_bind_text(file, ADD_FACE, 6, record->image_id);
    sqlite_bind_real(file, ADD_FACE, 7, record->box.left);
    sqlite_bind_real(file, ADD_FACE, 8, record->box.top);
    sqlite_bind_real(file, ADD_FACE, 9, record->box.width);
    sqlite_bind_real(file, ADD_FACE, 10, record->box.height);
    sqlite_bind_real(file, ADD_FACE, 11, record->confidence);
    sqlite_bind_number(file, ADD_FACE, 12, record->created_ms);
    sqlite_bind_bytes(file, ADD_FACE, 13, face->vector,
                      picture->vector_length * sizeof *face->vector);
    error = sqlite_run(file, ADD_FACE);
    if (error < 0)
        return error;
    face->was_there = sqlite_changes(file) == 0;
    return face->was_there ? find_face(file, collection, picture, face) : 0;
}

int archive_add_faces(struct archive *archive, const char *collection,
                      struct archive_picture *picture)
{
    size_t known = 0;
    int64_t number;
    int error = sqlite_begin(archive->file);

    if (error < 0)
        return error;
    error = archive_find_collection(archive, collection, &number);
    for (size_t i = 0; i < picture->face_count && error == 0; i++) {
        error = add_face(archive->file, number, picture, &picture->faces[i]);
        known += picture->faces[i].was_there;
    }
    if (error == 0 && known < picture->known_least)
        error = E_TOO_LARGE;
    return sqlite_end(archive->file, error);
}

/* One that belongs to a user is passed over. */
static int remove_face(struct sqlite *file, int64_t collection, const char *id,
                       bool *removed)
{
    int error;

    sqlite_bind_number(file, REMOVE_FACE, 1, collection);
    sqlite_bind_text(file, REMOVE_FACE, 2, id);
    error = sqlite_run(file, REMOVE_FACE);
    *removed = error == 0 && sqlite_changes(file) > 0;
    return error;
}

int archive_remove_faces(struct archive *archive, const char *collection,
                         const char *const *ids, size_t count, bool *removed)
{
    int64_t number;
    int error = sqlite_begin(archive->file);

    if (error < 0)
        return error;
    error = archive_find_collection(archive, collection, &number);
    for (size_t i = 0; i < count && error == 0; i++)
        error = remove_face(archive->file, number, ids[i], &removed[i]);
    error = sqlite_end(archive->file, error);
    if (error == 0)
        sqlite_forget_removed(archive->file);
    return error;
}

int archive_read_vector(struct archive *archive,
                        enum archive_statement statement, int column,
                        float *vector, size_t *length)
{
    size_t len;
    const void *bytes = sqlite_bytes(archive->file, statement, column, &len);

    if (len > NETWORKS_VECTOR_MAX * sizeof *vector) {
        log_error("archive: a vector of %zu bytes is none of ours", len);
        return E_IO;
    }
    if (len > 0)
        memcpy(vector, bytes, len);
    *length = len / sizeof *vector;
    return 0;
}

/* A text of the current row; NULL where it is empty. */
static const char *text_or_null(struct sqlite *file,
                                enum archive_statement statement, int column)
{
    const char *text = sqlite_text(file, statement, column);

    return text[0] ? text : NULL;
}

/* Gives the face of the current row to `each`. */
static int read_face(struct archive *archive, enum archive_statement statement,
                     archive_face_fn *each, void *owner)
{
    struct sqlite *file = archive->file;
    float vector[NETWORKS_VECTOR_MAX];
    size_t length;
    struct record record = {
        .external_id = text_or_null(file, statement, 2),
        .box = {.left = sqlite_real(file, statement, 3),
                .top = sqlite_real(file, statement, 4),
                .width = sqlite_real(file, statement, 5),
                .height = sqlite_real(file, statement, 6)},
        .confidence = sqlite_real(file, statement, 7),
        .created_ms = sqlite_number(file, statement, 8),
        .user_id = text_or_null(file, statement, 10),
    };
    int error = archive_read_vector(archive, statement, 9, vector, &length);

    if (error < 0)
        return error;
    read_id(file, statement, 0, record.id);
    read_id(file, statement, 1, record.image_id);
    return each(owner, &record, vector, length);
}

int archive_read_faces(struct archive *archive,
                       enum archive_statement statement, archive_face_fn *each,
                       void *owner)
{
    int error;

    while ((error = sqlite_step(archive->file, statement)) == SQLITE_ROW_READ) {
        error = read_face(archive, statement, each, owner);
        if (error) {
            sqlite_reset(archive->file, statement);
            break;
        }
    }
    return error;
}

static int64_t limit_of(size_t most)
{
    return most < INT64_MAX ? (int64_t)most : INT64_MAX;
}

int archive_each_face(struct archive *archive, const char *collection,
                      const char *after, size_t most, archive_face_fn *each,
                      void *owner)
{
    int64_t number;
    int error = archive_find_collection(archive, collection, &number);

    if (error < 0)
        return error;
    sqlite_bind_number(archive->file, EACH_FACE, 1, number);
    sqlite_bind_text(archive->file, EACH_FACE, 2, after);
    sqlite_bind_number(archive->file, EACH_FACE, 3, limit_of(most));
    return archive_read_faces(archive, EACH_FACE, each, owner);
}

int archive_each_face_of(struct archive *archive, const char *collection,
                         const char *user_key, const char *after, size_t most,
                         archive_face_fn *each, void *owner)
{
    sqlite_bind_text(archive->file, EACH_FACE_OF_USER, 1, collection);
    sqlite_bind_text(archive->file, EACH_FACE_OF_USER, 2, user_key);
    sqlite_bind_text(archive->file, EACH_FACE_OF_USER, 3, after);
    sqlite_bind_number(archive->file, EACH_FACE_OF_USER, 4, limit_of(most));
    return archive_read_faces(archive, EACH_FACE_OF_USER, each, owner);
}
