/*
 * connection_rows.c - the rows that a statement has found
 *
 * All columns are read as text, which both servers convert alike.
 */
#include <stdlib.h>

#include "connection_parts.h"
#include "xalloc.h"

enum {
    COLUMNS_MAX = 32,
    COLUMN_BYTES = 256, /* fetched at once; longer ones are fetched again */
};

/* A column's value as it was fetched. */
struct column {
    char head[COLUMN_BYTES]; /* most values fit here */
    char *whole;             /* those that do not; freed with the row */
    unsigned long len;
    my_bool is_null;
    my_bool error;
};

struct row {
    struct column columns[COLUMNS_MAX];
    size_t count;
};

const char *row_text(const struct row *row, size_t column)
{
    const struct column *value = &row->columns[column];

    assert(column < row->count);
    if (value->is_null)
        return NULL;
    return value->whole ? value->whole : value->head;
}

size_t row_len(const struct row *row, size_t column)
{
    assert(column < row->count);
    return row->columns[column].is_null ? 0 : row->columns[column].len;
}

int64_t row_integer(const struct row *row, size_t column)
{
    const char *text = row_text(row, column);

    return text ? strtoll(text, NULL, 10) : 0;
}

double row_real(const struct row *row, size_t column)
{
    const char *text = row_text(row, column);

    return text ? strtod(text, NULL) : 0;
}

static MYSQL_BIND bind_column(struct column *column, void *place, size_t bytes)
{
    return (MYSQL_BIND){.buffer_type = MYSQL_TYPE_STRING,
                        .buffer = place,
                        .buffer_length = bytes,
                        .length = &column->len,
                        .is_null = &column->is_null,
                        .error = &column->error};
}

/* Fetches the values that did not fit, and ends each with a zero byte. */
static int complete_row(struct connection *connection, MYSQL_STMT *handle,
                        struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        struct column *column = &row->columns[i];
        MYSQL_BIND bind;

        column->whole = NULL;
        if (column->is_null)
            continue;
        if (column->len < COLUMN_BYTES) {
            column->head[column->len] = '\0';
            continue;
        }
        column->whole = xmalloc(column->len + 1);
        column->whole[column->len] = '\0';
        bind = bind_column(column, column->whole, column->len);
        if (mysql_stmt_fetch_column(handle, &bind, (unsigned)i, 0) != 0)
            return connection_error(connection, handle);
    }
    return 0;
}

static void clear_row(struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        free(row->columns[i].whole);
        row->columns[i].whole = NULL;
    }
}

int connection_read_rows(struct connection *connection, MYSQL_STMT *handle,
                         row_fn *on_row, void *owner)
{
    struct row *row = xcalloc(1, sizeof *row);
    MYSQL_BIND binds[COLUMNS_MAX];
    int error = 0;
    int fetched = 0;

    row->count = mysql_stmt_field_count(handle);
    assert(row->count <= COLUMNS_MAX);
    for (size_t i = 0; i < row->count; i++)
        binds[i] =
            bind_column(&row->columns[i], row->columns[i].head, COLUMN_BYTES);
    if (mysql_stmt_bind_result(handle, binds) != 0 ||
        mysql_stmt_store_result(handle) != 0)
        error = connection_error(connection, handle);
    while (error == 0) {
        fetched = mysql_stmt_fetch(handle);
        if (fetched == MYSQL_NO_DATA)
            break;
        error = fetched == 1 ? connection_error(connection, handle)
                             : complete_row(connection, handle, row);
        if (error == 0 && on_row)
            error = on_row(owner, row);
        clear_row(row);
    }
    mysql_stmt_free_result(handle);
    free(row);
    return error;
}
