#pragma once

#include "archive.h"
#include "archive_users.h"
#include "sqlite.h"

/* What the files of the archive share; nobody else includes it. */
struct archive {
    struct sqlite *file;
    char *path;
    bool has_removed; /* a vector, in the change that is under way */
};

/* Its statements, by their place in the design. */
enum archive_statement {
    ADD_COLLECTION,
    FIND_COLLECTION,
    REMOVE_COLLECTION,
    EACH_COLLECTION,
    FIND_TAGS,
    SET_TAGS,
    ADD_FACE,
    FIND_FACE,
    REMOVE_FACE,
    EACH_FACE,
    EACH_FACE_OF_USER,
    EACH_FACE_OF_ALL,
    LAST_FACE,
    ADD_USER,
    FIND_USER,
    REMOVE_USER,
    EACH_USER,
    SET_USER_VECTOR,
    FREE_FACES,
    FIND_OWNER,
    SET_OWNER,
    ADD_ANSWER,
    FIND_ANSWER,
    REMOVE_ANSWERS,
};
extern const struct sqlite_design archive_design;

/* As it is at this moment, beside its owner, to be read.  NULL as of
 * archive_open. */
struct archive *archive_visit(const char *path,
                              struct buffer *problem) MUST_CHECK;

/* Gives each face that a statement finds. */
int archive_read_faces(struct archive *archive,
                       enum archive_statement statement, archive_face_fn *each,
                       void *owner) MUST_CHECK;

/* The vector in the row that a statement has read, copied to where floats may
 * stand; its length is 0 where there is none. */
int archive_read_vector(struct archive *archive,
                        enum archive_statement statement, int column,
                        float *vector, size_t *length) MUST_CHECK;
