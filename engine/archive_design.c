/*
 * archive_design.c - the tables of the archive, and what is asked of them
 */
#include "archive_parts.h"
#include "archive_sql.h"
#include "archive_users_sql.h"

/* What is told of a face. */
#define FACE_COLUMNS                                                           \
    "faces.id, image_id, external_id, box_left, box_top, box_width,"           \
    " box_height, confidence, faces.created_ms, faces.vector, users.id"

/* The number of a collection that is known by its id. */
#define COLLECTION_NUMBER "(SELECT number FROM collections WHERE id = ?)"

static const char *const statements[] = {
    [ADD_COLLECTION] =
        "INSERT INTO collections (id, arn, model_version, tags, created_ms)"
        " VALUES (?, ?, ?, ?, ?)",
    [FIND_COLLECTION] = "SELECT number FROM collections WHERE id = ?",
    [REMOVE_COLLECTION] = "DELETE FROM collections WHERE id = ?",
    [EACH_COLLECTION] = "SELECT id, arn, model_version, tags, created_ms"
                        " FROM collections ORDER BY id",
    [FIND_TAGS] = "SELECT tags FROM collections WHERE id = ?",
    [SET_TAGS] = "UPDATE collections SET tags = ? WHERE id = ?",
    [ADD_FACE] = "INSERT INTO faces (collection, image_hash, external_id,"
                 " ordinal, id, image_id, box_left, box_top, box_width,"
                 " box_height, confidence, created_ms, vector)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                 " ON CONFLICT (collection, image_hash, external_id, ordinal)"
                 " DO NOTHING",
    [FIND_FACE] = "SELECT id, created_ms FROM faces WHERE collection = ?"
                  " AND image_hash = ? AND external_id = ? AND ordinal = ?",
    [REMOVE_FACE] = "DELETE FROM faces WHERE collection = ? AND id = ?"
                    " AND user IS NULL",
    [EACH_FACE] = "SELECT " FACE_COLUMNS
                  " FROM faces LEFT JOIN users ON users.number = faces.user"
                  " WHERE faces.collection = ? AND faces.id > ?"
                  " ORDER BY faces.id LIMIT ?",
    [EACH_FACE_OF_USER] =
        "SELECT " FACE_COLUMNS
        " FROM users CROSS JOIN faces ON faces.user = users.number"
        " WHERE users.collection = " COLLECTION_NUMBER " AND users.key = ?"
        " AND faces.id > ? ORDER BY faces.id LIMIT ?",
    [EACH_FACE_OF_ALL] =
        "SELECT " FACE_COLUMNS ", collections.id FROM faces"
        " CROSS JOIN collections ON collections.number = faces.collection"
        " LEFT JOIN users ON users.number = faces.user"
        " WHERE faces.number BETWEEN ? AND ?",
    [LAST_FACE] = "SELECT max(number) FROM faces",
    [ADD_USER] = "INSERT INTO users (collection, key, id, created_ms)"
                 " VALUES (?, ?, ?, ?)",
    [FIND_USER] = "SELECT number, vector,"
                  " (SELECT count(*) FROM faces WHERE user = users.number)"
                  " FROM users WHERE collection = ? AND key = ?",
    [REMOVE_USER] = "DELETE FROM users WHERE number = ?",
    [EACH_USER] = "SELECT key, id, created_ms, vector FROM users"
                  " WHERE collection = ? AND key > ? ORDER BY key LIMIT ?",
    [SET_USER_VECTOR] = "UPDATE users SET vector = ? WHERE number = ?",
    [FREE_FACES] = "UPDATE faces SET user = NULL WHERE user = ?",
    [FIND_OWNER] = "SELECT faces.number, faces.vector, faces.user, users.id"
                   " FROM faces LEFT JOIN users ON users.number = faces.user"
                   " WHERE faces.collection = ? AND faces.id = ?",
    [SET_OWNER] = "UPDATE faces SET user = ? WHERE number = ?",
    [ADD_ANSWER] = "INSERT INTO answers (operation, token, collection,"
                   " input_hash, answer, made_ms) VALUES (?, ?, ?, ?, ?, ?)",
    [FIND_ANSWER] = "SELECT input_hash, answer FROM answers"
                    " WHERE operation = ? AND token = ?",
    [REMOVE_ANSWERS] = "DELETE FROM answers WHERE made_ms < ?",
};

static const char *const versions[] = {archive_sql, archive_users_sql};

const struct sqlite_design archive_design = {
    .what = "archive",
    .application_id = 0x46576567, /* "FWeg" */
    .versions = versions,
    .version_count = COUNT(versions),
    .statements = statements,
    .statement_count = COUNT(statements),
};
