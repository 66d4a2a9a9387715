#pragma once

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "basics.h"
#include "done.h"

/*
 * MariaDB or MySQL: a few connections, each used by one piece of work at a time
 * on a thread of the pool.  Work speaks SQL in prepared statements alone; each
 * connection keeps the statements it has prepared.
 *
 * A connection that is found lost when work begins is made anew and the work
 * runs; work that ends with E_CONFLICT (deadlock, lock wait) is rolled back and
 * run again, three times at most.
 */
struct database;
struct connection;

struct database_options {
    const char *host;   /* "" where `socket` is used */
    const char *socket; /* a path; "" where `host` is used */
    int port;
    const char *user;
    const char *password;
    const char *name;    /* of the database */
    const char *ca_file; /* demands TLS, verified by it; "": plain */
    size_t connections;
    size_t waiting_max; /* pieces of work that wait, at most */
    int64_t limit_ms;   /* of waiting for a connection, of connecting, and of
                           one statement */
};

/*
 * What work is: it runs on a thread of the pool, with a connection that is its
 * own until it returns, and returns 0 or an error.  Where it began a
 * transaction and does not commit it, it is rolled back.
 */
typedef int database_work_fn(struct connection *connection, void *task);

/* Connects when first used. */
struct database *
database_create(uv_loop_t *loop,
                const struct database_options *options) MUST_CHECK;

/* Nothing may be under way.  It is gone from the loop once the loop has turned.
 */
void database_destroy(struct database *database);

/*
 * Runs work: PENDING, and `done` gets what it returned, or E_UNAVAILABLE when
 * there is no connection to be had, for it or while it waited, or E_CONNECTION
 * (lost in the middle: it is not known whether a commit was carried out).
 * E_BUSY, at once or when it has waited for `limit_ms`: nothing started. `task`
 * stays until done.
 */
int database_run(struct database *database, database_work_fn *work, void *task,
                 done_fn *done, void *owner) MUST_CHECK;

/* A value given to a statement, or read from a row. */
enum value_kind { VALUE_NULL, VALUE_TEXT, VALUE_INTEGER, VALUE_REAL };
struct value {
    enum value_kind kind;
    const char *text; /* of VALUE_TEXT, any bytes; borrowed */
    size_t len;
    int64_t integer;
    double real;
};
struct value value_text(const char *text); /* NULL gives VALUE_NULL */
struct value value_bytes(const void *bytes, size_t len);
struct value value_integer(int64_t integer);
struct value value_real(double real);

/* A row of an answer, borrowed for the call.  Columns count from 0; a NULL
 * column has a NULL text and is 0 as a number. */
struct row;
const char *row_text(const struct row *row, size_t column);
size_t row_len(const struct row *row, size_t column);
int64_t row_integer(const struct row *row, size_t column);
double row_real(const struct row *row, size_t column);

/* Called for each row; a negative answer ends the reading and is returned. */
typedef int row_fn(void *owner, const struct row *row);

/*
 * Runs one statement, whose text must live as long as the connection: a string
 * literal.  Every parameter is a `?` in it.  `on_row` NULL: rows are passed
 * over.  Returns 0, E_DUPLICATE (a unique key), E_CONFLICT, E_TIMEOUT,
 * E_CONNECTION, E_REFUSED (any other refusal: it is logged), or what on_row
 * returned.
 */
int connection_run(struct connection *connection, const char *sql,
                   const struct value *values, size_t count, row_fn *on_row,
                   void *owner) MUST_CHECK;

/* How many rows the last statement changed, and what it gave to
 * LAST_INSERT_ID. */
int64_t connection_changed(const struct connection *connection);
int64_t connection_noted(const struct connection *connection);

/* Runs text that is no prepared statement and has no parameters, several
 * statements separated by `;` among it: migrations alone do that. */
int connection_run_script(struct connection *connection,
                          const char *sql) MUST_CHECK;

/* A statement outside of a transaction is one by itself: what is done by one
 * alone is committed when it returns, and needs none of these. */
int connection_begin(struct connection *connection) MUST_CHECK;
int connection_commit(struct connection *connection) MUST_CHECK;
void connection_rollback(struct connection *connection);
