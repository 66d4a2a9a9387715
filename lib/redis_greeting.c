/*
 * redis_greeting.c - the first words on a Redis connection
 *
 * Everything is said at once; the connection is up when all of it was answered.
 */
#include <stdio.h>
#include <string.h>

#include "done.h"
#include "errors.h"
#include "redis_parts.h"

/* A user whom Redis's ACL denies the greeting can still do the work: only the
 * name in CLIENT LIST is missing then. */
static bool is_fine(int error, const struct redis_reply *reply)
{
    return error == 0 ||
           strncmp(redis_reply_text(reply), "NOPERM", strlen("NOPERM")) == 0;
}

static void on_greeted(void *owner, int error, const struct redis_reply *reply)
{
    struct redis *redis = owner;

    if (redis->state != GREETING || redis->has_to_go)
        return;
    if (!is_fine(error, reply)) {
        redis_lose(redis, E_CONNECTION,
                   reply ? redis_reply_text(reply) : error_name(error));
        return;
    }
    if (--redis->greetings > 0)
        return;
    redis_rise(redis);
}

static void greet_with(struct redis *redis, const struct redis_text *arguments,
                       size_t count)
{
    redis->greetings++;
    if (redis_command_send(redis, arguments, count, REDIS_CONNECT_LIMIT_MS,
                           on_greeted, redis) != PENDING)
        redis->greetings = 0; /* the loss is told by on_disconnected */
}

/* The slots of a cluster: for each range its first and last, and the nodes that
 * have it, each as host, port and more. */
static void on_slots(void *owner, int error, const struct redis_reply *reply)
{
    struct redis *redis = owner;

    for (size_t i = 0; error == 0 && i < redis_reply_count(reply); i++) {
        const struct redis_reply *range = redis_reply_at(reply, i);

        for (size_t k = 2; k < redis_reply_count(range); k++) {
            const struct redis_reply *node = redis_reply_at(range, k);

            redis_places_learn(
                &redis->places, redis_reply_text(redis_reply_at(node, 0)),
                (int)redis_reply_integer(redis_reply_at(node, 1)));
        }
    }
}

/* Asks for the key, which only the node that has its slot answers, and for the
 * other nodes, where there are any. */
static void greet_cluster(struct redis *redis)
{
    struct redis_text slots[2] = {redis_text("CLUSTER"), redis_text("SLOTS")};
    struct redis_text probe[2] = {redis_text("EXISTS"), redis_text(redis->key)};

    if (redis_command_send(redis, slots, COUNT(slots), REDIS_CONNECT_LIMIT_MS,
                           on_slots, redis) == PENDING)
        greet_with(redis, probe, COUNT(probe));
}

void redis_greet(struct redis *redis)
{
    const struct redis_url *url = redis_places_here(&redis->places);
    struct redis_text auth[3] = {redis_text("AUTH")};
    struct redis_text select[2] = {redis_text("SELECT")};
    struct redis_text name[3] = {redis_text("CLIENT"), redis_text("SETNAME"),
                                 redis_text(redis->name)};
    struct redis_text ping[1] = {redis_text("PING")};
    char database[16];
    size_t count = 1;

    redis->greetings = 0;
    if (url->password) {
        if (url->user)
            auth[count++] = redis_text(url->user);
        auth[count++] = redis_text(url->password);
        greet_with(redis, auth, count);
    }
    if (url->database) {
        snprintf(database, sizeof database, "%d", url->database);
        select[1] = redis_text(database);
        greet_with(redis, select, COUNT(select));
    }
    greet_with(redis, name, COUNT(name));
    if (redis->key)
        greet_cluster(redis);
    /* All of that is also answered by a Redis that still loads its data, and
     * nothing else is. */
    greet_with(redis, ping, COUNT(ping));
}
