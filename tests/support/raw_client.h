#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "buffer.h"

/*
 * A client that speaks HTTP and WebSocket from a raw, blocking socket, byte by
 * byte as the test wants it.  Everything ends the test when it takes longer
 * than a minute, unless it says otherwise.
 */
int raw_connect(int port);

/* The same where nobody may be there: then it is -1. */
int raw_try_connect(int port);

/* Sends bytes, or as many as the peer takes before it hangs up; true if all. */
bool raw_send(int fd, const void *bytes, size_t len);
bool raw_say(int fd, const char *text);

/* An HTTP answer, read whole. */
struct raw_answer {
    int status; /* 0: the connection ended without one, or in the middle */
    struct buffer head;
    struct buffer body;
};
void raw_hear(int fd, struct raw_answer *answer);

/* Only its head: what answers HEAD, or has no end. */
void raw_hear_head(int fd, struct raw_answer *answer);
void raw_answer_finish(struct raw_answer *answer);
/* A header's value, in a buffer of this thread's until its next call; NULL:
 * none. */
const char *raw_header(const struct raw_answer *answer, const char *name);

/* Says `text`, hears the answer, and returns its status. */
int raw_ask(int fd, const char *text, struct raw_answer *answer);

/* Whether the peer hangs up within the time; what it still sends is read. */
bool raw_is_closed(int fd, int limit_ms);

/* ---- WebSocket ---- */

/* Opens one at `path`; `headers` are further lines ("" for none).  -1 if the
 * server refuses, or is not there. */
int raw_websocket(int port, const char *path, const char *headers);

/* A masked frame: `first` is its first byte, 0x81 a whole text.  It is added to
 * `out`, or sent at once. */
void raw_frame_write(struct buffer *out, unsigned char first, const void *bytes,
                     size_t len);
bool raw_frame(int fd, unsigned char first, const void *bytes, size_t len);
bool raw_text(int fd, const char *text);

/* Reads a frame's payload; its opcode, or -1 if the connection ended or
 * `limit_ms` passed. */
int raw_read_frame(int fd, struct buffer *payload, int limit_ms);

/* Reads frames until a closing one: its code, or 0 if the connection just
 * ended. */
int raw_close_code(int fd, char reason[static 128]);
