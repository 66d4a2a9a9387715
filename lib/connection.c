/*
 * connection.c - one connection to MariaDB or MySQL, and its statements: with
 * connection_rows.c the one door to libmysqlclient's API
 *
 * A statement is prepared when it is first run and kept, known again by the
 * address of its text.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <errmsg.h>
#include <mysqld_error.h>

#include "connection_parts.h"
#include "errors.h"
#include "log.h"
#include "xalloc.h"

enum { PARAMETERS_MAX = 32 };

/* A statement that was prepared. */
struct statement {
    const char *sql; /* a string literal: its address is its name */
    MYSQL_STMT *handle;
    struct statement *next;
};

struct connection {
    const struct database_options *options;
    MYSQL *mysql; /* NULL: not connected */
    struct statement *statements;
    int64_t changed; /* by the last statement */
    int64_t noted;   /* by it, as LAST_INSERT_ID */
    bool in_transaction;
    bool is_broken; /* to be dropped when the work is done */
};

void connection_library_init(void)
{
    mysql_library_init(0, NULL, NULL);
}

struct connection *connection_create(const struct database_options *options)
{
    struct connection *connection = xcalloc(1, sizeof *connection);

    connection->options = options;
    return connection;
}

static void disconnect(struct connection *connection)
{
    while (connection->statements) {
        struct statement *statement = connection->statements;

        connection->statements = statement->next;
        mysql_stmt_close(statement->handle);
        free(statement);
    }
    if (connection->mysql)
        mysql_close(connection->mysql);
    connection->mysql = NULL;
    connection->in_transaction = false;
    connection->is_broken = false;
}

void connection_destroy(struct connection *connection)
{
    if (!connection)
        return;
    disconnect(connection);
    free(connection);
}

static bool is_of_library(unsigned number)
{
    return (number >= CR_MIN_ERROR && number <= CR_MAX_ERROR) ||
           (number >= CER_MIN_ERROR && number <= CER_MAX_ERROR);
}

static int say_lost(struct connection *connection, const char *words)
{
    log_warn("database=%s lost: %s", connection->options->name, words);
    connection->is_broken = true;
    return E_CONNECTION;
}

/* Our name for what the server or the library said.  The library's own numbers
 * mean that nobody knows what the server has done: under TLS even a cut
 * connection has another one than elsewhere. */
static int error_of(struct connection *connection, unsigned number,
                    const char *words)
{
    switch (number) {
    case ER_DUP_ENTRY:
        return E_DUPLICATE;
    case ER_LOCK_DEADLOCK:
    case ER_LOCK_WAIT_TIMEOUT:
        return E_CONFLICT;
    case ER_SERVER_SHUTDOWN:
        return say_lost(connection, words);
    default:
        if (is_of_library(number))
            return say_lost(connection, words);
        log_error("database=%s refused: %u %s", connection->options->name,
                  number, words);
        return E_REFUSED;
    }
}

int connection_error(struct connection *connection, MYSQL_STMT *handle)
{
    return error_of(connection, mysql_stmt_errno(handle),
                    mysql_stmt_error(handle));
}

static void set_options(MYSQL *mysql, const struct database_options *options)
{
    unsigned seconds = (unsigned)((options->limit_ms + 999) / 1000);

    mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &seconds);
    mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
    mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(mysql, MYSQL_INIT_COMMAND,
                  "SET SESSION autocommit = 1, time_zone = '+00:00', "
                  "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'");
    mysql_options(mysql, MYSQL_INIT_COMMAND,
                  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    if (options->ca_file[0]) {
        my_bool yes = 1;

        mysql_ssl_set(mysql, NULL, NULL, options->ca_file, NULL, NULL);
        mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
    }
}

static int connect_now(struct connection *connection)
{
    const struct database_options *options = connection->options;
    MYSQL *mysql = mysql_init(NULL);

    if (!mysql)
        return E_SYSTEM;
    set_options(mysql, options);
    if (!mysql_real_connect(mysql, options->host[0] ? options->host : NULL,
                            options->user, options->password, options->name,
                            (unsigned)options->port,
                            options->socket[0] ? options->socket : NULL, 0)) {
        log_warn("database=%s cannot connect: %s", options->name,
                 mysql_error(mysql));
        mysql_close(mysql);
        return E_UNAVAILABLE;
    }
    connection->mysql = mysql;
    return 0;
}

/* Nobody speaks unasked on an idle connection: what can be read there is its
 * end. */
static bool has_ended(struct connection *connection)
{
    struct pollfd socket = {.fd = (int)mysql_get_socket(connection->mysql),
                            .events = POLLIN};

    return poll(&socket, 1, 0) > 0;
}

int connection_ready(struct connection *connection)
{
    mysql_thread_init();
    if (connection->mysql && has_ended(connection))
        disconnect(connection);
    return connection->mysql ? 0 : connect_now(connection);
}

void connection_rest(struct connection *connection)
{
    if (connection->in_transaction && !connection->is_broken)
        connection_rollback(connection);
    if (connection->is_broken)
        disconnect(connection);
}

/* ---- values ---- */

struct value value_text(const char *text)
{
    if (!text)
        return (struct value){.kind = VALUE_NULL};
    return value_bytes(text, strlen(text));
}

struct value value_bytes(const void *bytes, size_t len)
{
    return (struct value){.kind = VALUE_TEXT, .text = bytes, .len = len};
}

struct value value_integer(int64_t integer)
{
    return (struct value){.kind = VALUE_INTEGER, .integer = integer};
}

struct value value_real(double real)
{
    return (struct value){.kind = VALUE_REAL, .real = real};
}

static MYSQL_BIND bind_value(const struct value *value)
{
    switch (value->kind) {
    case VALUE_TEXT:
        return (MYSQL_BIND){.buffer_type = MYSQL_TYPE_STRING,
                            .buffer = (char *)value->text,
                            .buffer_length = value->len};
    case VALUE_INTEGER:
        return (MYSQL_BIND){.buffer_type = MYSQL_TYPE_LONGLONG,
                            .buffer = (int64_t *)&value->integer};
    case VALUE_REAL:
        return (MYSQL_BIND){.buffer_type = MYSQL_TYPE_DOUBLE,
                            .buffer = (double *)&value->real};
    case VALUE_NULL:
        break;
    }
    return (MYSQL_BIND){.buffer_type = MYSQL_TYPE_NULL};
}

/* ---- statements ---- */

/* The statement of that text, prepared if this connection has not met it. */
static int find_statement(struct connection *connection, const char *sql,
                          MYSQL_STMT **handle)
{
    struct statement *statement = connection->statements;

    while (statement && statement->sql != sql)
        statement = statement->next;
    if (statement) {
        *handle = statement->handle;
        return 0;
    }
    *handle = mysql_stmt_init(connection->mysql);
    if (!*handle)
        return E_SYSTEM;
    if (mysql_stmt_prepare(*handle, sql, strlen(sql)) != 0) {
        int error = connection_error(connection, *handle);

        mysql_stmt_close(*handle);
        return error;
    }
    statement = xcalloc(1, sizeof *statement);
    *statement = (struct statement){
        .sql = sql, .handle = *handle, .next = connection->statements};
    connection->statements = statement;
    return 0;
}

int connection_run(struct connection *connection, const char *sql,
                   const struct value *values, size_t count, row_fn *on_row,
                   void *owner)
{
    MYSQL_BIND binds[PARAMETERS_MAX];
    MYSQL_STMT *handle;
    int error = find_statement(connection, sql, &handle);

    if (error)
        return error;
    assert(count <= PARAMETERS_MAX && count == mysql_stmt_param_count(handle));
    for (size_t i = 0; i < count; i++)
        binds[i] = bind_value(&values[i]);
    if ((count && mysql_stmt_bind_param(handle, binds) != 0) ||
        mysql_stmt_execute(handle) != 0)
        return connection_error(connection, handle);
    connection->changed = (int64_t)mysql_stmt_affected_rows(handle);
    connection->noted = (int64_t)mysql_stmt_insert_id(handle);
    if (mysql_stmt_field_count(handle) == 0)
        return 0;
    return connection_read_rows(connection, handle, on_row, owner);
}

int64_t connection_changed(const struct connection *connection)
{
    return connection->changed;
}

int64_t connection_noted(const struct connection *connection)
{
    return connection->noted;
}

static int run_text(struct connection *connection, const char *sql)
{
    if (mysql_real_query(connection->mysql, sql, strlen(sql)) == 0)
        return 0;
    return error_of(connection, mysql_errno(connection->mysql),
                    mysql_error(connection->mysql));
}

int connection_run_script(struct connection *connection, const char *sql)
{
    MYSQL *mysql = connection->mysql;
    int status = 0;
    int error;

    mysql_set_server_option(mysql, MYSQL_OPTION_MULTI_STATEMENTS_ON);
    error = run_text(connection, sql);
    while (error == 0 && status == 0) {
        MYSQL_RES *result = mysql_store_result(mysql);

        mysql_free_result(result);
        status = mysql_next_result(mysql);
    }
    if (error == 0 && status > 0)
        error = error_of(connection, mysql_errno(mysql), mysql_error(mysql));
    if (!connection->is_broken)
        mysql_set_server_option(mysql, MYSQL_OPTION_MULTI_STATEMENTS_OFF);
    return error;
}

int connection_begin(struct connection *connection)
{
    int error = run_text(connection, "START TRANSACTION");

    connection->in_transaction = error == 0;
    return error;
}

int connection_commit(struct connection *connection)
{
    connection->in_transaction = false;
    return run_text(connection, "COMMIT");
}

void connection_rollback(struct connection *connection)
{
    connection->in_transaction = false;
    if (mysql_rollback(connection->mysql) != 0)
        connection->is_broken = true;
}
