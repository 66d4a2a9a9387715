/*
 * queue.c - the queue conversation: calls of the functions in queue/
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
#include "queue_functions.h"
#include "text.h"
#include "xalloc.h"

enum {
    COMMAND_MS = 5000,
    ASK_AGAIN_MS = 500,
    PENDING_MAX = 100000,
    EVENTS_KEPT = 100000, /* in the log; the oldest are cut off */
    HEAD_ARGUMENTS = 4,   /* FCALL name 1 prefix */
    TAKEN_MAX = 1024,
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
};

/* ---- the connection ---- */

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
    if (is_up)
        ask_terms(queue);
    else if (was_up)
        queue->on_state(queue->owner, false);
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
                                  .pending_max = PENDING_MAX};

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

    free(queue->prefix);
    free(queue);
}

void queue_destroy(struct queue *queue)
{
    if (!queue)
        return;
    queue->is_destroyed = true;
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

/* ---- calling ---- */

/* The arguments of a call as they are gathered.  Numbers are written into room
 * of their own. */
struct call {
    struct redis_text texts[16];
    size_t count;
    char numbers[8][32];
    size_t number_count;
};

static void add_text(struct call *call, const char *text)
{
    assert(call->count < COUNT(call->texts));
    call->texts[call->count++] = redis_text(text);
}

static void add_number(struct call *call, int64_t number)
{
    char *place = call->numbers[call->number_count++];

    assert(call->number_count <= COUNT(call->numbers));
    snprintf(place, sizeof call->numbers[0], "%" PRId64, number);
    add_text(call, place);
}

static void begin(struct call *call, const struct queue *queue,
                  const char *function)
{
    call->count = call->number_count = 0;
    add_text(call, "FCALL");
    add_text(call, function);
    add_text(call, "1");
    add_text(call, queue->prefix);
}

static int send_texts(struct queue *queue, const struct redis_text *texts,
                      size_t count, redis_done_fn *done, void *owner)
{
    if (!queue->is_up)
        return E_UNAVAILABLE;
    return redis_send(queue->redis, texts, count, 0, done, owner);
}

static int send_call(struct queue *queue, const struct call *call,
                     redis_done_fn *done, void *owner)
{
    return send_texts(queue, call->texts, call->count, done, owner);
}

static void add_event(struct call *call, const struct queue_event *event)
{
    add_text(call, event->name);
    add_text(call, event->topic);
    add_text(call, event->data);
    add_number(call, EVENTS_KEPT);
}

/* What follows an event that the job's stages go along with. */
static void add_stages(struct call *call, const struct queue_event *event)
{
    add_text(call, event->stages ? event->stages : "");
}

static void add_lease(struct call *call, const struct lease *lease)
{
    add_text(call, lease->entry);
    add_text(call, lease->job.id);
    add_text(call, lease->job.account);
}

int queue_add(struct queue *queue, const struct queued_job *job,
              int64_t delay_ms, const struct queue_event *queued,
              redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_add");
    add_text(&call, job->id);
    add_text(&call, job->account);
    add_number(&call, job->priority);
    add_number(&call, delay_ms);
    add_text(&call, queued->topic);
    add_text(&call, queued->data);
    add_number(&call, EVENTS_KEPT);
    add_stages(&call, queued);
    return send_call(queue, &call, done, owner);
}

int queue_take(struct queue *queue, const char *consumer, size_t count,
               size_t cap, redis_done_fn *done, void *owner)
{
    struct call call;

    assert(count > 0 && count <= TAKEN_MAX);
    begin(&call, queue, "facewire_take");
    add_text(&call, consumer);
    add_number(&call, (int64_t)count);
    add_number(&call, (int64_t)cap);
    return send_call(queue, &call, done, owner);
}

int queue_beat(struct queue *queue, const char *consumer,
               const struct lease *leases, size_t count, redis_done_fn *done,
               void *owner)
{
    static const char *const digits[PRIORITIES] = {"0", "1"};
    struct redis_text *texts =
        xcalloc(HEAD_ARGUMENTS + 1 + 4 * count, sizeof *texts);
    struct call call;
    size_t used;
    int result;

    begin(&call, queue, "facewire_beat");
    add_text(&call, consumer);
    used = call.count;
    memcpy(texts, call.texts, used * sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        texts[used++] = redis_text(leases[i].entry);
        texts[used++] = redis_text(leases[i].job.id);
        texts[used++] = redis_text(leases[i].job.account);
        texts[used++] = redis_text(digits[leases[i].job.priority]);
    }
    result = send_texts(queue, texts, used, done, owner);
    free(texts);
    return result;
}

int queue_sweep(struct queue *queue, const char *consumer, int64_t lease_ms,
                size_t count, redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_sweep");
    add_text(&call, consumer);
    add_number(&call, lease_ms);
    add_number(&call, (int64_t)count);
    return send_call(queue, &call, done, owner);
}

size_t queue_read_leases(const struct redis_reply *reply, size_t first,
                         struct lease *leases, size_t most)
{
    size_t count = 0;

    for (size_t i = first; i + 3 < redis_reply_count(reply) && count < most;
         i += 4) {
        struct lease *lease = &leases[count++];

        text_copy(lease->entry, sizeof lease->entry,
                  redis_reply_text(redis_reply_at(reply, i)));
        text_copy(lease->job.id, sizeof lease->job.id,
                  redis_reply_text(redis_reply_at(reply, i + 1)));
        text_copy(lease->job.account, sizeof lease->job.account,
                  redis_reply_text(redis_reply_at(reply, i + 2)));
        lease->job.priority =
            redis_reply_integer(redis_reply_at(reply, i + 3)) == 0
                ? PRIORITY_INTERACTIVE
                : PRIORITY_BACKFILL;
    }
    return count;
}

int queue_progress(struct queue *queue, const char *job, int64_t attempt,
                   const struct queue_event *event, redis_done_fn *done,
                   void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_progress");
    add_text(&call, job);
    add_number(&call, attempt);
    add_event(&call, event);
    return send_call(queue, &call, done, owner);
}

int queue_finish(struct queue *queue, const struct lease *lease,
                 const struct queue_event *event, redis_done_fn *done,
                 void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_finish");
    add_lease(&call, lease);
    add_event(&call, event);
    add_stages(&call, event);
    return send_call(queue, &call, done, owner);
}

int queue_drop(struct queue *queue, const struct lease *lease,
               const struct queue_event *event, redis_done_fn *done,
               void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_drop");
    add_lease(&call, lease);
    add_event(&call, event);
    return send_call(queue, &call, done, owner);
}

int queue_delay(struct queue *queue, const struct lease *lease,
                int64_t delay_ms, redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_delay");
    add_lease(&call, lease);
    add_number(&call, lease->job.priority);
    add_number(&call, delay_ms);
    return send_call(queue, &call, done, owner);
}

int queue_hand_back(struct queue *queue, const struct lease *lease,
                    redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_hand_back");
    add_lease(&call, lease);
    add_number(&call, lease->job.priority);
    return send_call(queue, &call, done, owner);
}

int queue_offer(struct queue *queue, const char *session, const char *server,
                size_t cap, redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_offer");
    add_text(&call, session);
    add_text(&call, server);
    add_number(&call, (int64_t)cap);
    return send_call(queue, &call, done, owner);
}

int queue_await_frames(struct queue *queue, const char *consumer, size_t room,
                       redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_await_frames");
    add_text(&call, consumer);
    add_number(&call, (int64_t)room);
    return send_call(queue, &call, done, owner);
}

/* By a channel of the part's slot: what goes through a function is hashed by
 * its interpreter, byte by byte. */
int queue_give_frame(struct queue *queue, const char *consumer,
                     const void *frame, size_t len, redis_done_fn *done,
                     void *owner)
{
    char *channel = xprintf("%slive:to:%s", queue->prefix, consumer);
    const struct redis_text texts[] = {
        redis_text("SPUBLISH"), redis_text(channel), {frame, len}};
    int result = send_texts(queue, texts, COUNT(texts), done, owner);

    free(channel);
    return result;
}

int queue_live_result(struct queue *queue, const char *server, const char *data,
                      redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_live_result");
    add_text(&call, server);
    add_text(&call, data);
    return send_call(queue, &call, done, owner);
}

int queue_limit(struct queue *queue, const struct queue_rate *rate,
                redis_done_fn *done, void *owner)
{
    struct call call;
    char number[32];

    begin(&call, queue, "facewire_limit");
    add_text(&call, rate->operation);
    add_text(&call, rate->job);
    snprintf(number, sizeof number, "%.3f", rate->rate);
    add_text(&call, number);
    add_number(&call, (int64_t)rate->cost);
    add_text(&call, rate->is_backfill ? "1" : "0");
    add_number(&call, rate->patience_ms);
    return send_call(queue, &call, done, owner);
}

int queue_slow_down(struct queue *queue, const char *operation,
                    redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_slow_down");
    add_text(&call, operation);
    return send_call(queue, &call, done, owner);
}

int queue_stats(struct queue *queue, redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_stats");
    return send_call(queue, &call, done, owner);
}

int queue_tell_recognition(struct queue *queue, const char *failure,
                           redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_tell_recognition");
    add_text(&call, failure);
    return send_call(queue, &call, done, owner);
}

int queue_workers(struct queue *queue, redis_done_fn *done, void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_workers");
    return send_call(queue, &call, done, owner);
}

int queue_log(struct queue *queue, const char *id, redis_done_fn *done,
              void *owner)
{
    struct call call;

    begin(&call, queue, "facewire_log");
    add_text(&call, id);
    return send_call(queue, &call, done, owner);
}
