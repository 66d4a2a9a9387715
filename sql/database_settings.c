/*
 * database_settings.c - from settings to a database with the right schema
 */
#include "database_settings.h"
#include "clock.h"
#include "errors.h"
#include "log.h"
#include "schema.h"

enum { WAITING_MAX = 10000, RETRY_MS = 100, RETRY_MOST_MS = 1000 };

struct database *database_open(uv_loop_t *loop,
                               const struct database_settings *settings)
{
    struct database_options options = {
        .host = settings->socket[0] ? "" : settings->host,
        .socket = settings->socket,
        .port = (int)settings->port,
        .user = settings->user,
        .password = settings->password,
        .name = settings->name,
        .ca_file = settings->ca_file,
        .connections = (size_t)settings->connections,
        .waiting_max = WAITING_MAX,
        .limit_ms = settings->limit_ms,
    };

    return database_create(loop, &options);
}

/* A question to the database and its answer. */
struct check {
    bool is_done;
    int error;
    int version;
};

static void on_version(void *owner, int error)
{
    struct check *check = owner;

    check->error = error;
    check->is_done = true;
}

static void ask(uv_loop_t *loop, struct database *database, struct check *check)
{
    *check = (struct check){0};
    check->error = database_run(database, schema_read_version, &check->version,
                                on_version, check);
    while (check->error == PENDING || !check->is_done)
        if (check->error < 0)
            return;
        else
            uv_run(loop, UV_RUN_ONCE);
}

void database_demand_schema(uv_loop_t *loop, struct database *database,
                            int64_t patience_ms)
{
    int64_t end = clock_steady_ms() + patience_ms;
    unsigned wait_ms = RETRY_MS;
    struct check check;

    do {
        ask(loop, database, &check);
        if (check.error == 0)
            break;
        uv_sleep(wait_ms);
        wait_ms = wait_ms * 2 < RETRY_MOST_MS ? wait_ms * 2 : RETRY_MOST_MS;
    } while (clock_steady_ms() < end);
    if (check.error)
        fatal("the database cannot be used: %s", error_sentence(check.error));
    if (check.version != schema_version())
        fatal("the database has schema %d, and this program needs %d: run "
              "facewire-migrate",
              check.version, schema_version());
}
