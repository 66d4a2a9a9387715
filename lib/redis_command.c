/*
 * redis_command.c - commands under way on a Redis connection
 *
 * An answer may say that this is the wrong server: the slot lies elsewhere, it
 * has become a replica, the cluster is down.  Then the connection is given up a
 * turn later, and the next one goes where the answer says, or to the next place
 * that is known.  ASK is not followed: while a slot moves, its keys lie in two
 * nodes, and our functions need all of them in one.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "done.h"
#include "errors.h"
#include "redis_parts.h"
#include "text.h"
#include "xalloc.h"

/* A command under way. */
struct redis_command {
    struct redis *redis;
    struct redis_command *next; /* the one sent after it */
    redis_done_fn *done;
    void *owner;
    int64_t deadline_ms;
};

/* Whether an answer says that this server is none for us now: then there is
 * nothing in it for whoever asked, and we go on. */
static bool must_go(struct redis *redis, const char *words)
{
    static const char *const beginnings[] = {
        "MOVED ",      "ASK ",    "TRYAGAIN ", "CLUSTERDOWN ",
        "MASTERDOWN ", "LOADING", "READONLY ", "UNBLOCKED ",
    };

    for (size_t i = 0; i < COUNT(beginnings); i++) {
        if (!text_begins(words, beginnings[i]))
            continue;
        if (!redis->has_to_go) {
            text_copy(redis->reason, sizeof redis->reason, words);
            redis->is_sent_on = redis_places_follow(&redis->places, words);
        }
        redis->has_to_go = true;
        redis_watch_oldest(redis);
        return true;
    }
    return false;
}

/* hiredis calls it once for each command, without a reply when the connection
 * was lost. */
static void on_reply(redisAsyncContext *context, void *data, void *owner)
{
    struct redis_command *command = owner;
    struct redis *redis = command->redis;
    redisReply *reply = data;
    int error = redis->loss ? redis->loss : E_CONNECTION;

    (void)context;
    assert(redis->first == command);
    redis->first = command->next;
    if (!redis->first)
        redis->last = &redis->first;
    redis->pending--;
    if (reply)
        error = reply->type == REDIS_REPLY_ERROR ? E_REFUSED : 0;
    if (reply && error && must_go(redis, reply->str)) {
        error = E_CONNECTION;
        reply = NULL;
    }
    if (command->done)
        command->done(command->owner, error, (const struct redis_reply *)reply);
    free(command);
}

/* The command as RESP: an array of byte strings. */
static void write_line(struct buffer *line, const struct redis_text *arguments,
                       size_t count)
{
    buffer_clear(line);
    buffer_printf(line, "*%zu\r\n", count);
    for (size_t i = 0; i < count; i++) {
        buffer_printf(line, "$%zu\r\n", arguments[i].len);
        buffer_add(line, arguments[i].bytes, arguments[i].len);
        buffer_add(line, "\r\n", 2);
    }
}

int redis_command_send(struct redis *redis, const struct redis_text *arguments,
                       size_t count, int64_t limit_ms, redis_done_fn *done,
                       void *owner)
{
    struct redis_command *command = xcalloc(1, sizeof *command);

    *command = (struct redis_command){
        .redis = redis,
        .done = done,
        .owner = owner,
        .deadline_ms =
            clock_steady_ms() + (limit_ms ? limit_ms : redis->limit_ms),
    };
    write_line(&redis->line, arguments, count);
    if (redisAsyncFormattedCommand(redis->link->context, on_reply, command,
                                   redis->line.bytes,
                                   redis->line.len) != REDIS_OK) {
        free(command);
        return E_UNAVAILABLE;
    }
    *redis->last = command;
    redis->last = &command->next;
    redis->pending++;
    if (redis->first == command)
        redis_watch_oldest(redis);
    return PENDING;
}

int64_t redis_command_deadline_ms(const struct redis *redis)
{
    return redis->first->deadline_ms;
}

struct redis_text redis_text(const char *text)
{
    return (struct redis_text){.bytes = text, .len = strlen(text)};
}
