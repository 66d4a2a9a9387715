#pragma once

#include "database.h"

/*
 * One connection, as database.c and its crew use it: every call may wait for
 * the server, so it runs on a thread of the pool.  What work may do with a
 * connection stands in database.h.
 */

/* Once, before any thread starts. */
void connection_library_init(void);

/* Only remembers the options (borrowed); connection_ready connects. */
struct connection *
connection_create(const struct database_options *options) MUST_CHECK;
void connection_destroy(struct connection *connection);

/* Connects if there is no connection, or if the server has closed it since its
 * last use. */
int connection_ready(struct connection *connection) MUST_CHECK;

/* After work: rolls back what was not committed, and drops a connection that
 * failed. */
void connection_rest(struct connection *connection);
