#pragma once

#include <uv.h>

#include "event_log.h"

/*
 * One part of the event log: reads it from Redis as it grows, from some of its
 * past on, and checks that nothing was skipped.
 */
struct log_reader;

struct log_reader_options {
    const char *redis_url;
    struct queue *queue; /* the part's */
    unsigned part;
    const char *server;   /* whose live results are read as well */
    size_t history_count; /* how many entries of the past */
};

struct log_reader_events {
    /* Entries follow from here on, and what came before is of no use. */
    void (*on_floor)(void *owner, const struct offset *floor);
    /* An entry, which is taken over. */
    void (*on_entry)(void *owner, struct log_entry *entry, bool is_past);
    /* A live-lane result for a connection of this server: JSON. */
    void (*on_live)(void *owner, const char *data, size_t len);
    /* The past was told, and this is where it ends. */
    void (*on_begin)(void *owner, const struct offset *position);
    /* What lies between the two cannot be had; on_floor was called before. */
    void (*on_gap)(void *owner, const struct offset *from,
                   const struct offset *to);
};

/* NULL, with a sentence in `problem`, if the URL is none. */
struct log_reader *log_reader_create(uv_loop_t *loop,
                                     const struct log_reader_options *options,
                                     const struct log_reader_events *events,
                                     void *owner,
                                     char problem[static 256]) MUST_CHECK;

/* The queue is destroyed after it. */
void log_reader_destroy(struct log_reader *reader);

/* The part's queue came up. */
void log_reader_look(struct log_reader *reader);

/* Whether it has begun, and can go on. */
bool log_reader_is_up(const struct log_reader *reader);
