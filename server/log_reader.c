/*
 * log_reader.c - one part of the event log
 *
 * Two connections take part: the queue's, which says what the log is called and
 * how long it is, and one of our own, which waits for entries.  Reading begins
 * with a sync: ask for the log's name and end, and decide from where to read.
 * After that, entries are read from a known id, never from "$", so nothing can
 * slip through between two reads.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "errors.h"
#include "event.h"
#include "log.h"
#include "log_reader.h"
#include "redis.h"
#include "text.h"
#include "window.h"
#include "xalloc.h"

enum {
    READ_COUNT = 512, /* entries at a time */
    BLOCK_MS = 1000,  /* that Redis waits for one */
    READ_LIMIT_MS = 4000,
    CHECK_MS = 1000, /* between two looks at what Redis has */
};

struct log_reader {
    const struct log_reader_events *events;
    void *owner;
    struct queue *queue;
    struct redis *redis;
    char *events_key;
    char *live_key;
    char live_id[ENTRY_BYTES];
    size_t history_count;
    bool is_redis_up;
    bool is_syncing;
    bool is_reading;
    bool is_destroyed;
    bool has_begun; /* the first sync is done */
    struct offset position;
    int64_t added;       /* entries ever added to the log, up to our position */
    struct offset asked; /* the position when the last sync began */
    int64_t asked_added; /* `added` at that time */
    uv_timer_t check;
};

static void sync_log(struct log_reader *reader);
static void read_on(struct log_reader *reader);

/* Begins anew at a place of the log, and says what was lost. */
static void jump(struct log_reader *reader, const struct offset *to)
{
    struct offset from = reader->position;
    char text[OFFSET_BYTES];

    offset_write(&from, text);
    log_warn("event log: gap from %s", text);
    reader->position = *to;
    reader->events->on_floor(reader->owner, to);
    reader->events->on_gap(reader->owner, &from, to);
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
static struct log_entry *make_entry(const struct log_reader *reader,
                                    const struct redis_reply *reply)
{
    const struct redis_reply *fields = redis_reply_at(reply, 1);
    struct log_entry *entry;
    struct event event;
    struct buffer text = {0};

    if (strcmp(field(fields, "epoch"), reader->position.epoch) != 0)
        return NULL;
    entry = xcalloc(1, sizeof *entry);
    entry->offset = reader->position;
    if (offset_read_id(redis_reply_text(redis_reply_at(reply, 0)),
                       &entry->offset) < 0)
        log_warn("event log: an entry has no id");
    offset_write(&entry->offset, entry->offset_text);
    clock_text((int64_t)entry->offset.ms, entry->time);
    entry->topic = xstrdup(field(fields, "topic"));
    entry->name = xstrdup(field(fields, "event"));
    entry->job = xstrdup(field(fields, "job"));
    entry->data = xstrdup(field(fields, "data"));
    entry->stages = xstrdup(field(fields, "stages"));
    event = (struct event){.offset = entry->offset_text,
                           .time = entry->time,
                           .topic = entry->topic,
                           .name = entry->name,
                           .job = entry->job[0] ? entry->job : NULL,
                           .data = entry->data};
    event_write(&event, false, &text);
    entry->frame = frame_text(text.bytes, text.len);
    entry->bytes = sizeof *entry + 2 * text.len + strlen(entry->stages);
    buffer_finish(&text);
    return entry;
}

/* Takes entries in order; false at the first one of another log. */
static bool take_entries(struct log_reader *reader,
                         const struct redis_reply *list)
{
    for (size_t i = 0; i < redis_reply_count(list); i++) {
        struct log_entry *entry = make_entry(reader, redis_reply_at(list, i));

        if (!entry)
            return false;
        if (!offset_is_after(&entry->offset, &reader->position)) {
            log_entry_free(entry); /* read before a jump */
            continue;
        }
        reader->position = entry->offset;
        reader->added++;
        reader->events->on_entry(reader->owner, entry, false);
    }
    return true;
}

static void take_live(struct log_reader *reader, const struct redis_reply *list)
{
    for (size_t i = 0; i < redis_reply_count(list); i++) {
        const struct redis_reply *entry = redis_reply_at(list, i);
        const char *data = field(redis_reply_at(entry, 1), "data");

        text_copy(reader->live_id, sizeof reader->live_id,
                  redis_reply_text(redis_reply_at(entry, 0)));
        reader->events->on_live(reader->owner, data, strlen(data));
    }
}

/* ---- reading ---- */

/* The reply: a list of streams, each a key and its entries; nothing if no entry
 * came in time. */
static void on_read(void *owner, int error, const struct redis_reply *reply)
{
    struct log_reader *reader = owner;
    bool is_ours = true;

    reader->is_reading = false;
    if (error || reader->is_destroyed)
        return; /* the connection is lost, and comes back */
    for (size_t i = 0; i < redis_reply_count(reply); i++) {
        const struct redis_reply *stream = redis_reply_at(reply, i);
        const char *key = redis_reply_text(redis_reply_at(stream, 0));
        const struct redis_reply *entries = redis_reply_at(stream, 1);

        if (strcmp(key, reader->live_key) == 0)
            take_live(reader, entries);
        else
            is_ours = take_entries(reader, entries) && is_ours;
    }
    if (is_ours)
        read_on(reader);
    else
        sync_log(reader);
}

/* As Redis has it. */
static void write_id(const struct offset *offset, char id[static ENTRY_BYTES])
{
    snprintf(id, ENTRY_BYTES, "%" PRIu64 "-%" PRIu64, offset->ms,
             offset->sequence);
}

static void read_on(struct log_reader *reader)
{
    char id[ENTRY_BYTES], count[16], block[16];

    if (!reader->is_redis_up || reader->is_reading || reader->is_syncing ||
        !reader->has_begun || reader->is_destroyed)
        return;
    write_id(&reader->position, id);
    snprintf(count, sizeof count, "%d", READ_COUNT);
    snprintf(block, sizeof block, "%d", BLOCK_MS);
    reader->is_reading =
        redis_send(
            reader->redis,
            (struct redis_text[]){
                redis_text("XREAD"), redis_text("COUNT"), redis_text(count),
                redis_text("BLOCK"), redis_text(block), redis_text("STREAMS"),
                redis_text(reader->events_key), redis_text(reader->live_key),
                redis_text(id), redis_text(reader->live_id)},
            10, READ_LIMIT_MS, on_read, reader) == PENDING;
}

/* ---- the first sync ---- */

/* XREVRANGE gives the newest first. */
static void on_history(void *owner, int error, const struct redis_reply *reply)
{
    struct log_reader *reader = owner;
    size_t count = redis_reply_count(reply);
    char text[OFFSET_BYTES];

    reader->is_syncing = false;
    if (error || reader->is_destroyed)
        return;
    for (size_t i = count; i-- > 0;) {
        struct log_entry *entry = make_entry(reader, redis_reply_at(reply, i));

        if (!entry)
            continue;
        /* What lies before the first is unknown, unless nothing does. */
        if (i == count - 1 && reader->added > (int64_t)count)
            reader->events->on_floor(reader->owner, &entry->offset);
        if (!offset_is_after(&entry->offset, &reader->position))
            reader->events->on_entry(reader->owner, entry, true);
        else
            log_entry_free(entry); /* it will be read as news */
    }
    reader->has_begun = true;
    offset_write(&reader->position, text);
    log_info("event log: at %s", text);
    reader->events->on_begin(reader->owner, &reader->position);
    read_on(reader);
}

static void begin(struct log_reader *reader, const struct offset *end,
                  int64_t added)
{
    struct offset first = *end;
    char count[16];

    reader->position = *end;
    reader->added = added;
    first.ms = first.sequence = 0;
    reader->events->on_floor(reader->owner, &first);
    snprintf(count, sizeof count, "%zu", reader->history_count);
    reader->is_syncing =
        redis_send(reader->redis,
                   (struct redis_text[]){
                       redis_text("XREVRANGE"), redis_text(reader->events_key),
                       redis_text("+"), redis_text("-"), redis_text("COUNT"),
                       redis_text(count)},
                   6, 0, on_history, reader) == PENDING;
}

/* ---- looking whether anything was skipped ---- */

/* What Redis had when it was asked. */
struct extent {
    struct offset end;
    int64_t added;  /* entries, ever */
    int64_t kept;   /* of those */
    bool has_asked; /* the entry of the position from which we asked is kept */
};

/* A Redis that lost its last entries, as a replica can that took over, has an
 * end before the position from which we asked; or it has added others since,
 * and not the entry there.  That is missing, too, where all up to it were cut
 * off: then as many are kept as came later. */
static bool has_lost_its_last(const struct log_reader *reader,
                              const struct extent *extent)
{
    bool is_cut = extent->added - reader->asked_added >= extent->kept;

    if (offset_is_after(&reader->asked, &extent->end))
        return true;
    return reader->asked.ms > 0 && !extent->has_asked && !is_cut &&
           !offset_is_after(&reader->position, &extent->end);
}

/*
 * Entries between our position and the end are still to be read; if fewer are
 * kept, or if we are at the end and have counted differently, some were cut off
 * unread.  A position behind the end is no news, since the other connection
 * reads on meanwhile.
 */
static void compare(struct log_reader *reader, const struct extent *extent)
{
    const struct offset *end = &extent->end;
    bool is_behind = offset_is_after(end, &reader->position);
    bool is_at_end = !is_behind && !offset_is_after(&reader->position, end);

    if (!offset_is_same_log(end, &reader->position)) {
        struct offset first = *end;

        first.ms = first.sequence = 0;
        reader->added = 0;
        jump(reader, &first);
    } else if (has_lost_its_last(reader, extent) ||
               (is_behind && extent->added - reader->added > extent->kept) ||
               (is_at_end && extent->added != reader->added)) {
        reader->added = extent->added;
        jump(reader, end);
    }
}

static void on_log(void *owner, int error, const struct redis_reply *reply)
{
    struct log_reader *reader = owner;
    struct extent extent = {.end.part = reader->position.part};

    reader->is_syncing = false;
    if (error || reader->is_destroyed)
        return;
    text_copy(extent.end.epoch, sizeof extent.end.epoch,
              redis_reply_text(redis_reply_at(reply, 0)));
    if (offset_read_id(redis_reply_text(redis_reply_at(reply, 1)),
                       &extent.end) < 0)
        return;
    extent.added = redis_reply_integer(redis_reply_at(reply, 2));
    extent.kept = redis_reply_integer(redis_reply_at(reply, 3));
    extent.has_asked = redis_reply_integer(redis_reply_at(reply, 4)) > 0;
    if (!reader->has_begun) {
        begin(reader, &extent.end, extent.added);
        return;
    }
    compare(reader, &extent);
    read_on(reader);
}

/* Also while a read waits: it goes on from where it is, and if the log turns
 * out to be another one its entries are refused. */
static void sync_log(struct log_reader *reader)
{
    char id[ENTRY_BYTES];

    if (!reader->is_redis_up || reader->is_syncing || reader->is_destroyed ||
        !queue_is_up(reader->queue))
        return;
    reader->asked = reader->position;
    reader->asked_added = reader->added;
    write_id(&reader->position, id);
    reader->is_syncing =
        queue_log(reader->queue, id, on_log, reader) == PENDING;
}

static void on_check(uv_timer_t *timer)
{
    sync_log(container_of(timer, struct log_reader, check));
}

/* ---- life ---- */

static void on_redis_state(void *owner, bool is_up)
{
    struct log_reader *reader = owner;

    reader->is_redis_up = is_up;
    if (!is_up)
        reader->is_reading = false;
    else
        sync_log(reader);
}

void log_reader_look(struct log_reader *reader)
{
    sync_log(reader);
}

struct log_reader *log_reader_create(uv_loop_t *loop,
                                     const struct log_reader_options *options,
                                     const struct log_reader_events *events,
                                     void *owner, char problem[static 256])
{
    struct log_reader *reader = xcalloc(1, sizeof *reader);
    char *live = xprintf("live:out:%s", options->server);
    struct redis_options redis = {.url = options->redis_url,
                                  .name = "facewire-events",
                                  .limit_ms = READ_LIMIT_MS,
                                  .pending_max = 16};

    reader->events = events;
    reader->owner = owner;
    reader->queue = options->queue;
    reader->position.part = options->part;
    reader->history_count = options->history_count;
    redis.key = reader->events_key = queue_key(options->part, "events");
    reader->live_key = queue_key(options->part, live);
    text_copy(reader->live_id, sizeof reader->live_id, "0-0");
    free(live);
    uv_timer_init(loop, &reader->check);
    uv_timer_start(&reader->check, on_check, CHECK_MS, CHECK_MS);
    reader->redis = redis_create(loop, &redis, on_redis_state, reader, problem);
    if (!reader->redis) {
        log_reader_destroy(reader);
        return NULL;
    }
    return reader;
}

static void on_closed(uv_handle_t *handle)
{
    struct log_reader *reader = container_of(handle, struct log_reader, check);

    free(reader->events_key);
    free(reader->live_key);
    free(reader);
}

/* The queue's answers may still come before the loop closes the timer. */
void log_reader_destroy(struct log_reader *reader)
{
    if (!reader)
        return;
    reader->is_destroyed = true;
    redis_destroy(reader->redis);
    uv_close((uv_handle_t *)&reader->check, on_closed);
}

bool log_reader_is_up(const struct log_reader *reader)
{
    return reader->is_redis_up && reader->has_begun;
}
