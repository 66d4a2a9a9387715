#pragma once

#include "answer.h"
#include "exchange.h"
#include "services.h"

/*
 * One call of the API on its way through a route.  It is answered once, by one
 * of the functions below, and is no more after that.
 */
struct call {
    struct services *services;
    struct exchange *exchange;
    const struct request *request;
    char *path;         /* cut at its slashes; `ids` point into it */
    const char *ids[2]; /* what stands for {id} in the route's pattern */
    char *offset;       /* of the log, before anything was read */
    int64_t begun_us;   /* when its head came, since 1970 */
};

struct call *call_create(struct services *services, struct exchange *exchange);

/* Answers with JSON, which is taken over.  `location` may be NULL. */
void call_answer(struct call *call, int status, struct json *json,
                 const char *location);

/* The same with text that was JSON already. */
void call_answer_text(struct call *call, int status, char *json,
                      const char *location, bool is_repeated);

void call_problem(struct call *call, enum problem problem, const char *detail);

/* The address takes other methods, which `allow` lists. */
void call_wrong_method(struct call *call, const char *allow);

/* The address takes WebSockets, and this is no handshake of one. */
void call_upgrade_required(struct call *call);

/* What went wrong on our side, in which part. */
void call_failure(struct call *call, int error, const char *part);

/* Answers with bytes, which are taken over. */
void call_bytes(struct call *call, const char *type, char *bytes, size_t len,
                const char *cache);

/* The first text of the query of that name; "" if there is none. */
const char *call_query(const struct call *call, const char *name);

/* `limit` of the query, 1 to 200; false (and the call is answered) if it is
 * none of those. */
bool call_limit(struct call *call, int64_t *limit);

/* `after` of the query, an id or ""; false likewise. */
bool call_after(struct call *call, const char **after);

/* Ends it unanswered: the exchange went elsewhere. */
struct exchange *call_give(struct call *call);
