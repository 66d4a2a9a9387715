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

/* The event as an entry of an SSE stream. */
static struct frame *make_sse(const struct event *event, const char *json)
{
    struct buffer text = {0};
    struct frame *frame;

    if (event->offset)
        buffer_printf(&text, "id: %s\n", event->offset);
    buffer_printf(&text, "data: %s\n\n", json);
    frame = frame_raw(text.bytes, text.len);
    buffer_finish(&text);
    return frame;
}

static struct frame *make_frame(enum listener_form form,
                                const struct event *event, bool is_replay)
{
    struct buffer json = {0};
    struct frame *frame;

    event_write(event, is_replay, &json);
    frame = form == LISTENER_SSE ? make_sse(event, json.bytes)
                                 : frame_text(json.bytes, json.len);
    buffer_finish(&json);
    return frame;
}

static void add(struct listener *listener, struct frame *frame)
{
    struct counters *counters = listener->listeners->counters;
    bool has_replaced = false;
    int error;

    if (listener->is_slow)
        return;
    error = outbox_add(listener->outbox, frame, &has_replaced);
    counters->coalesced += has_replaced;
    if (error != E_BUSY)
        return; /* a wire that is gone tells its owner by itself */
    listener->is_slow = true;
    counters->slow_closes++;
    listener->events->on_slow(listener->owner);
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
                : make_frame(LISTENER_SSE, &event, false);
    add(listener, frame);
    frame_unref(frame);
    end_following(listener, entry);
}

static void hand_over(struct listener *listener, const struct log_entry *entry)
{
    bool is_replay = entry->serial < listener->replay_end;
    struct event event = event_of(entry);
    struct frame *frame = make_frame(listener->form, &event, is_replay);

    listener->listeners->counters->replays += is_replay;
    listener->listeners->counters->deliveries += !is_replay;
    add(listener, frame);
    frame_unref(frame);
    end_following(listener, entry);
}

/* Hands over what the window holds as long as the client takes it.  Only a few
 * frames wait at a time, so a slow client costs no more than a quick one. */
static void catch_up(struct listener *listener)
{
    struct event_log *log = listener->listeners->log;

    while (listener->is_catching_up && !listener->is_slow) {
        const struct log_entry *entry = event_log_at(log, listener->cursor);

        if (listener->cursor == event_log_next(log)) {
            listener->is_catching_up = false;
        } else if (!entry) {
            /* The window has moved on while the client was reading. */
            listener->is_slow = true;
            listener->listeners->counters->slow_closes++;
            listener->events->on_slow(listener->owner);
        } else {
            listener->cursor++;
            if (subscriber_wants(&listener->subscriber, entry))
                hand_over(listener, entry);
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
    struct event gap = {.offset = to, .name = "gap"};
    struct frame *frame = listener->form == LISTENER_SSE
                              ? make_sse(&gap, json)
                              : frame_text(json, strlen(json));

    listener->listeners->counters->gaps++;
    add(listener, frame);
    frame_unref(frame);
    free(json);
}

void listeners_tell_gap(struct listeners *listeners, const char *from,
                        const char *to)
{
    struct listener *next;

    for (struct listener *l = listeners->first; l; l = next) {
        const char *topics[TOPICS_NAMED];
        size_t count = subscriber_topics(&l->subscriber, topics, TOPICS_NAMED);

        next = l->next;
        l->is_catching_up = false;
        if (count)
            tell_gap(l, topics, count, from, to);
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
    free(listener);
}

struct listener *listener_of(struct subscriber *subscriber)
{
    return container_of(subscriber, struct listener, subscriber);
}

/* Where it begins; in a log that was not read yet everything is new. */
static struct offset begin_at(struct listener *listener,
                              const struct offset *after)
{
    struct offset from = {0};

    if (after)
        return *after;
    if (offset_read(event_log_position(listener->listeners->log), &from) < 0)
        from = (struct offset){0};
    return from;
}

/* What the topics that it has already were handed: it is not handed to them
 * again when the cursor goes back for others. */
static void remember_progress(struct listener *listener)
{
    struct event_log *log = listener->listeners->log;
    const struct log_entry *last = listener->is_catching_up
                                       ? event_log_at(log, listener->cursor - 1)
                                       : NULL;
    struct offset here = begin_at(listener, NULL);

    if (!listener->is_catching_up)
        subscriber_advance(&listener->subscriber, &here);
    else if (last)
        subscriber_advance(&listener->subscriber, &last->offset);
}

void listener_subscribe(struct listener *listener, const char *const *topics,
                        size_t count, const struct offset *after)
{
    struct listeners *listeners = listener->listeners;
    struct offset from = begin_at(listener, after);
    uint64_t serial = 0;
    bool can_resume = after && event_log_find(listeners->log, after, &serial);

    if (after && !can_resume) {
        char text[OFFSET_BYTES];

        offset_write(after, text);
        tell_gap(listener, topics, count, text,
                 event_log_position(listeners->log));
        from = begin_at(listener, NULL);
    }
    remember_progress(listener);
    for (size_t i = 0; i < count; i++)
        hub_subscribe(listeners->hub, &listener->subscriber, topics[i], &from);
    if (!can_resume || serial == event_log_next(listeners->log))
        return;
    if (!listener->is_catching_up || serial < listener->cursor)
        listener->cursor = serial;
    listener->is_catching_up = true;
    listener->replay_end = event_log_next(listeners->log);
    catch_up(listener);
}

void listener_unsubscribe(struct listener *listener, const char *topic)
{
    hub_unsubscribe(&listener->subscriber, topic);
}

void listener_follow(struct listener *listener, const char *job)
{
    struct offset from = begin_at(listener, NULL);

    hub_follow(listener->listeners->hub, &listener->subscriber, job, &from);
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
    struct frame *frame = make_frame(listener->form, event, false);

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
