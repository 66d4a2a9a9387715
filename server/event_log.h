#pragma once

#include <uv.h>

#include "clock.h"
#include "frame.h"
#include "position.h"
#include "queues.h"

/*
 * The event log as this server sees it: it reads the whole log from Redis, all
 * parts, as they grow, and keeps a window of it in memory for clients that come
 * back.
 *
 * Entries have serial numbers here, one after the other in the order in which
 * they were read, whatever happens to the log: a place in the window is a
 * serial.  Entries of one part stand in that part's order; between parts there
 * is none.
 */
struct event_log;

struct log_entry {
    uint64_t serial;
    uint64_t before; /* the serial of the one before it in its part; 0: none */
    struct offset offset;
    char offset_text[OFFSET_BYTES];
    char time[CLOCK_TEXT_BYTES];
    char *topic;
    char *name;          /* "search.face" */
    char *job;           /* "": none */
    char *data;          /* JSON */
    char *stages;        /* of the job, for servers alone; "": none */
    struct frame *frame; /* the event as a WebSocket frame, not a replay */
    size_t bytes;        /* that it takes */
};

struct event_log_options {
    const char *redis_url;
    struct queues *queues; /* destroyed after the log */
    const char *server;    /* its name, whose live results are read */
    size_t window_bytes;
};

struct event_log_events {
    /* A new event. */
    void (*on_entry)(void *owner, const struct log_entry *entry);
    /* A live-lane result for a connection of this server: JSON. */
    void (*on_live)(void *owner, const char *data, size_t len);
    /* What lies between two offsets of a part cannot be had any more: it was
     * emptied, or cut off before we could read it. */
    void (*on_gap)(void *owner, const struct offset *from,
                   const struct offset *to);
};

/* NULL, with a sentence in `problem`, if the URL is none. */
struct event_log *event_log_create(uv_loop_t *loop,
                                   const struct event_log_options *options,
                                   const struct event_log_events *events,
                                   void *owner,
                                   char problem[static 256]) MUST_CHECK;
void event_log_destroy(struct event_log *log);

/* A part of the queue came up or was lost. */
void event_log_queue_changed(struct event_log *log, unsigned part, bool is_up);

/* Where the log is read up to, as clients get it; "" before it was first read.
 * Borrowed until the next entry. */
const char *event_log_position(struct event_log *log);

/* Whether it is known where every part ends: before, nobody can be told where
 * to begin, nor whether anything was missed. */
bool event_log_has_begun(const struct event_log *log);

/* Whether all of the log is being read. */
bool event_log_is_up(const struct event_log *log);

/* Whether the position can be one of this log: it names no part that there is
 * none of. */
bool event_log_has(const struct event_log *log,
                   const struct position *position);

/* Of a log that has begun: where what lies after a position begins, the serial
 * of the first entry of any part behind it, or of the next one to come.  Parts
 * of which not everything is there any more are left out, and `lost` is told
 * where each of them is now. */
uint64_t event_log_find(const struct event_log *log,
                        const struct position *after, struct position *lost);

/* The serials of the oldest entry in the window, and of the next to come. */
uint64_t event_log_first(const struct event_log *log);
uint64_t event_log_next(const struct event_log *log);

/* An entry of the window; NULL if it has left, is still to come, or was
 * forgotten with its part. */
const struct log_entry *event_log_at(const struct event_log *log,
                                     uint64_t serial);
