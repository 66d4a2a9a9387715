#pragma once

#include <stddef.h>

#include <uv.h>

#include "basics.h"

/*
 * The channel through which servers give a worker their live frames, in one
 * part of the queue, on a connection of its own.
 */
struct frame_channel;

struct frame_channel_events {
    /* It hears from now on: only then may frames be awaited. */
    void (*on_open)(void *owner);
    /* A frame, borrowed: what its server says of it (JSON), and its image. Of
     * one that is gone nothing is left: `image_len` is 0. */
    void (*on_frame)(void *owner, const char *meta, size_t meta_len,
                     const void *image, size_t image_len);
};

/* NULL, with a sentence in `problem`, if the URL, which is borrowed, is none.
 */
struct frame_channel *
frame_channel_create(uv_loop_t *loop, const char *redis_url, unsigned part,
                     const char *consumer,
                     const struct frame_channel_events *events, void *owner,
                     char problem[static 256]) MUST_CHECK;
void frame_channel_destroy(struct frame_channel *channel);

/* Connects anew: the part may have moved to another Redis. */
void frame_channel_reopen(struct frame_channel *channel);

bool frame_channel_is_open(const struct frame_channel *channel);
