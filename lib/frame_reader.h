#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "buffer.h"

/*
 * Reads WebSocket frames as clients send them (RFC 6455, section 5), however
 * they are cut on their way, and judges them strictly.  Embedded in the struct
 * that owns it; all zero but for its limits is the beginning.
 */
enum close_code {
    CLOSE_NORMAL = 1000,
    CLOSE_PROTOCOL = 1002,
    CLOSE_NO_CODE = 1005, /* never sent: a close without a code */
    CLOSE_NOT_UTF8 = 1007,
    CLOSE_TOO_LARGE = 1009,
};

enum { FRAME_CONTROL_BYTES_MAX = 125, FRAME_HEAD_BYTES_MAX = 14 };

/* What is read is borrowed for the call. */
struct frame_events {
    /* A whole message; text is UTF-8. */
    void (*on_message)(void *owner, const char *bytes, size_t len,
                       bool is_binary);
    void (*on_ping)(void *owner, const char *bytes, size_t len);
    void (*on_pong)(void *owner);
    /* The client closes: a code that it may send, or CLOSE_NO_CODE. */
    void (*on_close)(void *owner, uint16_t code);
};

struct frame_reader {
    size_t text_bytes; /* that a message may have */
    size_t binary_bytes;
    /* The frame that is being read. */
    unsigned char head[FRAME_HEAD_BYTES_MAX];
    size_t head_len;
    size_t left; /* of its payload */
    size_t at;   /* how much of the payload was read */
    char control[FRAME_CONTROL_BYTES_MAX];
    /* The message that it belongs to. */
    struct buffer message;
    bool is_binary;
    bool is_inside; /* a fragmented message */
    bool is_done;   /* nothing more is read */
};

/*
 * Takes the next bytes.  0, or the code that the connection must be closed
 * with; `problem` then says why.  After a close, and after an event that has
 * called frame_reader_stop, what comes is thrown away.
 */
uint16_t frame_reader_read(struct frame_reader *reader,
                           const struct frame_events *events, void *owner,
                           const char *bytes, size_t len,
                           const char **problem) MUST_CHECK;

void frame_reader_stop(struct frame_reader *reader);
void frame_reader_finish(struct frame_reader *reader);
