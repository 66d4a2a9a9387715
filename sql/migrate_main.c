/*
 * migrate_main.c - facewire-migrate: brings a database's schema up to date
 */
#include <stdlib.h>

#include "database_settings.h"
#include "errors.h"
#include "log.h"
#include "program.h"
#include "schema.h"

struct migrate_settings {
    struct database_settings database;
};

static const struct setting table[] = {
    DATABASE_SETTINGS(struct migrate_settings, database, "1"),
};

static void on_done(void *owner, int error)
{
    *(int *)owner = error;
}

static void on_drain(void *owner)
{
    (void)owner;
}

int main(int argc, char **argv)
{
    struct migrate_settings settings;
    struct program program;
    struct database *database;
    int error = PENDING;

    log_open("facewire-migrate", LOG_INFO, LOG_TEXT);
    settings_load(argc, argv, "brings a database's schema up to date", table,
                  COUNT(table), &settings);
    program_init(&program, (size_t)settings.database.connections, 1000,
                 on_drain, NULL);
    database = database_open(&program.loop, &settings.database);
    if (database_run(database, schema_migrate, NULL, on_done, &error) ==
        PENDING)
        while (error == PENDING)
            uv_run(&program.loop, UV_RUN_ONCE);
    if (error)
        log_error("the schema was not brought up to date: %s",
                  error_sentence(error));
    else
        log_info("schema=%d up to date", schema_version());
    database_destroy(database);
    program_finish(&program);
    settings_finish(table, COUNT(table), &settings);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
