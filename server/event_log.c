/*
 * event_log.c - the event log as this server sees it
 *
 * Two connections take part: the queue's, which says what the log is called and
 * how long it is, and one of our own, which waits for entries.  Reading begins
 * with a sync: ask for the log's name and end, and decide from where to read.
 * After that, entries are read from a known id, never from "$", so nothing can
 * slip through between two reads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "errors.h"
#include "event.h"
#include "event_log.h"
#include "log.h"
#include "redis.h"
#include "text.h"
#include "window.h"
#include "xalloc.h"

enum {
    READ_COUNT = 512, /* entries at a time */
    BLOCK_MS = 1000,  /* that Redis waits for one */
    READ_LIMIT_MS = 4000,
    HISTORY_COUNT = 5000, /* entries read at the start, for those who return */
    CHECK_MS = 1000,      /* between two looks at what Redis has */
};

struct event_log {
    const struct event_log_events *events;
    void *owner;
    struct queue *queue;
    struct redis *redis;
    char *live_key;
    char live_id[ENTRY_BYTES];
    bool is_redis_up;
    bool is_syncing;
    bool is_reading;
    bool is_destroyed;
    bool has_begun; /* the first sync is done */
    struct offset position;
    char position_text[OFFSET_BYTES];
    struct offset asked; /* the position when the last sync began */
    int64_t added;       /* entries ever added to the log, up to our position */
    struct window *window;
    uv_timer_t check;
};

static void sync_log(struct event_log *log);
static void read_on(struct event_log *log);

/* ---- position ---- */

static void move_to(struct event_log *log, const struct offset *offset)
{
    log->position = *offset;
    offset_write(offset, log->position_text);
}

/* Begins anew at a place of the log, and says what was lost. */
static void jump(struct event_log *log, const struct offset *to)
{
    char from[OFFSET_BYTES];

    text_copy(from, sizeof from, log->position_text);
    log_warn("event log: gap from %s", from);
    move_to(log, to);
    window_clear(log->window, to);
    log->events->on_gap(log->owner, from, log->position_text);
}

/* ---- entries ---- */

static const char *field(const struct redis_reply *fields, const char *name)
{
    for (size_t i = 0; i + 1 < redis_reply_count(fields); i += 2)
        if (strcmp(redis_reply_text(redis_reply_at(fields, i)), name) == 0)
            return redis_reply_text(redis_reply_at(fields, i + 1));
    return "";
}

/* Makes an entry of what Redis has; NULL if it is of another log than ours. */
static struct log_entry *make_entry(const struct event_log *log,
                                    const struct redis_reply *reply)
{
    const struct redis_reply *fields = redis_reply_at(reply, 1);
    struct log_entry *entry;
    struct event event;
    struct buffer text = {0};

    if (strcmp(field(fields, "epoch"), log->position.epoch) != 0)
        return NULL;
    entry = xcalloc(1, sizeof *entry);
    text_copy(entry->offset.epoch, sizeof entry->offset.epoch,
              log->position.epoch);
    if (offset_read_id(redis_reply_text(redis_reply_at(reply, 0)),
                       &entry->offset) < 0)
        log_warn("event log: an entry has no id");
    offset_write(&entry->offset, entry->offset_text);
    clock_text((int64_t)entry->offset.ms, entry->time);
    entry->topic = xstrdup(field(fields, "topic"));
    entry->name = xstrdup(field(fields, "event"));
    entry->job = xstrdup(field(fields, "job"));
    entry->data = xstrdup(field(fields, "data"));
    event = (struct event){.offset = entry->offset_text,
                           .time = entry->time,
                           .topic = entry->topic,
                           .name = entry->name,
                           .job = entry->job[0] ? entry->job : NULL,
                           .data = entry->data};
    event_write(&event, false, &text);
    entry->frame = frame_text(text.bytes, text.len);
    entry->bytes = sizeof *entry + 2 * text.len;
    buffer_finish(&text);
    return entry;
}

/* Takes entries in order; false at the first one of another log. */
static bool take_entries(struct event_log *log, const struct redis_reply *list)
{
    for (size_t i = 0; i < redis_reply_count(list); i++) {
        struct log_entry *entry = make_entry(log, redis_reply_at(list, i));

        if (!entry)
            return false;
        if (!offset_is_after(&entry->offset, &log->position)) {
            log_entry_free(entry); /* read before a jump */
            continue;
        }
        move_to(log, &entry->offset);
        log->added++;
        window_add(log->window, entry);
        log->events->on_entry(log->owner, entry);
    }
    return true;
}

static void take_live(struct event_log *log, const struct redis_reply *list)
{
    for (size_t i = 0; i < redis_reply_count(list); i++) {
        const struct redis_reply *entry = redis_reply_at(list, i);
        const char *data = field(redis_reply_at(entry, 1), "data");

        text_copy(log->live_id, sizeof log->live_id,
                  redis_reply_text(redis_reply_at(entry, 0)));
        log->events->on_live(log->owner, data, strlen(data));
    }
}

/* ---- reading ---- */

/* The reply: a list of streams, each a key and its entries; nothing if no entry
 * came in time. */
static void on_read(void *owner, int error, const struct redis_reply *reply)
{
    struct event_log *log = owner;
    bool is_ours = true;

    log->is_reading = false;
    if (error || log->is_destroyed)
        return; /* the connection is lost, and comes back */
    for (size_t i = 0; i < redis_reply_count(reply); i++) {
        const struct redis_reply *stream = redis_reply_at(reply, i);
        const char *key = redis_reply_text(redis_reply_at(stream, 0));
        const struct redis_reply *entries = redis_reply_at(stream, 1);

        if (strcmp(key, log->live_key) == 0)
            take_live(log, entries);
        else
            is_ours = take_entries(log, entries) && is_ours;
    }
    if (is_ours)
        read_on(log);
    else
        sync_log(log);
}

static void read_on(struct event_log *log)
{
    char id[ENTRY_BYTES], count[16], block[16];

    if (!log->is_redis_up || log->is_reading || log->is_syncing ||
        !log->has_begun || log->is_destroyed)
        return;
    snprintf(id, sizeof id, "%llu-%llu", (unsigned long long)log->position.ms,
             (unsigned long long)log->position.sequence);
    snprintf(count, sizeof count, "%d", READ_COUNT);
    snprintf(block, sizeof block, "%d", BLOCK_MS);
    log->is_reading =
        redis_send(log->redis,
                   (struct redis_text[]){
                       redis_text("XREAD"), redis_text("COUNT"),
                       redis_text(count), redis_text("BLOCK"),
                       redis_text(block), redis_text("STREAMS"),
                       redis_text(QUEUE_EVENTS), redis_text(log->live_key),
                       redis_text(id), redis_text(log->live_id)},
                   10, READ_LIMIT_MS, on_read, log) == PENDING;
}

/* ---- the first sync ---- */

/* XREVRANGE gives the newest first. */
static void on_history(void *owner, int error, const struct redis_reply *reply)
{
    struct event_log *log = owner;
    size_t count = redis_reply_count(reply);

    log->is_syncing = false;
    if (error || log->is_destroyed)
        return;
    for (size_t i = count; i-- > 0;) {
        struct log_entry *entry = make_entry(log, redis_reply_at(reply, i));

        if (!entry)
            continue;
        /* What lies before the first is unknown, unless nothing does. */
        if (i == count - 1 && log->added > (int64_t)count)
            window_clear(log->window, &entry->offset);
        if (!offset_is_after(&entry->offset, &log->position))
            window_add(log->window, entry);
        else
            log_entry_free(entry); /* it will be read as news */
    }
    log->has_begun = true;
    log_info("event log: at %s", log->position_text);
    read_on(log);
}

static void begin(struct event_log *log, const struct offset *end,
                  int64_t added)
{
    struct offset first = *end;
    char count[16];

    move_to(log, end);
    log->added = added;
    first.ms = first.sequence = 0;
    window_clear(log->window, &first);
    snprintf(count, sizeof count, "%d", HISTORY_COUNT);
    log->is_syncing =
        redis_send(log->redis,
                   (struct redis_text[]){
                       redis_text("XREVRANGE"), redis_text(QUEUE_EVENTS),
                       redis_text("+"), redis_text("-"), redis_text("COUNT"),
                       redis_text(count)},
                   6, 0, on_history, log) == PENDING;
}

/* ---- looking whether anything was skipped ---- */

/*
 * What Redis had when it was asked: the log's end, how many entries were ever
 * added, and how many it keeps.  Those between our position and the end are
 * still to be read; if it keeps fewer, or if we are at the end and have counted
 * differently, some were cut off unread.  A position behind the end is no news,
 * since the other connection reads on meanwhile; but an end that lies before
 * the position from which we asked is that of a Redis which lost its last
 * entries.
 */
static void compare(struct event_log *log, const struct offset *end,
                    int64_t added, int64_t kept)
{
    struct offset first = *end;
    bool is_behind = offset_is_after(end, &log->position);
    bool is_at_end = !is_behind && !offset_is_after(&log->position, end);

    if (!offset_is_same_log(end, &log->position)) {
        first.ms = first.sequence = 0;
        log->added = 0;
        jump(log, &first);
    } else if (offset_is_after(&log->asked, end) ||
               (is_behind && added - log->added > kept) ||
               (is_at_end && added != log->added)) {
        log->added = added;
        jump(log, end);
    }
}

static void on_log(void *owner, int error, const struct redis_reply *reply)
{
    struct event_log *log = owner;
    struct offset end = {0};
    int64_t added;

    log->is_syncing = false;
    if (error || log->is_destroyed)
        return;
    text_copy(end.epoch, sizeof end.epoch,
              redis_reply_text(redis_reply_at(reply, 0)));
    if (offset_read_id(redis_reply_text(redis_reply_at(reply, 1)), &end) < 0)
        return;
    added = redis_reply_integer(redis_reply_at(reply, 2));
    if (!log->has_begun) {
        begin(log, &end, added);
        return;
    }
    compare(log, &end, added, redis_reply_integer(redis_reply_at(reply, 3)));
    read_on(log);
}

/* Also while a read waits: it goes on from where it is, and if the log turns
 * out to be another one its entries are refused. */
static void sync_log(struct event_log *log)
{
    if (!log->is_redis_up || log->is_syncing || log->is_destroyed ||
        !queue_is_up(log->queue))
        return;
    log->asked = log->position;
    log->is_syncing = queue_log(log->queue, on_log, log) == PENDING;
}

static void on_check(uv_timer_t *timer)
{
    sync_log(container_of(timer, struct event_log, check));
}

/* ---- life ---- */

static void on_redis_state(void *owner, bool is_up)
{
    struct event_log *log = owner;

    log->is_redis_up = is_up;
    if (!is_up)
        log->is_reading = false;
    else
        sync_log(log);
}

void event_log_queue_changed(struct event_log *log, bool is_up)
{
    if (is_up)
        sync_log(log);
}

struct event_log *event_log_create(uv_loop_t *loop, const char *redis_url,
                                   struct queue *queue, const char *server,
                                   size_t window_bytes,
                                   const struct event_log_events *events,
                                   void *owner, char problem[static 256])
{
    struct event_log *log = xcalloc(1, sizeof *log);
    struct redis_options options = {.url = redis_url,
                                    .name = "facewire-events",
                                    .limit_ms = READ_LIMIT_MS,
                                    .pending_max = 16};

    log->events = events;
    log->owner = owner;
    log->queue = queue;
    log->live_key = xprintf("%s%s", QUEUE_LIVE_OUT, server);
    text_copy(log->live_id, sizeof log->live_id, "0-0");
    log->window = window_create(window_bytes);
    uv_timer_init(loop, &log->check);
    uv_timer_start(&log->check, on_check, CHECK_MS, CHECK_MS);
    log->redis = redis_create(loop, &options, on_redis_state, log, problem);
    if (!log->redis) {
        event_log_destroy(log);
        return NULL;
    }
    return log;
}

static void on_closed(uv_handle_t *handle)
{
    struct event_log *log = container_of(handle, struct event_log, check);

    window_destroy(log->window);
    free(log->live_key);
    free(log);
}

/* The queue is destroyed after us, so its answers may still come before the
 * loop closes the timer. */
void event_log_destroy(struct event_log *log)
{
    if (!log)
        return;
    log->is_destroyed = true;
    redis_destroy(log->redis);
    uv_close((uv_handle_t *)&log->check, on_closed);
}

const char *event_log_position(const struct event_log *log)
{
    return log->position_text;
}

bool event_log_has_begun(const struct event_log *log)
{
    return log->has_begun;
}

bool event_log_is_up(const struct event_log *log)
{
    return log->is_redis_up && log->has_begun;
}

bool event_log_find(const struct event_log *log, const struct offset *after,
                    uint64_t *serial)
{
    return log->has_begun && offset_is_same_log(after, &log->position) &&
           !offset_is_after(after, &log->position) &&
           window_find(log->window, after, serial);
}

uint64_t event_log_next(const struct event_log *log)
{
    return window_next(log->window);
}

const struct log_entry *event_log_at(const struct event_log *log,
                                     uint64_t serial)
{
    return window_at(log->window, serial);
}
