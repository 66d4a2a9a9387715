/*
 * health_routes.c - the routes for those who look after a server
 */
#include <stdlib.h>
#include <string.h>

#include "checkup.h"
#include "contracts.h"
#include "counters.h"
#include "health_routes.h"
#include "stage_book.h"
#include "stats.h"
#include "xalloc.h"

void route_healthz(struct call *call)
{
    struct json *document = json_object();

    json_add_bool(document, "alive", true);
    call_answer(call, 200, document, NULL);
}

void route_readyz(struct call *call)
{
    checkup_answer(call->services->checkup, call);
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
    stage_book_write(scrape->call->services->stages, &text);
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
