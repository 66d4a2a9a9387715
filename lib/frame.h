#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * Bytes as they go on the wire, made once and shared by everyone they are sent
 * to: a WebSocket text frame, or an event of a Server-Sent Events stream.
 * Counted references, on the loop thread alone.
 */
struct frame {
    size_t references;
    size_t len;
    /* Frames of one key replace each other in an outbox (0: none does); only
     * the newest of them is of use. */
    uint64_t key;
    char bytes[];
};

/* A WebSocket text frame (RFC 6455, server to client, one fragment). */
struct frame *frame_text(const char *text, size_t len) MUST_CHECK;

/* Bytes as they are. */
struct frame *frame_raw(const void *bytes, size_t len) MUST_CHECK;

struct frame *frame_ref(struct frame *frame);
void frame_unref(struct frame *frame);
