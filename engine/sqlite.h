#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "buffer.h"
#include "histogram.h"

/*
 * A SQLite file that is ours alone to change, and the one door to SQLite.  Its
 * statements are written down in a table and known by their place in it; a
 * statement is bound, stepped through and, if it was left before its end,
 * reset.
 *
 * One thread at a time uses it.
 */
struct sqlite;

/* What the file is.  Borrowed for as long as it is open. */
struct sqlite_design {
    const char *what;       /* "archive", for sentences and the log */
    int32_t application_id; /* tells our files from others */
    /* The SQL that makes each version of the tables from the one before it; the
     * first makes version 1.  A file of an older version is brought up to the
     * last one when it is opened. */
    const char *const *versions;
    size_t version_count;
    const char *const *statements;
    size_t statement_count;
};

/*
 * Opens the file, or makes it, so that what was committed outlives a power
 * failure, what was removed is overwritten, and no other program can change it.
 * NULL with a sentence in `problem`: another program has it, it is no file of
 * ours or of a newer version, or it cannot be used.
 */
struct sqlite *sqlite_open(const struct sqlite_design *design, const char *path,
                           struct buffer *problem) MUST_CHECK;

/* Opens it to be read as it is at this moment, whoever has it and whatever is
 * changed meanwhile; an older version stays one.  NULL as above. */
struct sqlite *sqlite_visit(const struct sqlite_design *design,
                            const char *path,
                            struct buffer *problem) MUST_CHECK;
void sqlite_close(struct sqlite *file);

/* Of its tables. */
int64_t sqlite_version(struct sqlite *file);

/* Writes what a visitor sees into a new file, durably, but for its name.  An
 * error comes with a sentence in `problem`. */
int sqlite_copy(struct sqlite *file, const char *path,
                struct buffer *problem) MUST_CHECK;

/* Places count from 1.  What is bound stays borrowed until the end of the
 * statement. */
void sqlite_bind_text(struct sqlite *file, size_t statement, int place,
                      const char *text);
void sqlite_bind_bytes(struct sqlite *file, size_t statement, int place,
                       const void *bytes, size_t len);
void sqlite_bind_number(struct sqlite *file, size_t statement, int place,
                        int64_t number);
void sqlite_bind_real(struct sqlite *file, size_t statement, int place,
                      double number);

/* The next row: SQLITE_ROW_READ; 0 at the end; E_DUPLICATE if a rule of the
 * tables forbids it; E_IO, with the reason in the log. */
enum { SQLITE_ROW_READ = 1 };
int sqlite_step(struct sqlite *file, size_t statement) MUST_CHECK;
void sqlite_reset(struct sqlite *file, size_t statement);

/* Steps through a statement that gives no rows. */
int sqlite_run(struct sqlite *file, size_t statement) MUST_CHECK;

/* Of the row; columns count from 0.  Texts and bytes are borrowed until the
 * next step; a text is never NULL. */
const char *sqlite_text(struct sqlite *file, size_t statement, int column);
const void *sqlite_bytes(struct sqlite *file, size_t statement, int column,
                         size_t *len);
int64_t sqlite_number(struct sqlite *file, size_t statement, int column);
double sqlite_real(struct sqlite *file, size_t statement, int column);

/* How many rows the last statement changed. */
size_t sqlite_changes(struct sqlite *file);

/* A change of several statements.  Its end is given what came of them: with 0
 * all of them stay, with an error none does, and the error comes back. */
int sqlite_begin(struct sqlite *file) MUST_CHECK;
int sqlite_end(struct sqlite *file, int error) MUST_CHECK;

/* How long commits took, each with its sync; on any thread. */
void sqlite_commits(struct sqlite *file, struct histogram *commits);

/* Overwrites what was removed also where it may still stand, in the log: now,
 * or when those who are visiting leave. */
void sqlite_forget_removed(struct sqlite *file);
