/*
 * caller.c - a client's HTTP/1.1 connection
 *
 * Bytes come in; while a head is awaited they gather in `input` until it is
 * whole.  While a request is answered the line is paused as soon as more comes
 * (a pipelined request).  One request is begun a turn of the loop, and none
 * while answers wait to be taken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caller.h"
#include "line.h"
#include "xalloc.h"

enum {
    STUCK_MS = 30000, /* for a peer that reads nothing of its answer */
    LATE_MS = 1000,   /* for one that came in just before the end to ask */
};

enum state {
    AWAITING, /* a head, or the rest of it */
    RESTING,  /* more heads are there, and none is read now */
    ASKED,    /* a request is served; its body is not wanted (yet) */
    BODY,     /* its body is being read */
    STREAM,   /* its answer goes on for ever */
    ENDING,   /* goodbye was said */
};

struct caller {
    struct caller *next;   /* in the list */
    struct caller **place; /* the pointer that points here */
    struct line *line;     /* NULL: it is gone */
    const struct caller_limits *limits;
    const struct caller_events *events;
    void *owner;
    void *guest;
    char address[46];
    enum state state;
    struct buffer input; /* what came and was not read yet */
    size_t body_left;
    bool has_asked;
    bool is_last; /* the client wants no answer behind this one */
    bool wants_continue;
    const struct caller_asker *asker;
    void *asker_owner;
    struct wheel_entry limit;
    int depth; /* of our calls that need it after what they call */
};

static void on_limit(struct wheel_entry *entry);

static void set_limit(struct caller *caller, int64_t limit_ms)
{
    wheel_set(caller->limits->wheel, &caller->limit, limit_ms, on_limit);
}

static void let_go(struct caller *caller)
{
    if (caller->line || caller->depth)
        return;
    wheel_cancel(&caller->limit);
    buffer_finish(&caller->input);
    free(caller);
}

static void say_goodbye(struct caller *caller)
{
    caller->state = ENDING;
    wheel_cancel(&caller->limit);
    line_end(caller->line);
}

static void refuse(struct caller *caller, enum request_verdict verdict)
{
    struct buffer answer = {0};

    caller->events->on_refuse(caller->owner, verdict, &answer);
    /* If it fails, on_gone tells. */
    if (wire_write(line_wire(caller->line), answer.bytes, answer.len) == 0)
        say_goodbye(caller);
    buffer_finish(&answer);
}

static void on_limit(struct wheel_entry *entry)
{
    struct caller *caller = container_of(entry, struct caller, limit);

    if (caller->state == AWAITING && caller->input.len)
        refuse(caller, REQUEST_UNFINISHED);
    else if (caller->state == AWAITING)
        say_goodbye(caller);
    else
        line_cut(caller->line);
}

/* ---- heads ---- */

/* RFC 9112, 2.2: an empty line before a request is passed over. */
static void skip_empty_line(struct buffer *input)
{
    if (input->len >= 2 && memcmp(input->bytes, "\r\n", 2) == 0)
        buffer_drop(input, 2);
}

/* The line rests while there is a body that nobody asked for yet, or when the
 * next request is here already. */
static void begin_request(struct caller *caller, const struct request *request)
{
    wheel_cancel(&caller->limit);
    buffer_drop(&caller->input, request->head_bytes);
    caller->state = ASKED;
    caller->body_left = request->body_bytes;
    caller->has_asked = true;
    caller->is_last |= request->is_last;
    caller->wants_continue = request->wants_continue && request->body_bytes;
    if (caller->input.len || caller->body_left)
        line_pause(caller->line, true);
    caller->events->on_request(caller->owner, caller, request);
}

/* Until all answers are out, a turn of the loop at least. */
static void rest(struct caller *caller)
{
    caller->state = RESTING;
    set_limit(caller, STUCK_MS);
    line_pause(caller->line, true);
    wire_want_writable(line_wire(caller->line));
}

/* Requests that are answered at once come back here instead of deeper into the
 * stack: a client may pipeline thousands. */
static void read_heads(struct caller *caller)
{
    bool has_read = false;

    if (caller->depth)
        return;
    caller->depth++;
    while (caller->line && caller->state == AWAITING) {
        struct request request;
        enum request_verdict verdict;

        skip_empty_line(&caller->input);
        if (caller->input.len == 0)
            break;
        if (has_read || wire_is_choked(line_wire(caller->line))) {
            rest(caller);
            break;
        }
        has_read = true;
        verdict =
            request_read(caller->input.bytes, caller->input.len, &request);
        if (verdict == REQUEST_UNFINISHED)
            break;
        if (verdict == REQUEST_WHOLE)
            begin_request(caller, &request);
        else
            refuse(caller, verdict);
    }
    caller->depth--;
    let_go(caller);
}

static void await_head(struct caller *caller)
{
    caller->state = AWAITING;
    set_limit(caller, caller->input.len ? caller->limits->head_ms
                                        : caller->limits->idle_ms);
    line_pause(caller->line, false);
    read_heads(caller);
}

/* ---- bodies ---- */

/* Hands on what belongs to the body; returns how much that was. */
static size_t take_body(struct caller *caller, const char *bytes, size_t len)
{
    size_t part = len < caller->body_left ? len : caller->body_left;

    caller->body_left -= part;
    if (part)
        caller->asker->on_body(caller->asker_owner, bytes, part);
    if (caller->state == BODY && caller->body_left == 0) {
        caller->state = ASKED;
        caller->asker->on_body_end(caller->asker_owner);
    }
    return part;
}

static void send_continue(struct caller *caller)
{
    static const char answer[] = "HTTP/1.1 100 Continue\r\n\r\n";

    caller->wants_continue = false;
    if (wire_write(line_wire(caller->line), answer, sizeof answer - 1) < 0)
        wire_hang_up(line_wire(caller->line));
}

/* What came with the head goes first. */
void caller_read_body(struct caller *caller)
{
    size_t taken;

    assert(caller->state == ASKED);
    if (caller->wants_continue && caller->input.len == 0)
        send_continue(caller);
    caller->depth++;
    caller->state = BODY;
    taken = take_body(caller, buffer_text(&caller->input), caller->input.len);
    buffer_drop(&caller->input, taken);
    if (caller->line && caller->state == BODY)
        line_pause(caller->line, false);
    caller->depth--;
    read_heads(caller);
}

void caller_stop_body(struct caller *caller)
{
    caller->state = ASKED;
    line_pause(caller->line, true);
}

/* ---- the line's events ---- */

static void on_bytes(void *owner, const char *bytes, size_t len)
{
    struct caller *caller = owner;
    size_t taken = 0;

    caller->depth++;
    if (caller->state == BODY)
        taken = take_body(caller, bytes, len);
    if (caller->state == AWAITING && caller->input.len == 0)
        set_limit(caller, caller->limits->head_ms);
    if (taken < len)
        buffer_add(&caller->input, bytes + taken, len - taken);
    /* It asks more while it is being answered: let the kernel hold it back. */
    if (caller->line && caller->state == ASKED && taken < len)
        line_pause(caller->line, true);
    caller->depth--;
    read_heads(caller);
}

static void on_end(void *owner)
{
    struct caller *caller = owner;

    if (caller->state == AWAITING)
        say_goodbye(caller);
    else if (caller->state == BODY || caller->state == STREAM)
        line_cut(caller->line);
    else
        caller->is_last = true; /* it may still read its answer */
}

static void on_writable(void *owner)
{
    struct caller *caller = owner;

    wheel_cancel(&caller->limit);
    if (caller->state == RESTING)
        await_head(caller);
    else
        caller->asker->on_writable(caller->asker_owner);
}

static void leave_list(struct caller *caller)
{
    *caller->place = caller->next;
    if (caller->next)
        caller->next->place = caller->place;
}

static void on_gone(void *owner)
{
    struct caller *caller = owner;
    const struct caller_events *events = caller->events;
    void *events_owner = caller->owner;
    void *guest = caller->guest;

    leave_list(caller);
    caller->line = NULL;
    if (caller->state == ASKED || caller->state == BODY ||
        caller->state == STREAM)
        caller->asker->on_gone(caller->asker_owner);
    let_go(caller);
    events->on_left(events_owner, guest);
}

static const struct line_events line_events = {on_bytes, on_end, on_writable,
                                               on_gone};

/* ---- for those who serve it ---- */

void caller_welcome(struct caller_list *list, int fd, const char *address,
                    void *guest, const struct caller_limits *limits,
                    const struct caller_events *events, void *owner)
{
    struct caller *caller = xcalloc(1, sizeof *caller);

    *caller = (struct caller){.next = list->first,
                              .place = &list->first,
                              .limits = limits,
                              .events = events,
                              .owner = owner,
                              .guest = guest};
    if (caller->next)
        caller->next->place = &caller->next;
    list->first = caller;
    snprintf(caller->address, sizeof caller->address, "%s", address);
    caller->line =
        line_open(limits->loop, limits->wheel, fd, &line_events, caller);
    caller->is_last = limits->is_leaving;
    set_limit(caller, limits->is_leaving ? LATE_MS : limits->head_ms);
}

void caller_take_leave_of_all(struct caller_list *list)
{
    for (struct caller *caller = list->first; caller; caller = caller->next) {
        caller->is_last = true;
        if (caller->state != AWAITING || caller->input.len)
            continue;
        if (caller->has_asked)
            say_goodbye(caller);
        else
            set_limit(caller, LATE_MS);
    }
}

void caller_dismiss_all(struct caller_list *list)
{
    while (list->first)
        line_cut(list->first->line);
}

void caller_serve(struct caller *caller, const struct caller_asker *asker,
                  void *owner)
{
    caller->asker = asker;
    caller->asker_owner = owner;
}

void caller_await_writable(struct caller *caller)
{
    set_limit(caller, STUCK_MS);
    wire_want_writable(line_wire(caller->line));
}

void caller_next(struct caller *caller, bool is_last)
{
    assert(caller->state == ASKED || caller->state == BODY);
    if (is_last || caller->is_last || caller->body_left) {
        say_goodbye(caller);
        return;
    }
    await_head(caller);
}

bool caller_is_leaving(const struct caller *caller)
{
    return caller->is_last;
}

void caller_stream(struct caller *caller)
{
    caller->state = STREAM;
    wheel_cancel(&caller->limit);
    line_pause(caller->line, false);
}

int caller_give(struct caller *caller)
{
    int fd;

    if (caller->input.len) {
        say_goodbye(caller);
        return -1;
    }
    fd = line_give(caller->line);
    leave_list(caller);
    caller->line = NULL;
    let_go(caller);
    return fd;
}

struct wire *caller_wire(struct caller *caller)
{
    return line_wire(caller->line);
}

const char *caller_address(const struct caller *caller)
{
    return caller->address;
}

void *caller_guest(const struct caller *caller)
{
    return caller->guest;
}
