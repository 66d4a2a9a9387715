/*
 * database.c - connections to MariaDB or MySQL, each with one user at a time
 *
 * The loop thread hands a piece of work to a crew whose tools are the
 * connections; connection.c does the talking on the crew's thread.  So no lock
 * of ours exists.
 *
 * A server that is there and says nothing holds each connection up for the time
 * limit.  Work behind it would wait for the sum of them, so what has waited for
 * as long as the limit is not begun any more, nor what has waited while the
 * server let somebody else connect in vain.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "clock.h"
#include "connection.h"
#include "crew.h"
#include "database.h"
#include "errors.h"
#include "log.h"
#include "xalloc.h"

enum { CONFLICT_TRIES = 3 };

struct database {
    struct database_options options; /* its texts are ours */
    struct crew *crew;
    struct connection **connections;
    atomic_int_fast64_t silent_ms; /* when it last let somebody connect in vain
                                      until the limit */
};

/* A piece of work on its way. */
struct errand {
    struct crew_task task;
    database_work_fn *work;
    void *argument;
    done_fn *done;
    void *owner;
    struct database *database;
    int64_t since_ms; /* it has waited */
    int error;
};

struct database *database_create(uv_loop_t *loop,
                                 const struct database_options *options)
{
    struct database *database = xcalloc(1, sizeof *database);
    struct database_options *copy = &database->options;

    connection_library_init();
    *copy = *options;
    copy->host = xstrdup(options->host);
    copy->socket = xstrdup(options->socket);
    copy->user = xstrdup(options->user);
    copy->password = xstrdup(options->password);
    copy->name = xstrdup(options->name);
    copy->ca_file = xstrdup(options->ca_file);
    database->connections =
        xcalloc(options->connections, sizeof(struct connection *));
    for (size_t i = 0; i < options->connections; i++)
        database->connections[i] = connection_create(copy);
    database->crew = crew_create(loop, (void *const *)database->connections,
                                 options->connections, options->waiting_max);
    return database;
}

void database_destroy(struct database *database)
{
    struct database_options *copy;

    if (!database)
        return;
    copy = &database->options;
    crew_destroy(database->crew);
    for (size_t i = 0; i < copy->connections; i++)
        connection_destroy(database->connections[i]);
    free(database->connections);
    free((char *)copy->host);
    free((char *)copy->socket);
    free((char *)copy->user);
    free((char *)copy->password);
    free((char *)copy->name);
    free((char *)copy->ca_file);
    free(database);
}

/* ---- on a thread of the pool ---- */

static int make_ready(struct database *database, struct connection *connection)
{
    int64_t start_ms = clock_steady_ms();
    int error = connection_ready(connection);
    int64_t end_ms = clock_steady_ms();

    if (error && end_ms - start_ms >= database->options.limit_ms)
        atomic_store(&database->silent_ms, end_ms);
    return error;
}

/* 0, or why it is not to be begun. */
static int check_wait(struct errand *errand)
{
    struct database *database = errand->database;

    if (errand->since_ms < atomic_load(&database->silent_ms))
        return E_UNAVAILABLE;
    return clock_steady_ms() - errand->since_ms > database->options.limit_ms
               ? E_BUSY
               : 0;
}

static void run(struct crew_task *task, void *tool)
{
    struct errand *errand = container_of(task, struct errand, task);
    struct connection *connection = tool;
    int tries = 0;

    errand->error = check_wait(errand);
    if (errand->error)
        return;
    do {
        errand->error = make_ready(errand->database, connection);
        if (errand->error == 0) {
            errand->error = errand->work(connection, errand->argument);
            connection_rest(connection);
        }
    } while (errand->error == E_CONFLICT && ++tries < CONFLICT_TRIES);
}

/* ---- on the loop thread ---- */

static void after(struct crew_task *task)
{
    struct errand *errand = container_of(task, struct errand, task);

    errand->done(errand->owner, errand->error);
    free(errand);
}

int database_run(struct database *database, database_work_fn *work, void *task,
                 done_fn *done, void *owner)
{
    struct errand *errand = xcalloc(1, sizeof *errand);
    int error;

    *errand = (struct errand){.task = {.work = run, .after = after},
                              .work = work,
                              .argument = task,
                              .done = done,
                              .owner = owner,
                              .database = database,
                              .since_ms = clock_steady_ms()};
    error = crew_submit(database->crew, &errand->task);
    if (error < 0) {
        free(errand);
        return error;
    }
    return PENDING;
}
