#pragma once

#include <uv.h>

#include "clock.h"
#include "frame.h"
#include "offset.h"
#include "queue.h"

/*
 * The event log as this server sees it: it reads the whole log from Redis as it
 * grows, checks that nothing was skipped, and keeps a window of it in memory
 * for clients that come back.
 *
 * Entries have serial numbers here, one after the other, whatever happens to
 * the log: a place in the window is a serial.
 */
struct event_log;

struct log_entry {
    uint64_t serial;
    struct offset offset;
    char offset_text[OFFSET_BYTES];
    char time[CLOCK_TEXT_BYTES];
    char *topic;
    char *name;          /* "search.face" */
    char *job;           /* "": none */
    char *data;          /* JSON */
    struct frame *frame; /* the event as a WebSocket frame, not a replay */
    size_t bytes;        /* that it takes */
};

struct event_log_events {
    /* A new event. */
    void (*on_entry)(void *owner, const struct log_entry *entry);
    /* A live-lane result for a connection of this server: JSON. */
    void (*on_live)(void *owner, const char *data, size_t len);
    /* What lies between two offsets cannot be had any more: the log was
     * emptied, or cut off before we could read it. */
    void (*on_gap)(void *owner, const char *from, const char *to);
};

/* `server` is this server's name, whose live results it reads.  NULL, with a
 * sentence in `problem`, if the URL is none. */
struct event_log *event_log_create(uv_loop_t *loop, const char *redis_url,
                                   struct queue *queue, const char *server,
                                   size_t window_bytes,
                                   const struct event_log_events *events,
                                   void *owner,
                                   char problem[static 256]) MUST_CHECK;
void event_log_destroy(struct event_log *log);

/* The queue's connection came up or was lost. */
void event_log_queue_changed(struct event_log *log, bool is_up);

/* Where the log is read up to; "" before it was first read. */
const char *event_log_position(const struct event_log *log);

/* Whether it is known where the log ends: before, nobody can be told where to
 * begin, nor whether anything was missed. */
bool event_log_has_begun(const struct event_log *log);

/* Whether the log is being read. */
bool event_log_is_up(const struct event_log *log);

/* Where everything after an offset begins: the serial of the first entry behind
 * it.  False: not everything is there any more. */
bool event_log_find(const struct event_log *log, const struct offset *after,
                    uint64_t *serial);

/* The serial that the next entry will have. */
uint64_t event_log_next(const struct event_log *log);

/* An entry of the window; NULL if it has left, or is still to come. */
const struct log_entry *event_log_at(const struct event_log *log,
                                     uint64_t serial);
