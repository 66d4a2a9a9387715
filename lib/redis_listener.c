/*
 * redis_listener.c - a Redis connection that hears a channel
 *
 * hiredis knows nothing of sharded channels, and would end the program at the
 * first message of one.  So its parser is all that is used of it here: what
 * comes is handed over by the link as it is.
 */
#include <string.h>

#include "errors.h"
#include "redis_parts.h"

/* That it hears, and messages, each a list of three; or why it cannot. */
static void on_push(void *owner, const redisReply *push)
{
    struct redis *redis = owner;
    const struct redis_reply *list = (const struct redis_reply *)push;
    const char *kind = redis_reply_text(redis_reply_at(list, 0));
    const struct redis_reply *message = redis_reply_at(list, 2);

    if (push->type == REDIS_REPLY_ERROR) {
        if (!redis_command_must_go(redis, push->str))
            redis_lose(redis, E_CONNECTION, push->str);
    } else if (strcmp(kind, "ssubscribe") == 0) {
        redis->on_message(redis->listener, "", 0);
    } else if (strcmp(kind, "sunsubscribe") == 0) {
        redis_lose(redis, E_CONNECTION, "the channel's slot has moved");
    } else if (strcmp(kind, "smessage") == 0) {
        redis->on_message(redis->listener, redis_reply_text(message),
                          redis_reply_len(message));
    }
}

int redis_listen(struct redis *redis, const char *channel,
                 redis_message_fn *on_message, void *owner)
{
    const struct redis_text command[] = {redis_text("SSUBSCRIBE"),
                                         redis_text(channel)};

    if (redis->state != UP || redis->has_to_go)
        return E_UNAVAILABLE;
    redis->on_message = on_message;
    redis->listener = owner;
    redis->link->on_push = on_push;
    redis->link->owner = redis;
    redis_command_write(redis, command, COUNT(command));
    return redisAsyncFormattedCommand(redis->link->context, NULL, NULL,
                                      redis->line.bytes,
                                      redis->line.len) == REDIS_OK
               ? 0
               : E_UNAVAILABLE;
}
