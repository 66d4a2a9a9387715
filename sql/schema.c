/*
 * schema.c - the schema and how it comes about
 *
 * A migration is a file in migrations/, numbered from 1 without a gap.  Neither
 * MariaDB nor MySQL can undo a CREATE TABLE with a transaction, so each
 * migration must be one that can be looked at and mended by hand if it fails in
 * the middle; the version is written behind it.
 */
#include <string.h>

#include "errors.h"
#include "log.h"
#include "migrations.h"
#include "schema.h"

static const struct {
    const char *name;
    const char *sql;
} migrations[] = {
    {"people and jobs", _0001_people_and_jobs_sql},
    {"stages of jobs", _0002_stages_sql},
};

int schema_version(void)
{
    return (int)COUNT(migrations);
}

static int on_version(void *owner, const struct row *row)
{
    *(int *)owner = (int)row_integer(row, 0);
    return 0;
}

static int make_table(struct connection *connection)
{
    return connection_run_script(
        connection, "CREATE TABLE IF NOT EXISTS schema_migrations ("
                    "version INT NOT NULL PRIMARY KEY, "
                    "name VARCHAR(200) NOT NULL, "
                    "applied DATETIME(3) NOT NULL) "
                    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
}

static int newest(struct connection *connection, int *version)
{
    *version = 0;
    return connection_run(connection,
                          "SELECT COALESCE(MAX(version), 0) "
                          "FROM schema_migrations",
                          NULL, 0, on_version, version);
}

int schema_read_version(struct connection *connection, void *task)
{
    int tables = 0;
    int error = connection_run(connection,
                               "SELECT COUNT(*) FROM information_schema.tables "
                               "WHERE table_schema = DATABASE() "
                               "AND table_name = 'schema_migrations'",
                               NULL, 0, on_version, &tables);

    *(int *)task = 0;
    if (error || tables == 0)
        return error;
    return newest(connection, task);
}

static int apply(struct connection *connection, int version)
{
    struct value values[] = {value_integer(version),
                             value_text(migrations[version - 1].name)};
    int error;

    log_info("schema=%d applying: %s", version, migrations[version - 1].name);
    error = connection_run_script(connection, migrations[version - 1].sql);
    if (error == 0)
        error = connection_run(connection,
                               "INSERT INTO schema_migrations "
                               "(version, name, applied) "
                               "VALUES (?, ?, UTC_TIMESTAMP(3))",
                               values, COUNT(values), NULL, NULL);
    if (error)
        log_error("schema=%d failed: %s", version, error_name(error));
    return error;
}

static int apply_missing(struct connection *connection)
{
    int version;
    int error = make_table(connection);

    if (error == 0)
        error = newest(connection, &version);
    if (error == 0 && version > schema_version()) {
        log_error("schema=%d newer than this program, which knows %d", version,
                  schema_version());
        error = E_REFUSED;
    }
    while (error == 0 && version < schema_version())
        error = apply(connection, ++version);
    return error;
}

/* A named lock of the server keeps two programs from migrating at once; it goes
 * with the connection if we die. */
int schema_migrate(struct connection *connection, void *task)
{
    int is_locked = 0;
    int error =
        connection_run(connection, "SELECT GET_LOCK('facewire.schema', 30)",
                       NULL, 0, on_version, &is_locked);

    (void)task;
    if (error == 0 && !is_locked)
        return E_TIMEOUT;
    if (error)
        return error;
    error = apply_missing(connection);
    if (connection_run(connection, "SELECT RELEASE_LOCK('facewire.schema')",
                       NULL, 0, NULL, NULL) < 0)
        log_debug("schema: the lock goes with the connection");
    return error;
}
