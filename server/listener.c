/*
 * listener.c - a live client
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "errors.h"
#include "event.h"
#include "listener.h"
#include "live_message.h"
#include "log.h"
#include "names.h"
#include "xalloc.h"

enum {
    TOPICS_NAMED = 128,
    CATCH_UP_FRAMES = 32, /* joined into one write */
};

struct listeners {
    struct event_log *log;
    struct hub *hub;
    struct counters *counters;
    struct outboxes *outboxes;
    struct listener *first;
};

struct listener {
    struct subscriber subscriber;
    struct listeners *listeners;
    struct listener *next;
    struct listener **place;
    enum listener_form form;
    const struct listener_events *events;
    void *owner;
    struct outbox *outbox;
    bool is_catching_up;
    bool is_slow;        /* its owner knows */
    uint64_t cursor;     /* the next entry to look at while it catches up */
    uint64_t replay_end; /* entries before it are replays */
    struct position *reached; /* by a stream that catches up, for the id of
                               its events; else NULL */
};

/* ---- all of them ---- */

struct listeners *listeners_create(uv_loop_t *loop, struct event_log *log,
                                   struct hub *hub, struct counters *counters,
                                   const struct outbox_limits *limits)
{
    struct listeners *listeners = xcalloc(1, sizeof *listeners);

    listeners->log = log;
    listeners->hub = hub;
    listeners->counters = counters;
    listeners->outboxes = outboxes_create(loop, limits);
    return listeners;
}

void listeners_destroy(struct listeners *listeners)
{
    if (!listeners)
        return;
    assert(!listeners->first);
    outboxes_destroy(listeners->outboxes);
    free(listeners);
}

/* ---- writing ---- */

/* An entry of an SSE stream.  A browser sends the last id when it comes back,
 * so that is the whole position; NULL: what is said is not in the log. */
static struct frame *make_sse(const char *id, const char *json)
{
    struct buffer text = {0};
    struct frame *frame;

    if (id)
        buffer_printf(&text, "id: %s\n", id);
    buffer_printf(&text, "data: %s\n\n", json);
    frame = frame_raw(text.bytes, text.len);
    buffer_finish(&text);
    return frame;
}

/* What it has heard of, as it would come back with it; to be freed. */
static char *place_of(const struct listener *listener)
{
    return listener->reached
               ? position_write(listener->reached)
               : xstrdup(event_log_position(listener->listeners->log));
}

static struct frame *make_line(const struct listener *listener,
                               const char *json, size_t len, bool is_in_log)
{
    struct frame *frame;
    char *id;

    if (listener->form == LISTENER_WEBSOCKET)
        return frame_text(json, len);
    id = is_in_log ? place_of(listener) : NULL;
    frame = make_sse(id, json);
    free(id);
    return frame;
}

static struct frame *make_frame(const struct listener *listener,
                                const struct event *event, bool is_replay)
{
    struct buffer json = {0};
    struct frame *frame;

    event_write(event, is_replay, &json);
    frame = make_line(listener, json.bytes, json.len, event->offset != NULL);
    buffer_finish(&json);
    return frame;
}

static void fall_behind(struct listener *listener)
{
    listener->is_slow = true;
    listener->listeners->counters->slow_closes++;
    listener->events->on_slow(listener->owner);
}

static void add(struct listener *listener, struct frame *frame)
{
    bool has_replaced = false;
    int error;

    if (listener->is_slow)
        return;
    error = outbox_add(listener->outbox, frame, &has_replaced);
    listener->listeners->counters->coalesced += has_replaced;
    if (error == E_BUSY) /* a wire that is gone tells its owner by itself */
        fall_behind(listener);
}

static struct event event_of(const struct log_entry *entry)
{
    return (struct event){.offset = entry->offset_text,
                          .time = entry->time,
                          .topic = entry->topic,
                          .name = entry->name,
                          .job = entry->job[0] ? entry->job : NULL,
                          .data = entry->data};
}

/* ---- events ---- */

static void catch_up(struct listener *listener);

/* A job whose last event was told is followed no more. */
static void end_following(struct listener *listener,
                          const struct log_entry *entry)
{
    if (entry->job[0] && event_is_last(entry->name))
        hub_end_following(&listener->subscriber, entry->job);
}

static void on_entry(struct subscriber *subscriber,
                     const struct log_entry *entry)
{
    struct listener *listener = listener_of(subscriber);
    struct event event = event_of(entry);
    struct frame *frame;

    if (listener->is_catching_up)
        return; /* it will come to it */
    listener->listeners->counters->deliveries++;
    frame = listener->form == LISTENER_WEBSOCKET
                ? frame_ref(entry->frame)
                : make_frame(listener, &event, false);
    add(listener, frame);
    frame_unref(frame);
    end_following(listener, entry);
}

static void hand_over(struct listener *listener, const struct log_entry *entry)
{
    bool is_replay = entry->serial < listener->replay_end;
    struct event event = event_of(entry);
    struct frame *frame = make_frame(listener, &event, is_replay);

    listener->listeners->counters->replays += is_replay;
    listener->listeners->counters->deliveries += !is_replay;
    add(listener, frame);
    frame_unref(frame);
    end_following(listener, entry);
}

static void move_past(struct listener *listener, const struct log_entry *entry)
{
    if (listener->reached &&
        position_is_before(listener->reached, &entry->offset))
        position_set(listener->reached, &entry->offset);
}

/* It is where everybody is. */
static void arrive(struct listener *listener)
{
    listener->is_catching_up = false;
    position_unref(listener->reached);
    listener->reached = NULL;
    subscriber_arrive(&listener->subscriber);
}

/* Entries that were forgotten leave a hole: their part was told as a gap. */
static void look_at(struct listener *listener, const struct log_entry *entry)
{
    bool is_wanted = entry && subscriber_wants(&listener->subscriber, entry);

    listener->cursor++;
    if (entry)
        move_past(listener, entry);
    if (is_wanted)
        hand_over(listener, entry);
}

/* Hands over what the window holds as long as the client takes it.  Only a few
 * frames wait at a time, so a slow client costs no more than a quick one. */
static void catch_up(struct listener *listener)
{
    struct event_log *log = listener->listeners->log;

    while (listener->is_catching_up && !listener->is_slow) {
        if (listener->cursor == event_log_next(log)) {
            arrive(listener);
        } else if (listener->cursor < event_log_first(log)) {
            fall_behind(listener); /* the window has moved on meanwhile */
        } else {
            look_at(listener, event_log_at(log, listener->cursor));
            if (outbox_count(listener->outbox) < CATCH_UP_FRAMES)
                continue;
            outbox_flush(listener->outbox);
            if (outbox_count(listener->outbox))
                return; /* on_writable goes on */
        }
    }
}

static void tell_gap(struct listener *listener, const char *const *topics,
                     size_t count, const char *from, const char *to)
{
    char *json = live_gap(topics, count, from, to);
    struct frame *frame = make_line(listener, json, strlen(json), true);

    listener->listeners->counters->gaps++;
    add(listener, frame);
    frame_unref(frame);
    free(json);
}

void listeners_tell_gap(struct listeners *listeners, const struct offset *from,
                        const struct offset *to)
{
    char from_text[OFFSET_BYTES], to_text[OFFSET_BYTES];
    struct listener *next;

    offset_write(from, from_text);
    offset_write(to, to_text);
    for (struct listener *l = listeners->first; l; l = next) {
        const char *topics[TOPICS_NAMED];
        size_t count = subscriber_topics(&l->subscriber, topics, TOPICS_NAMED);

        next = l->next;
        if (l->reached)
            position_set(l->reached, to);
        if (count)
            tell_gap(l, topics, count, from_text, to_text);
    }
}

void listeners_end_streams(struct listeners *listeners)
{
    for (struct listener *l = listeners->first; l; l = l->next)
        if (l->form == LISTENER_SSE)
            l->events->on_slow(l->owner); /* hangs up; gone at a later turn */
}

/* ---- one listener ---- */

struct listener *listener_create(struct listeners *listeners, struct wire *wire,
                                 enum listener_form form,
                                 const struct listener_events *events,
                                 void *owner)
{
    struct listener *listener = xcalloc(1, sizeof *listener);

    *listener = (struct listener){.subscriber = {.on_entry = on_entry},
                                  .listeners = listeners,
                                  .next = listeners->first,
                                  .place = &listeners->first,
                                  .form = form,
                                  .events = events,
                                  .owner = owner};
    listener->outbox = outbox_create(listeners->outboxes, wire);
    if (listener->next)
        listener->next->place = &listener->next;
    listeners->first = listener;
    listeners->counters->listeners++;
    return listener;
}

void listener_destroy(struct listener *listener)
{
    if (!listener)
        return;
    hub_leave(&listener->subscriber);
    *listener->place = listener->next;
    if (listener->next)
        listener->next->place = listener->place;
    listener->listeners->counters->listeners--;
    outbox_destroy(listener->outbox);
    position_unref(listener->reached);
    free(listener);
}

struct listener *listener_of(struct subscriber *subscriber)
{
    return container_of(subscriber, struct listener, subscriber);
}

/* What the topics that it has already were handed: it is not handed to them
 * again when the cursor goes back for others. */
static void remember_progress(struct listener *listener)
{
    uint64_t here = listener->is_catching_up
                        ? listener->cursor
                        : event_log_next(listener->listeners->log);

    subscriber_advance(&listener->subscriber, here);
}

/* The parts of which not everything is there that lies after the position: what
 * they had is told as a gap, and the position moves past it. */
static void move_past_lost(struct listener *listener, const char *const *topics,
                           size_t count, struct position *after,
                           const struct position *lost)
{
    char *from = position_write(after);
    char *to = position_write(lost);

    for (unsigned part = 0; part < position_parts(lost); part++)
        if (position_at(lost, part))
            position_set(after, position_at(lost, part));
    tell_gap(listener, topics, count, from, to);
    free(from);
    free(to);
}

/* The serial from which it has to catch up. */
static uint64_t resume(struct listener *listener, const char *const *topics,
                       size_t count, struct position *after)
{
    struct position *lost = position_create();
    uint64_t serial = event_log_find(listener->listeners->log, after, lost);

    if (position_parts(lost))
        move_past_lost(listener, topics, count, after, lost);
    position_unref(lost);
    return serial;
}

void listener_subscribe(struct listener *listener, const char *const *topics,
                        size_t count, struct position *after)
{
    struct listeners *listeners = listener->listeners;
    uint64_t now = event_log_next(listeners->log);
    uint64_t serial = after ? resume(listener, topics, count, after) : now;
    bool is_behind = serial < now;

    remember_progress(listener);
    for (size_t i = 0; i < count; i++)
        hub_subscribe(listeners->hub, &listener->subscriber, topics[i], serial,
                      is_behind ? after : NULL);
    if (!is_behind)
        return;
    if (listener->form == LISTENER_SSE && !listener->reached)
        listener->reached = position_ref(after);
    if (!listener->is_catching_up || serial < listener->cursor)
        listener->cursor = serial;
    listener->is_catching_up = true;
    listener->replay_end = now;
    catch_up(listener);
}

void listener_unsubscribe(struct listener *listener, const char *topic)
{
    hub_unsubscribe(&listener->subscriber, topic);
}

void listener_follow(struct listener *listener, const char *job)
{
    struct listeners *listeners = listener->listeners;

    hub_follow(listeners->hub, &listener->subscriber, job,
               event_log_next(listeners->log));
}

void listener_stop_following(struct listener *listener, const char *job)
{
    hub_end_following(&listener->subscriber, job);
}

size_t listener_topics_with(const struct listener *listener,
                            const char *const *topics, size_t count)
{
    size_t all = listener->subscriber.count;

    for (size_t i = 0; i < count; i++)
        all += !subscriber_has(&listener->subscriber, topics[i]);
    return all;
}

void listener_say(struct listener *listener, const char *json)
{
    struct frame *frame = frame_text(json, strlen(json));

    add(listener, frame);
    frame_unref(frame);
}

void listener_tell(struct listener *listener, const struct event *event,
                   uint64_t key)
{
    struct frame *frame = make_frame(listener, event, false);

    frame->key = key;
    add(listener, frame);
    frame_unref(frame);
}

void listener_on_writable(struct listener *listener)
{
    outbox_flush(listener->outbox);
    if (outbox_count(listener->outbox) == 0)
        catch_up(listener);
}
