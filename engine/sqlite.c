/*
 * sqlite.c - a SQLite file that is ours alone to change
 *
 * Changes go to a write-ahead log that is synced at every commit.  The lock is
 * that of a file beside it, taken when ours is opened and held until the end;
 * if we are killed, the kernel drops it.  SQLite's own lock would keep out
 * visitors, too, and a backup is made by one.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "clock.h"
#include "errors.h"
#include "file_lock.h"
#include "log.h"
#include "sqlite.h"
#include "xalloc.h"

/* How long we wait for a visitor who ends, or for an owner who begins: both
 * hold the file for milliseconds. */
enum { PATIENCE_MS = 5000 };

struct sqlite {
    const struct sqlite_design *design;
    sqlite3 *database;
    struct statement {
        sqlite3_stmt *prepared;
    } * statements;   /* in the table's order */
    int lock;         /* an owner's; -1: a visitor has none */
    bool has_removed; /* something that may still stand in the log */
    pthread_mutex_t commits_lock; /* others may look at them */
    struct histogram commits;
};

static int run_text(struct sqlite *file, const char *sql)
{
    return sqlite3_exec(file->database, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : E_IO;
}

/* The empty write tells whether there can be others. */
static int take_hold(struct sqlite *file)
{
    return run_text(file, "PRAGMA journal_mode = WAL;"
                          "PRAGMA synchronous = FULL;"
                          "PRAGMA secure_delete = ON;"
                          "PRAGMA foreign_keys = ON;"
                          "PRAGMA journal_size_limit = 16777216;"
                          "BEGIN IMMEDIATE; COMMIT;");
}

/* A number that the file's header or its catalogue gives; -1 if none. */
static int64_t ask_number(struct sqlite *file, const char *sql)
{
    sqlite3_stmt *row;
    int64_t number = -1;

    if (sqlite3_prepare_v2(file->database, sql, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW)
        number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return number;
}

/* From a version of the tables to the last one, all or nothing. */
static int raise_version(struct sqlite *file, size_t version)
{
    const struct sqlite_design *design = file->design;
    char *marks;
    int error;

    if (version == design->version_count)
        return 0;
    if (version > 0)
        log_info("%s: from version %zu to %zu", design->what, version,
                 design->version_count);
    marks = xprintf(
        "PRAGMA application_id = %d; PRAGMA user_version = %zu; COMMIT;",
        (int)design->application_id, design->version_count);
    error = run_text(file, "BEGIN");
    for (; version < design->version_count && error == 0; version++)
        error = run_text(file, design->versions[version]);
    if (error == 0)
        error = run_text(file, marks);
    free(marks);
    return error;
}

int64_t sqlite_version(struct sqlite *file)
{
    return ask_number(file, "PRAGMA user_version");
}

static int check_version(struct sqlite *file, const char *path,
                         struct buffer *problem)
{
    const struct sqlite_design *design = file->design;
    int64_t version = sqlite_version(file);

    if (version < 1 || version > (int64_t)design->version_count) {
        buffer_printf(problem,
                      "%s is an %s of version %lld, and this program knows "
                      "version %zu: use the program that made it",
                      path, design->what, (long long)version,
                      design->version_count);
        return E_INVALID;
    }
    return 0;
}

static int check_kind(struct sqlite *file, const char *path,
                      struct buffer *problem)
{
    const struct sqlite_design *design = file->design;
    int64_t id = ask_number(file, "PRAGMA application_id");

    if (sqlite3_errcode(file->database) != SQLITE_OK)
        return E_IO;
    if (id != design->application_id) {
        buffer_printf(problem, "%s is another program's file, not an %s", path,
                      design->what);
        return E_INVALID;
    }
    return check_version(file, path, problem);
}

/* Whether the file is one of ours; an empty one becomes one. */
static int check(struct sqlite *file, const char *path, struct buffer *problem)
{
    int error;

    if (ask_number(file, "SELECT count(*) FROM sqlite_schema") == 0)
        return raise_version(file, 0);
    error = check_kind(file, path, problem);
    return error ? error : raise_version(file, (size_t)sqlite_version(file));
}

static int prepare(struct sqlite *file)
{
    const struct sqlite_design *design = file->design;

    file->statements =
        xcalloc(design->statement_count, sizeof *file->statements);
    for (size_t i = 0; i < design->statement_count; i++)
        if (sqlite3_prepare_v3(file->database, design->statements[i], -1,
                               SQLITE_PREPARE_PERSISTENT,
                               &file->statements[i].prepared,
                               NULL) != SQLITE_OK)
            return E_IO;
    return 0;
}

static void explain(struct sqlite *file, const char *path,
                    struct buffer *problem)
{
    if (problem->len)
        return;
    if (sqlite3_errcode(file->database) == SQLITE_BUSY)
        buffer_printf(problem, "%s is in use by another program", path);
    else
        buffer_printf(problem, "%s cannot be used: %s", path,
                      sqlite3_errmsg(file->database));
}

static struct sqlite *create(const struct sqlite_design *design)
{
    struct sqlite *file = xcalloc(1, sizeof *file);

    file->design = design;
    file->lock = -1;
    pthread_mutex_init(&file->commits_lock, NULL);
    return file;
}

static int connect(struct sqlite *file, const char *path, int flags)
{
    flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &file->database, flags, NULL) != SQLITE_OK)
        return E_IO;
    sqlite3_busy_timeout(file->database, PATIENCE_MS);
    return 0;
}

struct sqlite *sqlite_open(const struct sqlite_design *design, const char *path,
                           struct buffer *problem)
{
    struct sqlite *file = create(design);

    if (connect(file, path, SQLITE_OPEN_CREATE) == 0 &&
        (file->lock = file_lock_take(path, problem)) >= 0 &&
        take_hold(file) == 0 && check(file, path, problem) == 0 &&
        prepare(file) == 0)
        return file;
    explain(file, path, problem);
    sqlite_close(file);
    return NULL;
}

/* One moment is what a transaction sees, from the first thing it reads on. */
struct sqlite *sqlite_visit(const struct sqlite_design *design,
                            const char *path, struct buffer *problem)
{
    struct sqlite *file = create(design);

    if (connect(file, path, 0) == 0 && run_text(file, "BEGIN") == 0 &&
        check_kind(file, path, problem) == 0 && prepare(file) == 0)
        return file;
    explain(file, path, problem);
    sqlite_close(file);
    return NULL;
}

/* What an owner removed meanwhile could not be wiped off the log for our sake.
 * A file that cannot be written has no such thing. */
static void leave(struct sqlite *file)
{
    (void)run_text(file, "ROLLBACK");
    if (sqlite3_db_readonly(file->database, "main") == 0)
        sqlite_forget_removed(file);
}

void sqlite_close(struct sqlite *file)
{
    if (!file)
        return;
    for (size_t i = 0; file->statements && i < file->design->statement_count;
         i++)
        sqlite3_finalize(file->statements[i].prepared);
    free(file->statements);
    if (file->database && !sqlite3_get_autocommit(file->database))
        leave(file);
    sqlite3_close(file->database);
    if (file->lock >= 0)
        close(file->lock);
    pthread_mutex_destroy(&file->commits_lock);
    free(file);
}

/* The new file's own log would be a second one to be carried about. */
int sqlite_copy(struct sqlite *file, const char *path, struct buffer *problem)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3_backup *backup = NULL;
    sqlite3 *copy;
    int status = sqlite3_open_v2(path, &copy, flags, NULL);

    if (status == SQLITE_OK)
        backup = sqlite3_backup_init(copy, "main", file->database, "main");
    status = backup ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
    sqlite3_backup_finish(backup);
    if (status == SQLITE_DONE)
        status = sqlite3_exec(copy, "PRAGMA journal_mode = DELETE", NULL, NULL,
                              NULL);
    if (status != SQLITE_OK)
        buffer_printf(problem, "%s cannot be written: %s", path,
                      sqlite3_errmsg(copy));
    sqlite3_close(copy);
    return status == SQLITE_OK ? 0 : E_IO;
}

void sqlite_bind_text(struct sqlite *file, size_t statement, int place,
                      const char *text)
{
    sqlite3_bind_text(file->statements[statement].prepared, place, text, -1,
                      SQLITE_STATIC);
}

void sqlite_bind_bytes(struct sqlite *file, size_t statement, int place,
                       const void *bytes, size_t len)
{
    sqlite3_bind_blob64(file->statements[statement].prepared, place, bytes, len,
                        SQLITE_STATIC);
}

void sqlite_bind_number(struct sqlite *file, size_t statement, int place,
                        int64_t number)
{
    sqlite3_bind_int64(file->statements[statement].prepared, place, number);
}

void sqlite_bind_real(struct sqlite *file, size_t statement, int place,
                      double number)
{
    sqlite3_bind_double(file->statements[statement].prepared, place, number);
}

static int error_of(struct sqlite *file, int status)
{
    if (status == SQLITE_DONE || status == SQLITE_OK)
        return 0;
    if ((status & 0xff) == SQLITE_CONSTRAINT)
        return E_DUPLICATE;
    log_error("%s: SQLite failed: %s", file->design->what,
              sqlite3_errmsg(file->database));
    return E_IO;
}

int sqlite_step(struct sqlite *file, size_t statement)
{
    int status = sqlite3_step(file->statements[statement].prepared);
    int error;

    if (status == SQLITE_ROW)
        return SQLITE_ROW_READ;
    error = error_of(file, status);
    sqlite_reset(file, statement);
    return error;
}

void sqlite_reset(struct sqlite *file, size_t statement)
{
    sqlite3_reset(file->statements[statement].prepared);
    sqlite3_clear_bindings(file->statements[statement].prepared);
}

static void count_commit(struct sqlite *file, int64_t start_ns)
{
    int64_t took_ns = clock_steady_ns() - start_ns;

    pthread_mutex_lock(&file->commits_lock);
    histogram_count(&file->commits, took_ns / 1000);
    pthread_mutex_unlock(&file->commits_lock);
}

void sqlite_commits(struct sqlite *file, struct histogram *commits)
{
    pthread_mutex_lock(&file->commits_lock);
    *commits = file->commits;
    pthread_mutex_unlock(&file->commits_lock);
}

/* Alone, it is committed at once. */
int sqlite_run(struct sqlite *file, size_t statement)
{
    bool is_alone = sqlite3_get_autocommit(file->database);
    int64_t start_ns = clock_steady_ns();
    int error = sqlite_step(file, statement);

    assert(error != SQLITE_ROW_READ);
    if (is_alone && error == 0)
        count_commit(file, start_ns);
    return error;
}

const char *sqlite_text(struct sqlite *file, size_t statement, int column)
{
    const unsigned char *text =
        sqlite3_column_text(file->statements[statement].prepared, column);

    return text ? (const char *)text : "";
}

const void *sqlite_bytes(struct sqlite *file, size_t statement, int column,
                         size_t *len)
{
    const void *bytes =
        sqlite3_column_blob(file->statements[statement].prepared, column);

    *len = (size_t)sqlite3_column_bytes(file->statements[statement].prepared,
                                        column);
    return bytes;
}

int64_t sqlite_number(struct sqlite *file, size_t statement, int column)
{
    return sqlite3_column_int64(file->statements[statement].prepared, column);
}

double sqlite_real(struct sqlite *file, size_t statement, int column)
{
    return sqlite3_column_double(file->statements[statement].prepared, column);
}

size_t sqlite_changes(struct sqlite *file)
{
    return (size_t)sqlite3_changes64(file->database);
}

int sqlite_begin(struct sqlite *file)
{
    return error_of(file, sqlite3_exec(file->database, "BEGIN IMMEDIATE", NULL,
                                       NULL, NULL));
}

/* Moves the log into the file and cuts it off.  An owner waits for no visitor,
 * who does it when he leaves; whatever else it was, the next change tries
 * again. */
void sqlite_forget_removed(struct sqlite *file)
{
    int status;

    if (file->lock >= 0)
        sqlite3_busy_timeout(file->database, 0);
    status = sqlite3_wal_checkpoint_v2(file->database, NULL,
                                       SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(file->database, PATIENCE_MS);
    file->has_removed = status != SQLITE_OK;
    if (file->has_removed && status != SQLITE_BUSY)
        log_warn("%s: the log could not be emptied: %s", file->design->what,
                 sqlite3_errmsg(file->database));
}

int sqlite_end(struct sqlite *file, int error)
{
    int64_t start_ns = clock_steady_ns();

    if (error == 0) {
        error = error_of(
            file, sqlite3_exec(file->database, "COMMIT", NULL, NULL, NULL));
        count_commit(file, start_ns);
    }
    /* After some failures SQLite has rolled back by itself. */
    if (error < 0 && !sqlite3_get_autocommit(file->database) &&
        run_text(file, "ROLLBACK") < 0)
        log_error("%s: a failed change could not be undone",
                  file->design->what);
    if (error == 0 && file->has_removed)
        sqlite_forget_removed(file);
    return error;
}
