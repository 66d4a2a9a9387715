/*
 * frame_channel.c - hears the frames that are given to a worker
 */
#include <stdlib.h>
#include <string.h>

#include "frame_channel.h"
#include "log.h"
#include "queue.h"
#include "xalloc.h"

enum { LIMIT_MS = 4000, PENDING_MAX = 4 };

struct frame_channel {
    uv_loop_t *loop;
    const char *redis_url;
    struct redis *redis;
    char *key;
    const struct frame_channel_events *events;
    void *owner;
    bool is_open;
};

/* Nothing first, when it hears; then nothing for a frame that is gone. */
static void on_message(void *owner, const char *bytes, size_t len)
{
    struct frame_channel *channel = owner;
    const char *end = memchr(bytes, '\n', len);

    if (!channel->is_open) {
        channel->is_open = true;
        channel->events->on_open(channel->owner);
    } else if (end) {
        size_t meta_len = (size_t)(end - bytes);

        channel->events->on_frame(channel->owner, bytes, meta_len, end + 1,
                                  len - meta_len - 1);
    } else {
        channel->events->on_frame(channel->owner, "", 0, "", 0);
    }
}

static void on_state(void *owner, bool is_up)
{
    struct frame_channel *channel = owner;

    channel->is_open = false;
    if (is_up &&
        redis_listen(channel->redis, channel->key, on_message, channel) < 0)
        log_warn("redis: lost before frames could be heard");
}

static bool connect_to_redis(struct frame_channel *channel,
                             char problem[static 256])
{
    struct redis_options options = {.url = channel->redis_url,
                                    .key = channel->key,
                                    .name = "facewire-frames",
                                    .limit_ms = LIMIT_MS,
                                    .pending_max = PENDING_MAX};

    channel->redis =
        redis_create(channel->loop, &options, on_state, channel, problem);
    return channel->redis != NULL;
}

struct frame_channel *
frame_channel_create(uv_loop_t *loop, const char *redis_url, unsigned part,
                     const char *consumer,
                     const struct frame_channel_events *events, void *owner,
                     char problem[static 256])
{
    struct frame_channel *channel = xcalloc(1, sizeof *channel);
    char *name = xprintf("live:to:%s", consumer);

    channel->loop = loop;
    channel->redis_url = redis_url;
    channel->key = queue_key(part, name);
    channel->events = events;
    channel->owner = owner;
    free(name);
    if (connect_to_redis(channel, problem))
        return channel;
    frame_channel_destroy(channel);
    return NULL;
}

void frame_channel_reopen(struct frame_channel *channel)
{
    char problem[256];

    redis_destroy(channel->redis);
    channel->is_open = false;
    if (!connect_to_redis(channel, problem))
        fatal("redis: %s", problem); /* the same URL could be used before */
}

void frame_channel_destroy(struct frame_channel *channel)
{
    if (!channel)
        return;
    redis_destroy(channel->redis);
    free(channel->key);
    free(channel);
}

bool frame_channel_is_open(const struct frame_channel *channel)
{
    return channel->is_open;
}
