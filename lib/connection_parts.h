#pragma once

#include <mysql.h>

#include "connection.h"

/*
 * What the files of a connection share: they are the one door to
 * libmysqlclient's API.
 */

/* Our name for what went wrong with a statement; notes it if the connection is
 * lost. */
int connection_error(struct connection *connection,
                     MYSQL_STMT *handle) MUST_CHECK;

/* Reads what a statement that was run has found, and calls `on_row` for each
 * row (NULL: for none). */
int connection_read_rows(struct connection *connection, MYSQL_STMT *handle,
                         row_fn *on_row, void *owner) MUST_CHECK;
