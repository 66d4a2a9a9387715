/*
 * inspection.c - what is wrong with an archive
 *
 * First the file, page by page and reference by reference, as SQLite knows it;
 * if that is whole, the rows, by what the engine promises of them.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive_parts.h"
#include "embedding.h"
#include "errors.h"
#include "inspection.h"
#include "json.h"
#include "log.h"
#include "user_key.h"
#include "xalloc.h"

/* Vectors are floats, and a user's is rounded twice. */
static const double LENGTH_MISS = 1e-3, MEAN_MISS = 1e-3;

enum page_statement { PAGES, REFERENCES };

static const char *const page_statements[] = {
    [PAGES] = "PRAGMA integrity_check",
    [REFERENCES] = "PRAGMA foreign_key_check",
};

enum row_statement { COLLECTIONS, FACES, USERS, FACES_OF_USER };

static const char *const row_statements[] = {
    [COLLECTIONS] = "SELECT id, model_version, tags FROM collections",
    [FACES] = "SELECT faces.id, collections.id, collections.model_version,"
              " vector, image_id, length(image_hash),"
              " user IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users"
              " WHERE number = user AND collection = faces.collection)"
              " FROM faces CROSS JOIN collections"
              " ON collections.number = faces.collection",
    [USERS] = "SELECT users.id, collections.id, collections.model_version,"
              " vector, key, users.number"
              " FROM users CROSS JOIN collections"
              " ON collections.number = users.collection",
    [FACES_OF_USER] = "SELECT vector FROM faces WHERE user = ?",
};

/* What both kinds of rows begin with. */
enum { ID, COLLECTION, MODEL_VERSION, VECTOR, REST };

void inspection_add(struct inspection *inspection, const char *format, ...)
{
    char sentence[1024];
    va_list arguments;

    inspection->wrong++;
    if (inspection->wrong > INSPECTION_SENTENCES)
        return;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    buffer_printf(&inspection->sentences, "%s\n", sentence);
}

/* ---- the file ---- */

static int look_at_file(struct inspection *inspection, struct sqlite *file)
{
    int error;

    while ((error = sqlite_step(file, PAGES)) == SQLITE_ROW_READ) {
        const char *said = sqlite_text(file, PAGES, 0);

        if (strcmp(said, "ok") != 0)
            inspection_add(inspection, "The file is damaged: %s.", said);
    }
    while (error == 0 &&
           (error = sqlite_step(file, REFERENCES)) == SQLITE_ROW_READ) {
        inspection_add(inspection,
                       "Row %lld of %s belongs to one of %s that is not there.",
                       (long long)sqlite_number(file, REFERENCES, 1),
                       sqlite_text(file, REFERENCES, 0),
                       sqlite_text(file, REFERENCES, 2));
        error = 0;
    }
    return error;
}

/* ---- its rows ---- */

/* Copies the vector of the current row to where floats may stand, with its
 * length; whether it is one of its collection's face model. */
static bool read_vector(struct inspection *inspection, struct sqlite *file,
                        enum row_statement statement, const char *what,
                        float vector[static NETWORKS_VECTOR_MAX],
                        size_t *length)
{
    const char *version = sqlite_text(file, statement, MODEL_VERSION);
    size_t wanted = embedding_length(version) * sizeof *vector, len;
    const void *bytes = sqlite_bytes(file, statement, VECTOR, &len);

    *length = len / sizeof *vector;
    if (len == 0 || len != wanted) {
        inspection_add(inspection,
                       "%s %s of collection %s has a vector of %zu bytes; "
                       "those of face model %s have %zu.",
                       what, sqlite_text(file, statement, ID),
                       sqlite_text(file, statement, COLLECTION), len, version,
                       wanted);
        return false;
    }
    memcpy(vector, bytes, len);
    return true;
}

static double length_of(const float *vector, size_t count)
{
    double squares = 0;

    for (size_t i = 0; i < count; i++)
        squares += (double)vector[i] * (double)vector[i];
    return sqrt(squares);
}

static void look_at_collection(struct inspection *inspection,
                               struct sqlite *file)
{
    const char *id = sqlite_text(file, COLLECTIONS, 0);
    const char *version = sqlite_text(file, COLLECTIONS, 1);
    const char *tags = sqlite_text(file, COLLECTIONS, 2);
    struct json *json = json_parse(tags, strlen(tags));

    inspection->collections++;
    if (embedding_length(version) == 0)
        inspection_add(inspection,
                       "Collection %s was made with face model %s, which this "
                       "program does not know.",
                       id, version);
    if (!json || !json_is_object(json))
        inspection_add(inspection,
                       "The tags of collection %s are no JSON object.", id);
    json_destroy(json);
}

/* Written so that a length that is no number is wrong, too. */
static void look_at_face(struct inspection *inspection, struct sqlite *file)
{
    const char *id = sqlite_text(file, FACES, ID);
    const char *collection = sqlite_text(file, FACES, COLLECTION);
    float vector[NETWORKS_VECTOR_MAX];
    size_t length;

    inspection->faces++;
    if (read_vector(inspection, file, FACES, "Face", vector, &length) &&
        !(fabs(length_of(vector, length) - 1) <= LENGTH_MISS))
        inspection_add(inspection,
                       "Face %s of collection %s has a vector that is %g long "
                       "and must be 1.",
                       id, collection, length_of(vector, length));
    if (!uuid_is_valid(id) || !uuid_is_valid(sqlite_text(file, FACES, REST)) ||
        sqlite_number(file, FACES, REST + 1) != DIGEST_BYTES)
        inspection_add(inspection,
                       "Face %s of collection %s has an id, or a picture, that "
                       "is none of ours.",
                       id, collection);
    if (sqlite_number(file, FACES, REST + 2))
        inspection_add(inspection,
                       "Face %s of collection %s belongs to a user who is not "
                       "in it.",
                       id, collection);
}

/* Adds the user's faces up; their number. */
static int add_faces(struct sqlite *file, int64_t user,
                     float sums[static NETWORKS_VECTOR_MAX], size_t *count)
{
    float vector[NETWORKS_VECTOR_MAX];
    int error;

    sqlite_bind_number(file, FACES_OF_USER, 1, user);
    while ((error = sqlite_step(file, FACES_OF_USER)) == SQLITE_ROW_READ) {
        size_t len;
        const void *bytes = sqlite_bytes(file, FACES_OF_USER, 0, &len);

        ++*count;
        if (len > sizeof vector)
            continue; /* which its face was told for */
        memcpy(vector, bytes, len);
        for (size_t i = 0; i < len / sizeof *vector; i++)
            sums[i] += vector[i];
    }
    return error;
}

/* Faces that cancel each other out have no mean. */
static bool is_mean(const float *vector, size_t length, float *sums)
{
    double product = 0;

    if (length_of(sums, length) < MEAN_MISS)
        return true;
    embedding_normalize(sums, length);
    for (size_t i = 0; i < length; i++)
        product += (double)vector[i] * (double)sums[i];
    return fabs(product - 1) <= MEAN_MISS;
}

static int look_at_user(struct inspection *inspection, struct sqlite *file)
{
    const char *id = sqlite_text(file, USERS, ID);
    const char *collection = sqlite_text(file, USERS, COLLECTION);
    float vector[NETWORKS_VECTOR_MAX], sums[NETWORKS_VECTOR_MAX] = {0};
    size_t length, faces = 0;
    char key[UUID_BYTES];
    int error =
        add_faces(file, sqlite_number(file, USERS, REST + 1), sums, &faces);

    inspection->users++;
    user_key(id, key);
    if (strcmp(key, sqlite_text(file, USERS, REST)) != 0)
        inspection_add(inspection,
                       "User %s of collection %s has the key of another one.",
                       id, collection);
    (void)sqlite_bytes(file, USERS, VECTOR, &length);
    if (faces == 0 && length > 0)
        inspection_add(inspection,
                       "User %s of collection %s has a vector and no face.", id,
                       collection);
    if (faces > 0 &&
        read_vector(inspection, file, USERS, "User", vector, &length) &&
        !is_mean(vector, length, sums))
        inspection_add(inspection,
                       "User %s of collection %s has a vector that is not the "
                       "mean of its %zu faces'.",
                       id, collection, faces);
    return error;
}

static int look_at_rows(struct inspection *inspection, struct sqlite *file)
{
    int error;

    while ((error = sqlite_step(file, COLLECTIONS)) == SQLITE_ROW_READ)
        look_at_collection(inspection, file);
    while (error == 0 &&
           (error = sqlite_step(file, FACES)) == SQLITE_ROW_READ) {
        look_at_face(inspection, file);
        error = 0;
    }
    while (error == 0 && (error = sqlite_step(file, USERS)) == SQLITE_ROW_READ)
        error = look_at_user(inspection, file);
    return error;
}

/* ---- all of it ---- */

typedef int look_fn(struct inspection *inspection, struct sqlite *file);

/* What cannot be read to its end is wrong, too. */
static int look(struct inspection *inspection,
                const struct sqlite_design *design, const char *path,
                look_fn *look_at, int64_t *version, struct buffer *problem)
{
    struct sqlite *file = sqlite_visit(design, path, problem);

    if (!file)
        return E_IO;
    *version = sqlite_version(file);
    if (look_at(inspection, file) < 0)
        inspection_add(inspection, "The file cannot be read to its end.");
    sqlite_close(file);
    return 0;
}

int inspection_make(struct inspection *inspection, const char *path,
                    struct buffer *problem)
{
    struct sqlite_design pages = archive_design, rows = archive_design;
    int64_t version;
    int error;

    *inspection = (struct inspection){0};
    pages.statements = page_statements;
    pages.statement_count = COUNT(page_statements);
    rows.statements = row_statements;
    rows.statement_count = COUNT(row_statements);
    error = look(inspection, &pages, path, look_at_file, &version, problem);
    if (error == 0 && version < (int64_t)archive_design.version_count)
        log_warn("%s is an archive of version %lld: its rows are looked at "
                 "when an engine has brought it up to version %zu",
                 path, (long long)version, archive_design.version_count);
    else if (error == 0 && inspection->wrong == 0)
        error = look(inspection, &rows, path, look_at_rows, &version, problem);
    return error;
}

void inspection_finish(struct inspection *inspection)
{
    buffer_finish(&inspection->sentences);
}
