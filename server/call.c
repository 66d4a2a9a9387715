/*
 * call.c - one call of the API on its way through a route
 */
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "clock.h"
#include "counters.h"
#include "event_log.h"
#include "uuid.h"
#include "xalloc.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200 };

struct call *call_create(struct services *services, struct exchange *exchange)
{
    struct call *call = xcalloc(1, sizeof *call);

    services->calls++;
    call->services = services;
    call->exchange = exchange;
    call->begun_us = clock_wall_us();
    call->request = exchange_request(exchange);
    call->path = xstrdup(call->request->path);
    call->offset = xstrdup(event_log_position(services->log));
    return call;
}

struct exchange *call_give(struct call *call)
{
    struct exchange *exchange = call->exchange;

    call->services->calls--;
    free(call->path);
    free(call->offset);
    free(call);
    return exchange;
}

static struct exchange *end(struct call *call, int status)
{
    call->services->counters->answers[status / 100]++;
    return call_give(call);
}

void call_answer_text(struct call *call, int status, char *json,
                      const char *location, bool is_repeated)
{
    char *offset = xstrdup(call->offset);
    struct answer_extras extras = {.location = location,
                                   .offset = offset[0] ? offset : NULL,
                                   .is_repeated = is_repeated};

    answer_json(end(call, status), status, json, &extras);
    free(offset);
}

void call_answer(struct call *call, int status, struct json *json,
                 const char *location)
{
    call_answer_text(call, status, json_print_and_destroy(json), location,
                     false);
}

void call_problem(struct call *call, enum problem problem, const char *detail)
{
    answer_problem(end(call, problem_status(problem)), problem, detail);
}

void call_wrong_method(struct call *call, const char *allow)
{
    answer_wrong_method(end(call, 405), allow);
}

void call_upgrade_required(struct call *call)
{
    answer_upgrade_required(end(call, 426));
}

void call_failure(struct call *call, int error, const char *part)
{
    answer_failure(end(call, 503), error, part);
}

void call_bytes(struct call *call, const char *type, char *bytes, size_t len,
                const char *cache)
{
    answer_bytes(end(call, 200), 200, type, bytes, len, free,
                 &(struct answer_extras){.cache = cache});
}

const char *call_query(const struct call *call, const char *name)
{
    const char *value = request_query(call->request, name);

    return value ? value : "";
}

bool call_limit(struct call *call, int64_t *limit)
{
    const char *text = call_query(call, "limit");
    char *rest;

    *limit = LIMIT_DEFAULT;
    if (!text[0])
        return true;
    *limit = strtoll(text, &rest, 10);
    if (text[0] >= '1' && text[0] <= '9' && *rest == '\0' &&
        *limit <= LIMIT_MAX)
        return true;
    call_problem(call, PROBLEM_INVALID_FIELD,
                 "limit takes a whole number from 1 to 200.");
    return false;
}

bool call_after(struct call *call, const char **after)
{
    *after = call_query(call, "after");
    if (!(*after)[0] || uuid_is_valid(*after))
        return true;
    call_problem(call, PROBLEM_INVALID_FIELD,
                 "after takes what the page before gave as next.");
    return false;
}
