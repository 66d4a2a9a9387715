#pragma once

#include "engine.h"
#include "exception.h"
#include "exchange.h"
#include "json.h"
#include "member.h"
#include "uuid.h"

/*
 * One request for an operation, from its signature to its answer.
 *
 * Each operation has a struct of its own for what it is asked and what it works
 * with; a call is its first member, and a row of the table of operations says
 * how it is filled.
 */
struct call;
struct operation {
    const char *name;
    size_t work_bytes; /* of its struct */
    const struct member *members;
    size_t member_count;
    /* On the loop, with all members read and in their bounds.  It ends the
     * call, now or later, with call_answer or call_refuse. */
    void (*run)(struct call *call);
    /* Frees what the struct holds besides its members; NULL: nothing. */
    void (*finish)(struct call *call);
};

struct call {
    struct engine *engine;
    const struct operation *operation;
    struct exchange *exchange;
    struct json *document; /* what members are borrowed from */
    char request_id[UUID_BYTES];
    int64_t whole_ns;  /* when all of the request was there */
    size_t body_bytes; /* and what it has reserved besides */
};

/* Reads the body of a request, judges its signature, and runs the operation
 * that it asks for; or refuses it.  Whatever is logged for its sake begins with
 * `request` and `trace`, the caller's or a new one. */
void call_take(struct engine *engine, struct exchange *exchange);

/* Each ends the call, and its struct with it.  The JSON is taken over. */
void call_answer(struct call *call, struct json *answer);
void call_refuse(struct call *call, enum exception exception,
                 const char *format, ...) PRINTS(3, 4);

/* With the exception's own sentence. */
void call_refuse_plainly(struct call *call, enum exception exception);

/* There is no collection of that id. */
void call_refuse_missing(struct call *call, const char *id);

/* The collection of that id; NULL: there is none, and the call was refused. */
struct collection *call_find(struct call *call, const char *id) MUST_CHECK;

/* The same, of a collection whose vectors can be compared with those that are
 * made now. */
struct collection *call_find_current(struct call *call,
                                     const char *id) MUST_CHECK;

/* Gives the task to the clerk or the readers.  False: too many wait already,
 * and the call was refused. */
bool call_submit(struct call *call, struct crew *crew,
                 struct crew_task *task) MUST_CHECK;

/* Takes memory besides the body out of what all requests may have, until the
 * call ends or gives it back.  False: there is not enough of it now. */
bool call_reserve(struct call *call, size_t bytes) MUST_CHECK;
void call_give_back(struct call *call, size_t bytes);
