/*
 * event_stream.c - events as Server-Sent Events
 *
 * For those whom a proxy keeps from WebSockets: the same log, the same offsets.
 * A comment every while keeps the connection from looking idle, and finds out
 * whether anybody is still there.
 */
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "event_log.h"
#include "event_stream.h"
#include "live_message.h"
#include "visitors.h"
#include "wheel.h"
#include "xalloc.h"

enum { COMMENT_MS = 25000 };

struct event_stream {
    struct services *services;
    struct visitor *visitor;
    struct wire *wire;
    struct listener *listener;
    struct wheel_entry comment;
};

static void on_writable(void *owner)
{
    struct event_stream *stream = owner;

    listener_on_writable(stream->listener);
}

static void on_gone(void *owner)
{
    struct event_stream *stream = owner;

    wheel_cancel(&stream->comment);
    visitor_leave(stream->visitor);
    listener_destroy(stream->listener);
    free(stream);
}

/* The client comes back by itself, with the last id it has seen. */
static void on_slow(void *owner)
{
    struct event_stream *stream = owner;

    wire_hang_up(stream->wire);
}

static void on_comment_time(struct wheel_entry *entry)
{
    struct event_stream *stream =
        container_of(entry, struct event_stream, comment);
    static const char comment[] = ":\n\n";

    if (!wire_is_choked(stream->wire) &&
        wire_write(stream->wire, comment, sizeof comment - 1) < 0)
        return; /* on_gone follows */
    wheel_set(stream->services->wheel, entry, COMMENT_MS, on_comment_time);
}

/* "a,b" cut in place; what is wrong with it. */
static enum problem read_topics(char *text, const char **topics, size_t *count)
{
    char *topic;

    *count = 0;
    while ((topic = strsep(&text, ",")) != NULL) {
        if (!topic_is_known(topic))
            return PROBLEM_UNKNOWN_TOPIC;
        if (*count == LIVE_TOPICS_MAX)
            return PROBLEM_TOO_MANY_TOPICS;
        topics[(*count)++] = topic;
    }
    return PROBLEM_NONE;
}

/* Where it resumes: the header that a browser sends by itself, or the query. */
static const char *after_of(const struct call *call)
{
    const char *header = request_header(call->request, "last-event-id");

    return header && header[0] ? header : call_query(call, "after");
}

static void begin(struct call *call, struct listeners *listeners,
                  const char *const *topics, size_t count,
                  struct position *after)
{
    static const struct exchange_stream events = {on_writable, on_gone};
    static const struct listener_events listener_events = {on_slow};
    static const struct http_header headers[] = {
        {"Content-Type", "text/event-stream"},
        {"Cache-Control", "no-store"},
        {"X-Accel-Buffering", "no"},
        {"X-Content-Type-Options", "nosniff"},
    };
    struct visitor *visitor =
        visitors_enter(call->services->live, exchange_address(call->exchange));
    struct event_stream *stream;

    if (!visitor) {
        call_problem(call, PROBLEM_TOO_MANY_REQUESTS,
                     "There are too many live connections.");
        return;
    }
    stream = xcalloc(1, sizeof *stream);
    stream->visitor = visitor;
    stream->services = call->services;
    call->services->counters->answers[2]++;
    stream->wire = exchange_stream(call_give(call), headers, COUNT(headers),
                                   &events, stream);
    if (!stream->wire) {
        visitor_leave(visitor);
        free(stream);
        return;
    }
    stream->listener = listener_create(listeners, stream->wire, LISTENER_SSE,
                                       &listener_events, stream);
    wheel_set(stream->services->wheel, &stream->comment, COMMENT_MS,
              on_comment_time);
    listener_subscribe(stream->listener, topics, count, after);
}

void event_stream_open(struct call *call, struct listeners *listeners)
{
    char *text = xstrdup(call_query(call, "topics"));
    const char *topics[LIVE_TOPICS_MAX];
    const char *after_text = after_of(call);
    struct position *after = NULL;
    size_t count;
    enum problem problem = read_topics(text, topics, &count);

    if (problem == PROBLEM_NONE && after_text[0] &&
        (position_read(after_text, &after) < 0 ||
         !event_log_has(call->services->log, after)))
        problem = PROBLEM_INVALID_OFFSET;
    if (problem == PROBLEM_NONE && (call->services->is_draining ||
                                    !event_log_has_begun(call->services->log)))
        problem = PROBLEM_UNAVAILABLE;
    if (problem != PROBLEM_NONE)
        call_problem(call, problem, NULL);
    else if (strcmp(call->request->method, "HEAD") == 0)
        call_bytes(call, "text/event-stream", xcalloc(1, 1), 0, NULL);
    else
        begin(call, listeners, topics, count, after);
    position_unref(after);
    free(text);
}
