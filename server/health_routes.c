/*
 * health_routes.c - the routes for those who look after a server
 */
#include <stdlib.h>
#include <string.h>

#include "contracts.h"
#include "counters.h"
#include "errors.h"
#include "event_log.h"
#include "health_routes.h"
#include "stats.h"
#include "xalloc.h"

void route_healthz(struct call *call)
{
    struct json *document = json_object();

    json_add_bool(document, "alive", true);
    call_answer(call, 200, document, NULL);
}

/* ---- readiness ---- */

struct checkup {
    struct call *call;
    int database;
    int images;
    int pending;
};

static const char *word(int error)
{
    return error ? error_name(error) : "ok";
}

static void answer_checkup(struct checkup *checkup)
{
    struct services *services = checkup->call->services;
    bool has_queue = queues_are_up(services->queues);
    bool has_log = event_log_is_up(services->log);
    bool is_ready = has_queue && has_log && !checkup->database &&
                    !checkup->images && !services->is_draining;
    struct json *document = json_object();
    struct json *parts;

    json_add_bool(document, "ready", is_ready);
    if (services->is_draining)
        json_add_bool(document, "draining", true);
    parts = json_add(document, "parts", json_object());
    json_add_text(parts, "redis", has_queue ? "ok" : "unavailable");
    json_add_text(parts, "events", has_log ? "ok" : "unavailable");
    json_add_text(parts, "database", word(checkup->database));
    json_add_text(parts, "images", word(checkup->images));
    call_answer(checkup->call, is_ready ? 200 : 503, document, NULL);
    free(checkup);
}

static void part_checked(struct checkup *checkup, int *part, int error)
{
    *part = error;
    if (--checkup->pending == 0)
        answer_checkup(checkup);
}

static void on_database_checked(void *owner, int error)
{
    struct checkup *checkup = owner;

    part_checked(checkup, &checkup->database, error);
}

static void on_images_checked(void *owner, int error)
{
    struct checkup *checkup = owner;

    part_checked(checkup, &checkup->images, error);
}

/* That a connection can be had is answer enough. */
static int touch(struct connection *connection, void *task)
{
    (void)connection;
    (void)task;
    return 0;
}

void route_readyz(struct call *call)
{
    struct checkup *checkup = xcalloc(1, sizeof *checkup);
    int error;

    checkup->call = call;
    checkup->pending = 3; /* the third is this call itself */
    error = database_run(call->services->database, touch, NULL,
                         on_database_checked, checkup);
    if (error < 0)
        on_database_checked(checkup, error);
    error = store_check(call->services->store, on_images_checked, checkup);
    if (error != PENDING)
        on_images_checked(checkup, error);
    if (--checkup->pending == 0)
        answer_checkup(checkup);
}

/* ---- figures ---- */

struct scrape {
    struct call *call;
    struct stats stats;
};

/* Our own figures are told even while the queue or the database is away. */
static void on_stats(void *owner, int error)
{
    struct scrape *scrape = owner;
    struct buffer text = {0};
    size_t len;

    counters_write(scrape->call->services->counters, &text);
    if (!error)
        stats_write(&scrape->stats, &text);
    len = text.len;
    call_bytes(scrape->call, "text/plain; version=0.0.4", buffer_take(&text),
               len, NULL);
    free(scrape);
}

void route_metrics(struct call *call)
{
    struct scrape *scrape = xcalloc(1, sizeof *scrape);
    int result;

    scrape->call = call;
    result = stats_read(&scrape->stats, call->services, on_stats, scrape);
    if (result != PENDING)
        on_stats(scrape, result);
}

/* ---- contracts ---- */

static void answer_contract(struct call *call, const char *text)
{
    call_bytes(call, "application/yaml", xstrdup(text), strlen(text),
               "no-cache");
}

void route_openapi(struct call *call)
{
    answer_contract(call, openapi_yaml);
}

void route_asyncapi(struct call *call)
{
    answer_contract(call, asyncapi_yaml);
}
