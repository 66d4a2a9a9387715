/*
 * call.c - one request for an operation, from its signature to its answer
 *
 * The body comes in on the loop.  A reading then goes over to a thread, for a
 * photo is megabytes to be hashed and decoded, and walks through four steps:
 * signature, target, JSON, members.  Back on the loop it becomes a call, or is
 * refused with what the first step found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crew.h"
#include "errors.h"
#include "log.h"
#include "operations.h"
#include "response.h"
#include "text.h"
#include "trace.h"
#include "xalloc.h"

enum {
    /* Two pictures of 5 MiB in base64, and what is around them. */
    BODY_BYTES_MAX = 15 * 1024 * 1024,
    /* Twice 4096 face ids have the most values that a request needs. */
    VALUES_MAX = 10000,
    CLOCK_TOLERANCE_MS = 5 * 60 * 1000,
};

struct reading {
    struct engine *engine;
    struct exchange *exchange;
    char request_id[UUID_BYTES];
    struct log_about about;
    struct keys *keys; /* held; NULL: signatures are not looked at */
    struct buffer body;
    int64_t whole_ns; /* when all of it was there; 0: not yet */
    struct crew_task task;
    /* What it came to. */
    const struct operation *operation;
    struct json *document;
    struct call *call;
    enum exception exception;
    struct buffer message;
};

/* ---- the steps, on a thread ---- */

static void objects(struct reading *reading, enum exception exception,
                    const char *message)
{
    reading->exception = exception;
    buffer_add_text(&reading->message, message);
}

static void check_signature(struct reading *reading)
{
    static const enum exception exceptions[] = {
        [SIGV4_MISSING] = EXCEPTION_NO_SIGNATURE,
        [SIGV4_INCOMPLETE] = EXCEPTION_INCOMPLETE_SIGNATURE,
        [SIGV4_UNKNOWN_KEY] = EXCEPTION_UNKNOWN_KEY,
        [SIGV4_WRONG_SCOPE] = EXCEPTION_INVALID_SIGNATURE,
        [SIGV4_EXPIRED] = EXCEPTION_INVALID_SIGNATURE,
        [SIGV4_NOT_YET] = EXCEPTION_INVALID_SIGNATURE,
        [SIGV4_WRONG_SIGNATURE] = EXCEPTION_INVALID_SIGNATURE,
    };
    const struct request *head = exchange_request(reading->exchange);
    struct sigv4_header headers[REQUEST_HEADERS_MAX];
    const char *query = strchr(head->target, '?');
    size_t path_bytes =
        query ? (size_t)(query - head->target) : strlen(head->target);
    char *path = xmemdup(head->target, path_bytes);
    const struct sigv4_verifier verifier = {
        .region = reading->engine->settings->region,
        .service = "rekognition",
        .now_ms = clock_wall_ms(),
        .tolerance_ms = CLOCK_TOLERANCE_MS,
        .find = keys_find,
        .owner = reading->keys,
    };
    char detail[SIGV4_DETAIL_BYTES];
    enum sigv4_verdict verdict;

    for (size_t i = 0; i < head->header_count; i++)
        headers[i] = (struct sigv4_header){head->headers[i].name,
                                           head->headers[i].value};
    verdict = sigv4_verify(
        &(struct sigv4_request){
            .method = head->method,
            .path = path,
            .query = query ? query + 1 : NULL,
            .headers = headers,
            .header_count = head->header_count,
            .body = buffer_text(&reading->body),
            .body_bytes = reading->body.len,
        },
        &verifier, detail);
    free(path);
    if (verdict != SIGV4_OK)
        objects(reading, exceptions[verdict], detail);
}

static void find_operation(struct reading *reading)
{
    static const char prefix[] = "RekognitionService.";
    const char *target =
        request_header(exchange_request(reading->exchange), "X-Amz-Target");

    if (target && text_begins(target, prefix))
        reading->operation = operations_find(target + strlen(prefix));
    if (!reading->operation)
        objects(reading, EXCEPTION_UNKNOWN_OPERATION, "");
}

static void parse(struct reading *reading)
{
    reading->document = json_parse_few(buffer_text(&reading->body),
                                       reading->body.len, VALUES_MAX);
    if (!json_is_object(reading->document))
        objects(reading, EXCEPTION_SERIALIZATION, "");
}

static void read_members(struct reading *reading)
{
    const struct operation *operation = reading->operation;
    struct objections objections = {0};

    reading->call = xcalloc(1, operation->work_bytes);
    reading->call->operation = operation;
    member_read(operation->members, operation->member_count, reading->document,
                reading->call, &objections);
    if (objections.misfit.len) {
        objects(reading, EXCEPTION_SERIALIZATION,
                buffer_text(&objections.misfit));
    } else if (objections.violation_count) {
        reading->exception = EXCEPTION_VALIDATION;
        objections_write(&objections, &reading->message);
    }
    objections_finish(&objections);
}

static void read_request(struct crew_task *task, void *tool)
{
    static void (*const steps[])(struct reading * reading) = {
        check_signature, find_operation, parse, read_members};
    struct reading *reading = container_of(task, struct reading, task);

    (void)tool;
    /* Without keys the first step is passed over. */
    for (size_t i = reading->keys ? 0 : 1;
         i < COUNT(steps) && !reading->exception; i++)
        steps[i](reading);
}

/* ---- around them, on the loop ---- */

static void free_call(struct call *call)
{
    if (call) {
        if (call->operation->finish)
            call->operation->finish(call);
        member_finish(call->operation->members, call->operation->member_count,
                      call);
    }
    free(call);
}

static void leave(struct engine *engine, size_t body_bytes)
{
    engine->bodies_bytes -= body_bytes;
    engine->calls--;
}

static void free_reading(struct reading *reading)
{
    keys_let_go(reading->keys);
    buffer_finish(&reading->body);
    buffer_finish(&reading->message);
    free(reading);
}

/* Its answer is on its way: the lines of the log that are about it end here. */
static void note_end(const struct engine *engine,
                     const struct operation *operation,
                     enum exception exception, int64_t whole_ns)
{
    int64_t took_us = whole_ns ? (clock_steady_ns() - whole_ns) / 1000 : 0;
    bool is_ours = exception && exception_status(exception) >= 500;

    metrics_count(engine->metrics, operation, exception, took_us);
    (is_ours ? log_warn
             : log_debug)("operation=%s code=%s took_ms=%lld.%03lld answered",
                          operation ? operation->name : "none",
                          exception ? exception_name(exception) : "OK",
                          (long long)took_us / 1000, (long long)took_us % 1000);
    log_set_about(NULL);
}

static void refuse_reading(struct reading *reading, enum exception exception,
                           const char *message)
{
    note_end(reading->engine, reading->operation, exception, reading->whole_ns);
    response_refuse(reading->exchange, reading->request_id, exception,
                    message[0] ? message : NULL);
    leave(reading->engine, reading->body.len);
    free_call(reading->call);
    json_destroy(reading->document);
    free_reading(reading);
}

static void on_read(struct crew_task *task)
{
    struct reading *reading = container_of(task, struct reading, task);
    struct call *call = reading->call;

    if (reading->exception) {
        refuse_reading(reading, reading->exception,
                       buffer_text(&reading->message));
        return;
    }
    call->engine = reading->engine;
    call->exchange = reading->exchange;
    call->document = reading->document;
    call->body_bytes = reading->body.len;
    call->whole_ns = reading->whole_ns;
    memcpy(call->request_id, reading->request_id, UUID_BYTES);
    free_reading(reading);
    call->operation->run(call);
}

/* Only what has come takes memory: somebody who promises a large body and sends
 * none keeps nobody else's out. */
static void on_bytes(void *owner, const char *bytes, size_t len)
{
    struct reading *reading = owner;
    struct engine *engine = reading->engine;

    if (engine->bodies_bytes + len > (size_t)engine->settings->requests_bytes) {
        log_set_about(&reading->about);
        refuse_reading(reading, EXCEPTION_BUSY, "");
        return;
    }
    engine->bodies_bytes += len;
    buffer_add(&reading->body, bytes, len);
}

static void on_end(void *owner, int error)
{
    struct reading *reading = owner;

    log_set_about(&reading->about);
    if (!error)
        reading->whole_ns = clock_steady_ns();
    reading->task = (struct crew_task){.work = read_request, .after = on_read};
    if (error)
        refuse_reading(reading, EXCEPTION_TIMEOUT, "");
    else if (crew_submit(reading->engine->readers, &reading->task) != 0)
        refuse_reading(reading, EXCEPTION_BUSY, "");
    log_set_about(NULL);
}

static void begin_lines(struct reading *reading)
{
    struct trace trace;

    trace_of_request(&trace, exchange_request(reading->exchange));
    snprintf(reading->about.objects, sizeof reading->about.objects,
             "request=%s trace=%s ", reading->request_id, trace.id);
    log_set_about(&reading->about);
}

void call_take(struct engine *engine, struct exchange *exchange)
{
    static const struct exchange_reader reader = {on_bytes, on_end};
    struct reading *reading = xcalloc(1, sizeof *reading);

    uuid_make(reading->request_id);
    reading->engine = engine;
    reading->exchange = exchange;
    begin_lines(reading);
    if (!engine->settings->is_unsigned)
        reading->keys = keys_hold(key_file_keys(engine->keys));
    engine->calls++;
    if (exchange_request(exchange)->body_bytes > BODY_BYTES_MAX)
        refuse_reading(reading, EXCEPTION_BODY_TOO_LARGE, "");
    else
        exchange_read(exchange, &reader, reading);
    log_set_about(NULL);
}

/* ---- what operations need ---- */

void call_refuse_missing(struct call *call, const char *id)
{
    call_refuse(call, EXCEPTION_NOT_FOUND,
                "The collection id: %s does not exist", id);
}

struct collection *call_find(struct call *call, const char *id)
{
    struct collection *collection =
        collections_find(call->engine->collections, id);

    if (!collection)
        call_refuse_missing(call, id);
    return collection;
}

struct collection *call_find_current(struct call *call, const char *id)
{
    struct collection *collection = call_find(call, id);

    if (!collection || collection->vector_length == call->engine->vector_length)
        return collection;
    call_refuse(call, EXCEPTION_INVALID_PARAMETER,
                "The collection id: %s was made with face model %s, which "
                "cannot be compared with %s: index its faces anew",
                id, collection->model_version, call->engine->model_version);
    return NULL;
}

bool call_submit(struct call *call, struct crew *crew, struct crew_task *task)
{
    if (crew_submit(crew, task) == 0)
        return true;
    call_refuse_plainly(call, EXCEPTION_BUSY);
    return false;
}

bool call_reserve(struct call *call, size_t bytes)
{
    struct engine *engine = call->engine;

    if (engine->bodies_bytes + bytes > (size_t)engine->settings->requests_bytes)
        return false;
    engine->bodies_bytes += bytes;
    call->body_bytes += bytes;
    return true;
}

void call_give_back(struct call *call, size_t bytes)
{
    assert(call->body_bytes >= bytes);
    call->engine->bodies_bytes -= bytes;
    call->body_bytes -= bytes;
}

/* ---- the end of a call ---- */

static void end(struct call *call)
{
    leave(call->engine, call->body_bytes);
    json_destroy(call->document);
    free_call(call);
}

void call_answer(struct call *call, struct json *answer)
{
    note_end(call->engine, call->operation, EXCEPTION_NONE, call->whole_ns);
    response_send(call->exchange, call->request_id,
                  json_print_and_destroy(answer));
    end(call);
}

void call_refuse_plainly(struct call *call, enum exception exception)
{
    call_refuse(call, exception, "%s", exception_sentence(exception));
}

void call_refuse(struct call *call, enum exception exception,
                 const char *format, ...)
{
    struct buffer message = {0};
    va_list arguments;

    va_start(arguments, format);
    buffer_vprintf(&message, format, arguments);
    va_end(arguments);
    note_end(call->engine, call->operation, exception, call->whole_ns);
    response_refuse(call->exchange, call->request_id, exception,
                    buffer_text(&message));
    buffer_finish(&message);
    end(call);
}
