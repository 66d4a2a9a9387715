/*
 * redis_reply.c - reading what Redis answered
 */
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include "redis.h"

static const redisReply *theirs(const struct redis_reply *reply)
{
    return (const redisReply *)reply;
}

static bool has_text(const struct redis_reply *reply)
{
    return reply && (theirs(reply)->type == REDIS_REPLY_STRING ||
                     theirs(reply)->type == REDIS_REPLY_STATUS ||
                     theirs(reply)->type == REDIS_REPLY_ERROR);
}

bool redis_reply_is_none(const struct redis_reply *reply)
{
    return !reply || theirs(reply)->type == REDIS_REPLY_NIL;
}

bool redis_reply_is_list(const struct redis_reply *reply)
{
    return reply && theirs(reply)->type == REDIS_REPLY_ARRAY;
}

const char *redis_reply_text(const struct redis_reply *reply)
{
    return has_text(reply) ? theirs(reply)->str : "";
}

size_t redis_reply_len(const struct redis_reply *reply)
{
    return has_text(reply) ? (size_t)theirs(reply)->len : 0;
}

int64_t redis_reply_integer(const struct redis_reply *reply)
{
    if (reply && theirs(reply)->type == REDIS_REPLY_INTEGER)
        return theirs(reply)->integer;
    return strtoll(redis_reply_text(reply), NULL, 10);
}

size_t redis_reply_count(const struct redis_reply *reply)
{
    return redis_reply_is_list(reply) ? theirs(reply)->elements : 0;
}

const struct redis_reply *redis_reply_at(const struct redis_reply *reply,
                                         size_t index)
{
    if (index >= redis_reply_count(reply))
        return NULL;
    return (const struct redis_reply *)theirs(reply)->element[index];
}
