#pragma once

#include "database.h"

/*
 * The schema: numbered migrations, run in order, each once.  A program refuses
 * to start on a schema that it does not know, older or newer.
 */

/* Runs what is missing, as work of a database.  Several programs may do so at
 * once: one of them does it, the others wait.  `task` is NULL.  E_REFUSED: the
 * schema is newer than this program, or a migration failed (the log says
 * which). */
int schema_migrate(struct connection *connection, void *task);

/* The schema's version, as work of a database: `task` is an int.  0 where there
 * is none yet. */
int schema_read_version(struct connection *connection, void *task);

/* The version that this program was written for. */
int schema_version(void);
