/*
 * router.c - which route an address leads to
 *
 * The table below is the whole API.  A pattern is matched segment by segment;
 * {id} stands for a UUID.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "enrol_routes.h"
#include "event_log.h"
#include "event_stream.h"
#include "health_routes.h"
#include "job_routes.h"
#include "people_routes.h"
#include "router.h"
#include "search_routes.h"
#include "text.h"
#include "utf8.h"
#include "uuid.h"
#include "xalloc.h"

struct router {
    struct services *services;
    struct pages *pages;
    struct listeners *listeners;
};

struct route {
    const char *method;
    const char *pattern;
    void (*run)(struct call *call); /* NULL: the stream of events */
    bool is_open;                   /* no token is needed */
};

/* Whoever asks here without a good handshake: one that wants no WebSocket, or
 * one of another version, is told what there is (RFC 6455, 4.4). */
static void refuse_plain(struct call *call)
{
    const char *version =
        request_header(call->request, "sec-websocket-version");

    if (call->request->wants_upgrade && version && strcmp(version, "13") == 0 &&
        request_lists(call->request, "upgrade", "websocket"))
        call_problem(call, PROBLEM_INVALID_REQUEST,
                     "The handshake is not well formed, or does not offer the "
                     "subprotocol facewire.v1.");
    else
        call_upgrade_required(call);
}

static const struct route routes[] = {
    {"POST", "/v1/searches", route_search, false},
    {"POST", "/v1/analyses", route_analyze, false},
    {"POST", "/v1/comparisons", route_compare, false},
    {"GET", "/v1/people", route_list_people, false},
    {"POST", "/v1/people", route_enrol, false},
    {"GET", "/v1/people/{id}", route_read_person, false},
    {"PATCH", "/v1/people/{id}", route_change_person, false},
    {"DELETE", "/v1/people/{id}", route_erase_person, false},
    {"GET", "/v1/people/{id}/image", route_person_image, false},
    {"POST", "/v1/people/{id}/faces", route_add_face, false},
    {"DELETE", "/v1/people/{id}/faces/{id}", route_erase_face, false},
    {"GET", "/v1/people/{id}/faces/{id}/image", route_face_image, false},
    {"GET", "/v1/jobs", route_list_jobs, false},
    {"GET", "/v1/jobs/{id}", route_read_job, false},
    {"GET", "/v1/jobs/{id}/image", route_job_image, false},
    {"POST", "/v1/jobs/{id}/replay", route_replay_job, false},
    {"GET", "/v1/events", NULL, false},
    {"GET", "/v1/live", refuse_plain, true},
    {"GET", "/healthz", route_healthz, true},
    {"GET", "/readyz", route_readyz, false},
    {"GET", "/metrics", route_metrics, false},
    {"GET", "/openapi.yaml", route_openapi, false},
    {"GET", "/asyncapi.yaml", route_asyncapi, false},
};

struct router *router_create(struct services *services, struct pages *pages,
                             struct listeners *listeners)
{
    struct router *router = xcalloc(1, sizeof *router);

    router->services = services;
    router->pages = pages;
    router->listeners = listeners;
    return router;
}

void router_destroy(struct router *router)
{
    free(router);
}

/* ---- matching ---- */

enum { SEGMENTS_MAX = 8 };

struct segments {
    char *list[SEGMENTS_MAX];
    size_t count; /* more than fit: SEGMENTS_MAX + 1, which matches nothing */
};

static struct segments cut(char *path)
{
    struct segments segments = {0};
    char *segment;

    path++; /* every path begins with a slash */
    while ((segment = strsep(&path, "/")) != NULL) {
        if (segments.count == SEGMENTS_MAX) {
            segments.count++;
            break;
        }
        segments.list[segments.count++] = segment;
    }
    return segments;
}

static bool segment_matches(const char *pattern, size_t len,
                            const char *segment, bool *is_id)
{
    static const char id[] = "{id}";

    *is_id = len == sizeof id - 1 && strncmp(pattern, id, len) == 0;
    if (*is_id)
        return uuid_is_valid(segment);
    return strlen(segment) == len && strncmp(pattern, segment, len) == 0;
}

/* Whether the path is of the pattern; the ids in it go to the call. */
static bool matches(const char *pattern, const struct segments *segments,
                    struct call *call)
{
    size_t ids = 0;

    for (size_t i = 0; i < segments->count; i++) {
        size_t len = *pattern ? strcspn(++pattern, "/") : 0;
        bool is_id;

        if (len == 0 ||
            !segment_matches(pattern, len, segments->list[i], &is_id))
            return false;
        if (is_id)
            call->ids[ids++] = segments->list[i];
        pattern += len;
    }
    return *pattern == '\0';
}

/* HEAD is served as GET; the exchange leaves the body out. */
static bool is_method(const char *method, const char *wanted)
{
    return strcmp(method, wanted) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(wanted, "GET") == 0);
}

/* The route of a call; NULL: none.  `allow` then lists the methods that the
 * address takes; "" where there is no such address. */
static const struct route *find(struct call *call, char allow[static 64])
{
    struct segments segments = cut(call->path);
    size_t len = 0;

    allow[0] = '\0';
    for (size_t i = 0; i < COUNT(routes); i++) {
        const char *method = routes[i].method;

        if (!matches(routes[i].pattern, &segments, call))
            continue;
        if (is_method(call->request->method, method))
            return &routes[i];
        len += (size_t)snprintf(allow + len, 64 - len, "%s%s%s",
                                len ? ", " : "", method,
                                strcmp(method, "GET") == 0 ? ", HEAD" : "");
    }
    return NULL;
}

/* ---- taking ---- */

/* Nobody asks too often.  Addresses that are gone already ask nothing. */
static bool is_too_often(struct exchange *exchange)
{
    struct visitor *visitor = exchange_visitor(exchange);

    return visitor && visitor_ask(visitor) > 0;
}

/* What goes to the database, and into answers. */
static bool is_query_text(const struct request *request)
{
    for (size_t i = 0; i < request->query_count; i++)
        if (!utf8_is_valid(request->query[i].value,
                           strlen(request->query[i].value)))
            return false;
    return true;
}

void router_take(struct router *router, struct exchange *exchange)
{
    struct services *services = router->services;
    enum problem problem = PROBLEM_NONE;
    struct call *call;
    const struct route *route;
    char allow[64];

    if (is_too_often(exchange))
        problem = PROBLEM_TOO_MANY_REQUESTS;
    else if (!access_is_own_origin(services->settings,
                                   exchange_request(exchange)))
        problem = PROBLEM_FORBIDDEN;
    else if (!is_query_text(exchange_request(exchange)))
        problem = PROBLEM_INVALID_UTF8;
    else if (pages_answer(router->pages, services, exchange))
        return;
    call = call_create(services, exchange);
    route = find(call, allow);
    if (!route && pages_have(router->pages, call->request->path))
        text_copy(allow, sizeof allow, "GET, HEAD");
    if (problem != PROBLEM_NONE)
        call_problem(call, problem, NULL);
    else if (!route && allow[0])
        call_wrong_method(call, allow);
    else if (!route)
        call_problem(call, PROBLEM_NOT_FOUND, NULL);
    else if (!route->is_open &&
             !access_has_token(services->settings, call->request))
        call_problem(call, PROBLEM_UNAUTHORIZED, NULL);
    else if (route->run)
        route->run(call);
    else
        event_stream_open(call, router->listeners);
}

bool router_take_upgrade(struct router *router, struct exchange *exchange,
                         bool *has_token)
{
    const struct request *request = exchange_request(exchange);
    struct services *services = router->services;
    enum problem problem = PROBLEM_NONE;

    *has_token = access_has_token(services->settings, request);
    if (is_too_often(exchange))
        problem = PROBLEM_TOO_MANY_REQUESTS;
    else if (!access_is_own_origin(services->settings, request))
        problem = PROBLEM_FORBIDDEN;
    else if (strcmp(request->path, "/v1/live") != 0)
        problem = PROBLEM_NOT_FOUND;
    else if (services->is_draining || !event_log_has_begun(services->log))
        problem = PROBLEM_UNAVAILABLE;
    if (problem != PROBLEM_NONE)
        call_problem(call_create(services, exchange), problem, NULL);
    return problem == PROBLEM_NONE;
}
