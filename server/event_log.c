/*
 * event_log.c - the event log as this server sees it
 *
 * Each part has a reader; what the readers bring is put into one window in the
 * order in which it comes.
 */
#include <stdlib.h>

#include "event_log.h"
#include "log_reader.h"
#include "window.h"
#include "xalloc.h"

/* Entries read at the start, for those who return. */
enum { HISTORY_COUNT = 5000 };

struct event_log {
    const struct event_log_events *events;
    void *owner;
    struct window *window;
    struct position *position; /* what every part is read up to */
    char *position_text;       /* NULL: to be written anew */
    unsigned parts;
    struct log_reader *readers[];
};

/* ---- from the readers ---- */

static void move_to(struct event_log *log, const struct offset *offset)
{
    position_set(log->position, offset);
    free(log->position_text);
    log->position_text = NULL;
}

static void on_floor(void *owner, const struct offset *floor)
{
    struct event_log *log = owner;

    window_clear(log->window, floor);
}

static void on_entry(void *owner, struct log_entry *entry, bool is_past)
{
    struct event_log *log = owner;

    window_add(log->window, entry);
    if (is_past)
        return;
    move_to(log, &entry->offset);
    log->events->on_entry(log->owner, entry);
}

static void on_live(void *owner, const char *data, size_t len)
{
    struct event_log *log = owner;

    log->events->on_live(log->owner, data, len);
}

static void on_begin(void *owner, const struct offset *position)
{
    move_to(owner, position);
}

static void on_gap(void *owner, const struct offset *from,
                   const struct offset *to)
{
    struct event_log *log = owner;

    move_to(log, to);
    log->events->on_gap(log->owner, from, to);
}

/* ---- life ---- */

struct event_log *event_log_create(uv_loop_t *loop,
                                   const struct event_log_options *options,
                                   const struct event_log_events *events,
                                   void *owner, char problem[static 256])
{
    static const struct log_reader_events reader_events = {
        on_floor, on_entry, on_live, on_begin, on_gap};
    unsigned parts = queues_count(options->queues);
    struct event_log *log =
        xcalloc(1, sizeof *log + parts * sizeof log->readers[0]);
    struct log_reader_options reader = {.redis_url = options->redis_url,
                                        .server = options->server,
                                        .history_count = HISTORY_COUNT / parts};

    log->events = events;
    log->owner = owner;
    log->parts = parts;
    log->window = window_create(options->window_bytes);
    log->position = position_create();
    for (unsigned i = 0; i < parts; i++) {
        reader.part = i;
        reader.queue = queues_at(options->queues, i);
        log->readers[i] =
            log_reader_create(loop, &reader, &reader_events, log, problem);
        if (!log->readers[i]) {
            event_log_destroy(log);
            return NULL;
        }
    }
    return log;
}

void event_log_destroy(struct event_log *log)
{
    if (!log)
        return;
    for (unsigned i = 0; i < log->parts; i++)
        log_reader_destroy(log->readers[i]);
    window_destroy(log->window);
    position_unref(log->position);
    free(log->position_text);
    free(log);
}

void event_log_queue_changed(struct event_log *log, unsigned part, bool is_up)
{
    if (is_up)
        log_reader_look(log->readers[part]);
}

/* ---- for those who listen ---- */

const char *event_log_position(struct event_log *log)
{
    if (!log->position_text)
        log->position_text = position_write(log->position);
    return log->position_text;
}

bool event_log_has_begun(const struct event_log *log)
{
    for (unsigned i = 0; i < log->parts; i++)
        if (!position_at(log->position, i))
            return false;
    return true;
}

bool event_log_is_up(const struct event_log *log)
{
    for (unsigned i = 0; i < log->parts; i++)
        if (!log_reader_is_up(log->readers[i]))
            return false;
    return true;
}

bool event_log_has(const struct event_log *log, const struct position *position)
{
    return position_parts(position) <= log->parts;
}

uint64_t event_log_find(const struct event_log *log,
                        const struct position *after, struct position *lost)
{
    uint64_t first = window_next(log->window);

    for (unsigned part = 0; part < log->parts; part++) {
        const struct offset *here = position_at(log->position, part);
        const struct offset *known = position_at(after, part);
        uint64_t serial;

        assert(here); /* nobody asks before all have begun */
        if (!known || !offset_is_same_log(known, here) ||
            offset_is_after(known, here) ||
            !window_find(log->window, known, &serial))
            position_set(lost, here);
        else if (serial < first)
            first = serial;
    }
    return first;
}

uint64_t event_log_first(const struct event_log *log)
{
    return window_first(log->window);
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
