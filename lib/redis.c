/*
 * redis.c - a Redis connection: with redis_link.c and redis_reply.c the door to
 * hiredis
 *
 * A connection goes resolving, connecting, greeting, up; a loss from any of
 * them leads to waiting, and a timer back to resolving.  redis_move is the only
 * way between them.
 *
 * An answer may say that this is the wrong server: the slot lies elsewhere, it
 * has become a replica, the cluster is down.  Then the connection is given up a
 * turn later, and the next one goes where the answer says, or to the next place
 * that is known.  ASK is not followed: while a slot moves, its keys lie in two
 * nodes, and our functions need all of them in one.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "buffer.h"
#include "clock.h"
#include "errors.h"
#include "log.h"
#include "random.h"
#include "redis.h"
#include "redis_link.h"
#include "redis_places.h"
#include "text.h"
#include "xalloc.h"

enum {
    CONNECT_LIMIT_MS = 3000,
    BACKOFF_BASE_MS = 50,
    BACKOFF_CAP_MS = 2000,
    REASON_BYTES = 128,
};

enum state {
    RESOLVING,  /* the host's name is looked up */
    CONNECTING, /* TCP is being set up */
    GREETING,   /* AUTH, SELECT, CLIENT SETNAME and PING are under way */
    UP,         /* ready for commands */
    WAITING,    /* until the next try */
    CLOSED,     /* destroyed; only handles are left to close */
};
static const char *const state_names[] = {"resolving", "connecting", "greeting",
                                          "up",        "waiting",    "closed"};

/* A command under way. */
struct command {
    struct redis *redis;
    struct command *next; /* the one sent after it */
    redis_done_fn *done;
    void *owner;
    int64_t deadline_ms;
};

struct redis {
    uv_loop_t *loop;
    struct redis_places places;
    char *key; /* NULL: none */
    char *name;
    int64_t limit_ms;
    size_t pending_max;
    redis_state_fn *on_state;
    void *owner;

    enum state state;
    unsigned tries;          /* connections that failed in a row */
    int loss;                /* what commands under way end with */
    struct redis_link *link; /* NULL: no socket */
    size_t greetings;        /* answers still to come before it is up */
    bool has_to_go;          /* it is the wrong server, for this reason */
    char reason[REASON_BYTES];
    bool is_sent_on;              /* the place to go to is known */
    struct buffer line;           /* a command as it is written */
    redis_message_fn *on_message; /* of a connection that listens */
    void *listener;
    struct command *first;
    struct command **last;
    size_t pending;

    uv_timer_t timer; /* of the next try, or of what is under way */
    uv_prepare_t flush;
    uv_getaddrinfo_t lookup;
    bool is_looking_up;
    int open_handles; /* that keep this struct alive once it is closed */
};

static void on_timer(uv_timer_t *handle);

static void redis_move(struct redis *redis, enum state state)
{
    assert(redis->state != CLOSED);
    log_debug("redis=%s %s -> %s", redis->name, state_names[redis->state],
              state_names[state]);
    redis->state = state;
}

/* The timer waits for the oldest command's deadline; since commands mostly have
 * the same limit, the oldest is mostly the first to run out. */
static void watch_oldest(struct redis *redis)
{
    int64_t wait = 0;

    if (!redis->first) {
        uv_timer_stop(&redis->timer);
        return;
    }
    if (!redis->has_to_go)
        wait = redis->first->deadline_ms - clock_steady_ms();
    uv_timer_start(&redis->timer, on_timer, wait > 0 ? (uint64_t)wait : 0, 0);
}

/* Sets the next try, and where it goes.  A server that was up is tried once
 * more; whoever is sent on goes at once, the first time: two nodes that do not
 * agree yet would send us to and fro. */
static void set_next_try(struct redis *redis, bool was_up)
{
    int64_t wait =
        random_backoff_ms(redis->tries, BACKOFF_BASE_MS, BACKOFF_CAP_MS);

    if (redis->is_sent_on && redis->tries == 0)
        wait = 0;
    if (!redis->is_sent_on && (!was_up || redis->has_to_go))
        redis_places_next(&redis->places);
    redis->tries++;
    redis->is_sent_on = redis->has_to_go = false;
    uv_timer_start(&redis->timer, on_timer, (uint64_t)wait, 0);
}

/* Gives the connection up.  Commands under way are told `error`; then, unless
 * it is being destroyed, the next try is set. */
static void lose(struct redis *redis, int error, const char *reason)
{
    bool was_up = redis->state == UP;
    struct redis_link *link = redis->link;

    assert(redis->state != WAITING && redis->state != CLOSED);
    if (redis->is_sent_on)
        log_info("redis=%s sent on: %s", redis->name, reason);
    else if (was_up || redis->tries == 0)
        log_warn("redis=%s lost: %s", redis->name, reason);
    redis_move(redis, WAITING);
    redis->link = NULL;
    redis->loss = error;
    if (link)
        redisAsyncFree(link->context);
    set_next_try(redis, was_up);
    if (was_up)
        redis->on_state(redis->owner, false);
}

static void on_disconnected(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;

    (void)status;
    /* Not when we let go of it ourselves. */
    if (redis->state == UP || redis->state == GREETING)
        lose(redis, E_CONNECTION,
             context->errstr[0] ? context->errstr : "closed by Redis");
}

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
        lose(redis, E_CONNECTION,
             reply ? redis_reply_text(reply) : error_name(error));
        return;
    }
    if (--redis->greetings > 0)
        return;
    redis->tries = 0;
    redis_move(redis, UP);
    log_info("redis=%s up", redis->name);
    redis->on_state(redis->owner, true);
}

static int send_command(struct redis *redis, const struct redis_text *arguments,
                        size_t count, int64_t limit_ms, redis_done_fn *done,
                        void *owner);

static void greet_with(struct redis *redis, const struct redis_text *arguments,
                       size_t count)
{
    redis->greetings++;
    if (send_command(redis, arguments, count, CONNECT_LIMIT_MS, on_greeted,
                     redis) != PENDING)
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

    if (send_command(redis, slots, COUNT(slots), CONNECT_LIMIT_MS, on_slots,
                     redis) == PENDING)
        greet_with(redis, probe, COUNT(probe));
}

static void greet(struct redis *redis)
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

/* A connection whose peer vanished without a word is noticed by the kernel,
 * also where we only listen. */
static void set_socket_options(int fd)
{
    int on = 1, limit_ms = 10000, idle_s = 5;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &idle_s, sizeof idle_s);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof limit_ms);
}

static void on_connected(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;

    if (redis->state != CONNECTING)
        return;
    if (status != REDIS_OK) {
        /* hiredis frees the context behind this call by itself. */
        redis->link = NULL;
        lose(redis, E_UNAVAILABLE, context->errstr);
        return;
    }
    redis_move(redis, GREETING);
    greet(redis);
}

static void connect_to(struct redis *redis, const char *address)
{
    const struct redis_url *url = redis_places_here(&redis->places);
    redisAsyncContext *context = url->path
                                     ? redisAsyncConnectUnix(url->path)
                                     : redisAsyncConnect(address, url->port);

    redis_move(redis, CONNECTING);
    if (!context || context->err) {
        if (context)
            redisAsyncFree(context);
        lose(redis, E_UNAVAILABLE, "the connection could not be begun");
        return;
    }
    redis->loss = 0;
    context->data = redis;
    redis_link_open(redis->loop, context, &redis->link);
    if (!url->path)
        set_socket_options(context->c.fd);
    uv_timer_start(&redis->timer, on_timer, CONNECT_LIMIT_MS, 0);
    redisAsyncSetDisconnectCallback(context, on_disconnected);
    redisAsyncSetConnectCallback(context, on_connected);
}

static void let_go(struct redis *redis)
{
    if (--redis->open_handles > 0)
        return;
    redis_places_finish(&redis->places);
    buffer_finish(&redis->line);
    free(redis->name);
    free(redis->key);
    free(redis);
}

static void on_resolved(uv_getaddrinfo_t *lookup, int status,
                        struct addrinfo *found)
{
    struct redis *redis = container_of(lookup, struct redis, lookup);
    char address[64] = "";

    redis->is_looking_up = false;
    if (status == 0)
        uv_ip_name(found->ai_addr, address, sizeof address);
    uv_freeaddrinfo(found);
    if (redis->state == CLOSED)
        let_go(redis);
    else if (status < 0)
        lose(redis, E_UNAVAILABLE, uv_strerror(status));
    else
        connect_to(redis, address);
}

/* hiredis would look the name up on the loop thread. */
static void resolve(struct redis *redis)
{
    const struct redis_url *url = redis_places_here(&redis->places);
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM};
    int status;

    redis_move(redis, RESOLVING);
    if (url->path) {
        connect_to(redis, NULL);
        return;
    }
    status = uv_getaddrinfo(redis->loop, &redis->lookup, on_resolved, url->host,
                            NULL, &hints);
    redis->is_looking_up = status == 0;
    if (status < 0)
        lose(redis, E_UNAVAILABLE, uv_strerror(status));
}

static void on_timer(uv_timer_t *handle)
{
    struct redis *redis = container_of(handle, struct redis, timer);

    if (redis->state == WAITING)
        resolve(redis);
    else if (redis->state == CONNECTING)
        lose(redis, E_TIMEOUT, "connecting took too long");
    else if (redis->has_to_go)
        lose(redis, E_CONNECTION, redis->reason);
    else if (redis->first && redis->first->deadline_ms > clock_steady_ms())
        watch_oldest(redis);
    else if (redis->first)
        lose(redis, E_TIMEOUT, "a command took too long");
}

static void on_flush(uv_prepare_t *handle)
{
    struct redis *redis = container_of(handle, struct redis, flush);

    if (redis->link)
        redis_link_flush(redis->link);
}

/* Reads where it may go; false, with a sentence in `problem`, if that is
 * nothing that we can use. */
static bool read_places(struct redis *redis, const char *url,
                        char problem[static 256])
{
    if (redis_places_read(url, &redis->places) < 0) {
        snprintf(problem, 256, "this is no URL of a Redis server");
        return false;
    }
    for (size_t i = 0; i < redis->places.count; i++) {
        if (!redis->places.urls[i].is_tls)
            continue;
        snprintf(problem, 256,
                 "rediss:// needs hiredis 1.0 or newer, and this program was "
                 "built with hiredis %d.%d.%d",
                 HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
        redis_places_finish(&redis->places);
        return false;
    }
    return true;
}

struct redis *redis_create(uv_loop_t *loop, const struct redis_options *options,
                           redis_state_fn *on_state, void *owner,
                           char problem[static 256])
{
    struct redis *redis = xcalloc(1, sizeof *redis);

    if (!read_places(redis, options->url, problem)) {
        free(redis);
        return NULL;
    }
    redis->loop = loop;
    redis->name = xstrdup(options->name);
    redis->key = options->key ? xstrdup(options->key) : NULL;
    redis->limit_ms = options->limit_ms;
    redis->pending_max = options->pending_max;
    redis->on_state = on_state;
    redis->owner = owner;
    redis->last = &redis->first;
    redis->open_handles = 2;
    redis->state = WAITING;
    uv_timer_init(loop, &redis->timer);
    uv_prepare_init(loop, &redis->flush);
    uv_prepare_start(&redis->flush, on_flush);
    uv_unref((uv_handle_t *)&redis->flush);
    resolve(redis);
    return redis;
}

static void on_timer_closed(uv_handle_t *handle)
{
    let_go(container_of(handle, struct redis, timer));
}

static void on_flush_closed(uv_handle_t *handle)
{
    let_go(container_of(handle, struct redis, flush));
}

void redis_destroy(struct redis *redis)
{
    struct redis_link *link;

    if (!redis)
        return;
    link = redis->link;
    redis_move(redis, CLOSED);
    redis->link = NULL;
    redis->loss = E_CANCELLED;
    if (link)
        redisAsyncFree(link->context);
    if (redis->is_looking_up) {
        redis->open_handles++;
        uv_cancel((uv_req_t *)&redis->lookup);
    }
    uv_close((uv_handle_t *)&redis->timer, on_timer_closed);
    uv_close((uv_handle_t *)&redis->flush, on_flush_closed);
}

bool redis_is_up(const struct redis *redis)
{
    return redis->state == UP;
}

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
        uv_timer_start(&redis->timer, on_timer, 0, 0);
        return true;
    }
    return false;
}

/* hiredis calls it once for each command, without a reply when the connection
 * was lost. */
static void on_reply(redisAsyncContext *context, void *data, void *owner)
{
    struct command *command = owner;
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

static int send_command(struct redis *redis, const struct redis_text *arguments,
                        size_t count, int64_t limit_ms, redis_done_fn *done,
                        void *owner)
{
    struct command *command = xcalloc(1, sizeof *command);

    *command = (struct command){
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
        watch_oldest(redis);
    return PENDING;
}

int redis_send(struct redis *redis, const struct redis_text *arguments,
               size_t count, int64_t limit_ms, redis_done_fn *done, void *owner)
{
    if (redis->state != UP || redis->has_to_go)
        return E_UNAVAILABLE;
    if (redis->pending >= redis->pending_max)
        return E_BUSY;
    return send_command(redis, arguments, count, limit_ms, done, owner);
}

/* What comes on a connection that listens: that it does, and messages, each a
 * list of three; or why it cannot. */
static void on_push(void *owner, const redisReply *push)
{
    struct redis *redis = owner;
    const struct redis_reply *list = (const struct redis_reply *)push;
    const char *kind = redis_reply_text(redis_reply_at(list, 0));
    const struct redis_reply *message = redis_reply_at(list, 2);

    if (push->type == REDIS_REPLY_ERROR) {
        if (!must_go(redis, push->str))
            lose(redis, E_CONNECTION, push->str);
    } else if (strcmp(kind, "ssubscribe") == 0) {
        redis->on_message(redis->listener, "", 0);
    } else if (strcmp(kind, "sunsubscribe") == 0) {
        lose(redis, E_CONNECTION, "the channel's slot has moved");
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
    write_line(&redis->line, command, COUNT(command));
    return redisAsyncFormattedCommand(redis->link->context, NULL, NULL,
                                      redis->line.bytes,
                                      redis->line.len) == REDIS_OK
               ? 0
               : E_UNAVAILABLE;
}

struct redis_text redis_text(const char *text)
{
    return (struct redis_text){.bytes = text, .len = strlen(text)};
}
