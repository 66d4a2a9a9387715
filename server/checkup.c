/*
 * checkup.c - how the parts are that a server works with
 *
 * Those who ask while the parts are asked wait for the same answer, and get it
 * after PATIENCE_MS at the latest: a part that is silent until then is said to
 * be so, and is not asked again before it has spoken.  What the server knows by
 * itself, its connections to Redis, is never remembered.
 */
#include <stdlib.h>

#include "checkup.h"
#include "clock.h"
#include "errors.h"
#include "event_log.h"
#include "json.h"
#include "text.h"
#include "xalloc.h"

enum {
    FRESH_MS = 1000,    /* how long a good answer is remembered */
    FAILING_MS = 100,   /* and one that names a failure */
    PATIENCE_MS = 2000, /* with a part */
    WORD_BYTES = 32,
};

/* A part that must be asked. */
enum probe { PROBE_DATABASE, PROBE_IMAGES, PROBE_WORKERS, PROBES };

struct waiter {
    struct waiter *next;
    struct call *call;
};

struct checkup {
    struct services *services;
    struct waiter *waiters;
    struct wheel_entry patience;
    size_t pending;         /* probes, and one more while they are sent out */
    bool has_lost_patience; /* with those that are pending */
    bool is_pending[PROBES];
    int errors[PROBES]; /* as it was last; E_TIMEOUT: silent */
    int64_t fresh_until_ms;
    int64_t workers; /* heard of lately */
    bool has_recognition;
    char recognition[WORD_BYTES]; /* what is wrong with it; "": nothing */
};

struct checkup *checkup_create(struct services *services)
{
    struct checkup *checkup = xcalloc(1, sizeof *checkup);

    checkup->services = services;
    return checkup;
}

void checkup_destroy(struct checkup *checkup)
{
    free(checkup);
}

/* ---- the answer ---- */

static struct json *add_part(struct json *parts, const char *name,
                             const char *state, const char *detail)
{
    struct json *part = json_add(parts, name, json_object());

    json_add_text(part, "state", state);
    if (detail)
        json_add_text(part, "detail", detail);
    return part;
}

static void add_error_part(struct json *parts, const char *name, int error)
{
    add_part(parts, name, error ? error_name(error) : "ok",
             error ? error_sentence(error) : NULL);
}

static void add_redis(const struct services *services, struct json *parts)
{
    struct redis_terms terms = queues_terms(services->queues);

    if (terms.has[TERM_EVICTS_ALL])
        add_part(parts, "redis", "refused",
                 redis_term_sentence(TERM_EVICTS_ALL));
    else
        add_error_part(parts, "redis",
                       queues_are_up(services->queues) ? 0 : E_UNAVAILABLE);
    add_error_part(parts, "events",
                   event_log_is_up(services->log) ? 0 : E_UNAVAILABLE);
}

static void add_workers(const struct checkup *checkup, struct json *parts)
{
    struct json *part;

    if (checkup->errors[PROBE_WORKERS]) {
        add_part(parts, "workers", "unknown", "Redis does not say.");
        add_part(parts, "recognition", "unknown", "Redis does not say.");
        return;
    }
    part = checkup->workers
               ? add_part(parts, "workers", "ok", NULL)
               : add_part(parts, "workers", "none",
                          "No worker was heard of in the last 5 seconds: jobs "
                          "are accepted and wait.");
    json_add_number(part, "count", (double)checkup->workers);
    if (!checkup->has_recognition)
        add_part(parts, "recognition", "unknown",
                 "No worker has called it yet.");
    else if (checkup->recognition[0])
        add_part(parts, "recognition", checkup->recognition,
                 "It did not do what a worker asked of it last: jobs are "
                 "accepted, and tried again.");
    else
        add_part(parts, "recognition", "ok", NULL);
}

static void add_warnings(const struct services *services, struct json *document)
{
    struct redis_terms terms = queues_terms(services->queues);
    struct json *warnings = json_add(document, "warnings", json_array());

    for (enum redis_term term = 0; term < REDIS_TERMS; term++)
        if (terms.has[term] && term != TERM_EVICTS_ALL)
            json_append(warnings, json_new_text(redis_term_sentence(term)));
}

/* Workers are not asked for: what is accepted waits for them. */
static bool is_ready(const struct checkup *checkup)
{
    const struct services *services = checkup->services;

    return queues_are_up(services->queues) && event_log_is_up(services->log) &&
           !checkup->errors[PROBE_DATABASE] && !checkup->errors[PROBE_IMAGES] &&
           !services->is_draining;
}

static void answer(const struct checkup *checkup, struct call *call)
{
    const struct services *services = checkup->services;
    struct json *document = json_object();
    struct json *parts;

    json_add_bool(document, "ready", is_ready(checkup));
    if (services->is_draining)
        json_add_bool(document, "draining", true);
    parts = json_add(document, "parts", json_object());
    add_redis(services, parts);
    add_error_part(parts, "database", checkup->errors[PROBE_DATABASE]);
    add_error_part(parts, "images", checkup->errors[PROBE_IMAGES]);
    add_workers(checkup, parts);
    add_warnings(services, document);
    call_answer(call, is_ready(checkup) ? 200 : 503, document, NULL);
}

/* ---- asking the parts ---- */

/* Everybody who waits is told what is known by now. */
static void settle(struct checkup *checkup)
{
    bool has_failed = false;

    for (enum probe probe = 0; probe < PROBES; probe++) {
        if (checkup->is_pending[probe])
            checkup->errors[probe] = E_TIMEOUT;
        has_failed |= checkup->errors[probe] != 0;
    }
    checkup->fresh_until_ms =
        clock_steady_ms() + (has_failed ? FAILING_MS : FRESH_MS);
    while (checkup->waiters) {
        struct waiter *waiter = checkup->waiters;

        checkup->waiters = waiter->next;
        answer(checkup, waiter->call);
        free(waiter);
    }
}

static void on_patience_over(struct wheel_entry *entry)
{
    struct checkup *checkup = container_of(entry, struct checkup, patience);

    checkup->has_lost_patience = true;
    settle(checkup);
}

static void release(struct checkup *checkup)
{
    if (--checkup->pending > 0)
        return;
    checkup->services->calls--;
    checkup->has_lost_patience = false;
    wheel_cancel(&checkup->patience);
    settle(checkup);
}

static void probed(struct checkup *checkup, enum probe probe, int error)
{
    checkup->errors[probe] = error;
    checkup->is_pending[probe] = false;
    release(checkup);
}

static void on_database(void *owner, int error)
{
    probed(owner, PROBE_DATABASE, error);
}

static void on_images(void *owner, int error)
{
    probed(owner, PROBE_IMAGES, error);
}

static void on_workers(void *owner, int error, const struct redis_reply *reply)
{
    struct checkup *checkup = owner;

    checkup->workers = redis_reply_integer(redis_reply_at(reply, 0));
    checkup->has_recognition = redis_reply_integer(redis_reply_at(reply, 1));
    text_copy(checkup->recognition, sizeof checkup->recognition,
              redis_reply_text(redis_reply_at(reply, 2)));
    probed(checkup, PROBE_WORKERS, error);
}

/* A connection that is held open says nothing of a database that hangs. */
static int touch(struct connection *connection, void *task)
{
    (void)task;
    return connection_run(connection, "DO 0", NULL, 0, NULL, NULL);
}

static void ask_parts(struct checkup *checkup)
{
    struct services *services = checkup->services;
    int error;

    services->calls++;
    checkup->pending = PROBES + 1;
    for (enum probe probe = 0; probe < PROBES; probe++)
        checkup->is_pending[probe] = true;
    wheel_set(services->wheel, &checkup->patience, PATIENCE_MS,
              on_patience_over);
    error = database_run(services->database, touch, NULL, on_database, checkup);
    if (error != PENDING)
        on_database(checkup, error);
    error = store_check(services->store, on_images, checkup);
    if (error != PENDING)
        on_images(checkup, error);
    error = queue_workers(queues_of(services->queues, QUEUES_RECOGNITION),
                          on_workers, checkup);
    if (error != PENDING)
        on_workers(checkup, error, NULL);
    release(checkup);
}

void checkup_answer(struct checkup *checkup, struct call *call)
{
    struct waiter *waiter;

    if (checkup->has_lost_patience ||
        clock_steady_ms() < checkup->fresh_until_ms) {
        answer(checkup, call);
        return;
    }
    waiter = xcalloc(1, sizeof *waiter);
    *waiter = (struct waiter){.next = checkup->waiters, .call = call};
    checkup->waiters = waiter;
    if (checkup->pending == 0)
        ask_parts(checkup);
}
