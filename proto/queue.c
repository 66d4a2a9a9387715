/*
 * queue.c - the connection to a part of the queue, and the functions in queue/
 *
 * Each time a connection comes up, Redis is asked on what terms it keeps what
 * we give it, and gets the functions.  That is one command, and the same text
 * replaces itself, so programs need not agree on who does it.  A Redis that
 * throws keys away is not used; one that refuses the functions, because its
 * memory is full or it has become a replica, cannot be.  Both are asked again:
 * somebody may mend it, and until then nothing else works.  Behind the
 * functions it is asked how many parts there are.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "errors.h"
#include "log.h"
#include "queue.h"
#include "queue_batch.h"
#include "queue_call.h"
#include "queue_functions.h"
#include "text.h"
#include "xalloc.h"

enum {
    COMMAND_MS = 5000,
    ASK_AGAIN_MS = 500,
    PENDING_MAX = 100000,
};

struct queue {
    struct redis *redis;
    char *prefix; /* of this part's keys */
    unsigned parts;
    redis_state_fn *on_state;
    void *owner;
    bool is_up; /* the functions are loaded, and all agree on the parts */
    bool is_destroyed;
    struct redis_terms terms;
    struct redis_terms logged; /* those of them that were told */
    bool was_refused;          /* it was logged */
    uv_timer_t again;          /* when it is asked again */
    struct queue_batch batch;  /* calls of this turn */
};

static void ask_terms(struct queue *queue);

static void on_again_time(uv_timer_t *timer)
{
    ask_terms(container_of(timer, struct queue, again));
}

static void on_refused(struct queue *queue, const char *words)
{
    if (!queue->was_refused)
        log_error("redis: the functions cannot be loaded: %s", words);
    queue->was_refused = true;
    uv_timer_start(&queue->again, on_again_time, ASK_AGAIN_MS, 0);
}

/* Jobs would be looked for in parts in which nobody puts them. */
static void on_agreed(void *owner, int error, const struct redis_reply *reply)
{
    struct queue *queue = owner;
    int64_t parts = redis_reply_integer(reply);

    if (queue->is_destroyed)
        return;
    if (error == E_REFUSED)
        on_refused(queue, redis_reply_text(reply));
    if (error)
        return; /* else the connection is lost, and comes back */
    if (parts != queue->parts)
        fatal(
            "FACEWIRE_LOG_PARTS is %u here, and Redis was filled with %" PRId64
            ": stop everybody and empty Redis to change it",
            queue->parts, parts);
    queue->was_refused = false;
    queue->is_up = true;
    queue->on_state(queue->owner, true);
}

static void on_loaded(void *owner, int error, const struct redis_reply *reply)
{
    struct queue *queue = owner;
    char parts[16];

    if (queue->is_destroyed)
        return;
    if (error == E_REFUSED)
        on_refused(queue, redis_reply_text(reply));
    if (error)
        return;
    snprintf(parts, sizeof parts, "%u", queue->parts);
    if (redis_send(
            queue->redis,
            (struct redis_text[]){redis_text("FCALL"),
                                  redis_text("facewire_agree"), redis_text("1"),
                                  redis_text(queue->prefix), redis_text(parts)},
            5, 0, on_agreed, queue) < 0)
        log_warn("redis: lost before the parts were agreed on");
}

static void load(struct queue *queue)
{
    static const char *const parts[] = {keys_lua,   events_lua, waiting_lua,
                                        leases_lua, live_lua,   limits_lua,
                                        stats_lua};
    struct buffer text = {0};

    for (size_t i = 0; i < COUNT(parts); i++)
        buffer_add_text(&text, parts[i]);
    if (redis_send(queue->redis,
                   (struct redis_text[]){redis_text("FUNCTION"),
                                         redis_text("LOAD"),
                                         redis_text("REPLACE"),
                                         {text.bytes, text.len}},
                   4, 0, on_loaded, queue) < 0)
        log_warn("redis: lost before the functions were loaded");
    buffer_finish(&text);
}

/* Each term is told once, until it is gone and comes back. */
static void log_terms(struct queue *queue)
{
    for (enum redis_term term = 0; term < REDIS_TERMS; term++) {
        if (!queue->terms.has[term] || queue->logged.has[term])
            continue;
        if (term == TERM_EVICTS_ALL)
            log_error("redis: not used: %s", redis_term_sentence(term));
        else
            log_warn("redis: %s", redis_term_sentence(term));
    }
    queue->logged = queue->terms;
}

static void on_terms(void *owner, int error, const struct redis_reply *reply)
{
    struct queue *queue = owner;

    if (queue->is_destroyed || (error && error != E_REFUSED))
        return;
    queue->terms = redis_terms_read(error ? "" : redis_reply_text(reply));
    log_terms(queue);
    if (queue->terms.has[TERM_EVICTS_ALL])
        uv_timer_start(&queue->again, on_again_time, ASK_AGAIN_MS, 0);
    else
        load(queue);
}

static void ask_terms(struct queue *queue)
{
    if (redis_send(queue->redis,
                   (struct redis_text[]){
                       redis_text("INFO"), redis_text("memory"),
                       redis_text("persistence"), redis_text("replication")},
                   4, 0, on_terms, queue) < 0)
        log_warn("redis: lost before it told its terms");
}

static void on_redis_state(void *owner, bool is_up)
{
    struct queue *queue = owner;
    bool was_up = queue->is_up;

    queue->is_up = false;
    queue->terms = (struct redis_terms){{false}};
    uv_timer_stop(&queue->again);
    queue_batch_give_up(&queue->batch, E_CONNECTION);
    if (is_up)
        ask_terms(queue);
    else if (was_up)
        queue->on_state(queue->owner, false);
}

static void send_batch(struct queue *queue)
{
    if (queue->batch.function)
        queue_batch_leave(&queue->batch, queue->redis, queue->prefix);
}

static void on_flush(void *owner)
{
    send_batch(owner);
}

char *queue_key(unsigned part, const char *name)
{
    return xprintf("facewire:{%u}:%s", part, name);
}

struct queue *queue_create(uv_loop_t *loop, const struct queue_options *options,
                           redis_state_fn *on_state, void *owner,
                           char problem[static 256])
{
    struct queue *queue = xcalloc(1, sizeof *queue);
    struct redis_options redis = {.url = options->url,
                                  .name = options->name,
                                  .limit_ms = COMMAND_MS,
                                  .pending_max = PENDING_MAX,
                                  .on_flush = on_flush};

    queue->prefix = queue_key(options->part, "");
    queue->parts = options->parts;
    queue->on_state = on_state;
    queue->owner = owner;
    redis.key = queue->prefix;
    queue->redis = redis_create(loop, &redis, on_redis_state, queue, problem);
    if (!queue->redis) {
        free(queue->prefix);
        free(queue);
        return NULL;
    }
    uv_timer_init(loop, &queue->again);
    return queue;
}

static void on_closed(uv_handle_t *handle)
{
    struct queue *queue =
        container_of((uv_timer_t *)handle, struct queue, again);

    buffer_finish(&queue->batch.bytes);
    free(queue->prefix);
    free(queue);
}

void queue_destroy(struct queue *queue)
{
    if (!queue)
        return;
    queue->is_destroyed = true;
    queue->is_up = false;
    queue_batch_give_up(&queue->batch, E_CANCELLED);
    redis_destroy(queue->redis); /* tells everybody before it returns */
    uv_close((uv_handle_t *)&queue->again, on_closed);
}

bool queue_is_up(const struct queue *queue)
{
    return queue->is_up;
}

const struct redis_terms *queue_terms(const struct queue *queue)
{
    return &queue->terms;
}

const char *queue_prefix(const struct queue *queue)
{
    return queue->prefix;
}

/* Those that were gathered were made before it. */
int queue_send(struct queue *queue, const struct redis_text *texts,
               size_t count, redis_done_fn *done, void *owner)
{
    if (!queue->is_up)
        return E_UNAVAILABLE;
    send_batch(queue);
    return redis_send(queue->redis, texts, count, 0, done, owner);
}

int queue_gather(struct queue *queue, const char *function,
                 const char *const *texts, size_t count, redis_done_fn *done,
                 void *owner)
{
    if (!queue->is_up)
        return E_UNAVAILABLE;
    if (!queue_batch_has_room(&queue->batch, function))
        send_batch(queue);
    queue_batch_join(&queue->batch, function, texts, count, done, owner);
    return PENDING;
}
