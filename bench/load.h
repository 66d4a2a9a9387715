#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"

/*
 * A client of many connections on one thread and one epoll: fast enough not to
 * be what is measured.  Whatever goes wrong ends the bench.
 */
struct load;

struct load *load_create(void) MUST_CHECK;
void load_destroy(struct load *load);

/* Turns until load_stop is called; false if `limit_ms` passed before. */
bool load_run(struct load *load, int limit_ms);
void load_stop(struct load *load);

/* ---- HTTP: one request at a time on each connection ---- */

struct asker;

typedef void asker_fn(void *owner, struct asker *asker, int status,
                      const char *body, size_t len);

struct asker *load_ask_at(struct load *load, int port, asker_fn *on_answer,
                          void *owner);

/* `bytes` are a whole request, borrowed until its answer. */
void asker_ask(struct asker *asker, const void *bytes, size_t len);

/* A request that is asked again and again. */
struct repetition {
    const struct buffer *request; /* borrowed */
    int status;                   /* that every answer must have */
    size_t answers;               /* that came so far */
};

/* Begins it on so many new connections; it goes on while the load turns. */
void load_repeat(struct load *load, int port, size_t connections,
                 struct repetition *repetition);

/* ---- WebSocket ---- */

struct ear;

typedef void ear_fn(void *owner, struct ear *ear, const char *text, size_t len);

/* Connects, and waits until the handshake is done.  `on_text` gets each text
 * message. */
struct ear *load_listen_at(struct load *load, int port, const char *path,
                           const char *headers, ear_fn *on_text, void *owner);

/* Says something at once; 0x1 is a text, 0x2 is binary. */
void ear_say(struct ear *ear, unsigned opcode, const void *bytes, size_t len);

/* The same with what was written before (raw_frame_write). */
void ear_say_frame(struct ear *ear, const struct buffer *frame);

/* Whether it is to read what comes, as it does at first. */
void ear_read(struct ear *ear, bool is_reading);

/* Hangs up. */
void ear_cut(struct ear *ear);
