/*
 * live_intake.c - takes live frames
 *
 * Each part of the queue is told of room: when there is some again for what
 * came from there, and anew each second, for a frame that was called for may
 * not come and Redis may have forgotten us.  What room there is is told to all
 * parts, so that more frames can come than there is room for: those are held
 * until there is.
 */
#include <stdlib.h>

#include "done.h"
#include "frame_channel.h"
#include "live_intake.h"
#include "live_work.h"
#include "log.h"
#include "xalloc.h"

enum { HELD_MAX = 16 };

/* A part of the queue. */
struct berth {
    struct live_intake *intake;
    unsigned part;
    struct frame_channel *channel;
    /* It may know of less room than there is once a frame is done: one came
     * from it, or it was told that there is none. */
    bool is_owed;
};

/* A frame that waits here. */
struct held {
    struct berth *berth;
    char *meta;
    size_t meta_len;
    void *image;
    size_t image_len;
};

struct live_intake {
    const struct tools *tools;
    void (*on_rest)(void *owner);
    void *owner;
    size_t frames; /* under way */
    struct held held[HELD_MAX];
    size_t held_count;
    bool is_stopped;
    unsigned berth_count;
    struct berth berths[];
};

static size_t limit(const struct live_intake *intake)
{
    return (size_t)intake->tools->settings->live_frames;
}

/* The part's share of the room. */
static size_t room(const struct live_intake *intake)
{
    size_t free_ones = 0;

    if (!intake->is_stopped && intake->frames < limit(intake))
        free_ones = limit(intake) - intake->frames;
    return (free_ones + intake->berth_count - 1) / intake->berth_count;
}

static void await(struct berth *berth)
{
    const struct tools *tools = berth->intake->tools;

    berth->is_owed = room(berth->intake) == 0;
    if (frame_channel_is_open(berth->channel) &&
        queue_await_frames(queues_at(tools->queues, berth->part),
                           tools->consumer, room(berth->intake), NULL,
                           NULL) != PENDING)
        log_debug("live: the queue is away");
}

static void on_frame_end(void *owner);

static void start(struct berth *berth, const char *meta, size_t meta_len,
                  const void *image, size_t image_len)
{
    berth->intake->frames++;
    live_work_start(berth->intake->tools, meta, meta_len, image, image_len,
                    on_frame_end, berth->intake);
}

/* ---- what waits here ---- */

static void hold(struct berth *berth, const char *meta, size_t meta_len,
                 const void *image, size_t image_len)
{
    struct live_intake *intake = berth->intake;

    if (intake->held_count == HELD_MAX) {
        log_debug("live: a frame was dropped: no room");
        return;
    }
    intake->held[intake->held_count++] =
        (struct held){berth, xmemdup(meta, meta_len), meta_len,
                      xmemdup(image, image_len), image_len};
}

static void start_held(struct live_intake *intake)
{
    struct held first = intake->held[0];

    intake->held_count--;
    for (size_t i = 0; i < intake->held_count; i++)
        intake->held[i] = intake->held[i + 1];
    start(first.berth, first.meta, first.meta_len, first.image,
          first.image_len);
    free(first.meta);
    free(first.image);
}

static void on_frame_end(void *owner)
{
    struct live_intake *intake = owner;

    intake->frames--;
    if (intake->held_count > 0)
        start_held(intake);
    for (unsigned i = 0; i < intake->berth_count; i++)
        if (intake->berths[i].is_owed && room(intake) > 0)
            await(&intake->berths[i]);
    intake->on_rest(intake->owner);
}

/* ---- what comes ---- */

static void on_open(void *owner)
{
    await(owner);
}

static void on_frame(void *owner, const char *meta, size_t meta_len,
                     const void *image, size_t image_len)
{
    struct berth *berth = owner;
    const struct live_intake *intake = berth->intake;

    berth->is_owed = true;
    if (image_len == 0)
        await(berth); /* for another one */
    else if (intake->frames < limit(intake))
        start(berth, meta, meta_len, image, image_len);
    else
        hold(berth, meta, meta_len, image, image_len);
}

/* ---- life ---- */

struct live_intake *live_intake_create(const struct tools *tools,
                                       void (*on_rest)(void *owner),
                                       void *owner)
{
    static const struct frame_channel_events events = {on_open, on_frame};
    unsigned parts = queues_count(tools->queues);
    struct live_intake *intake =
        xcalloc(1, sizeof *intake + parts * sizeof intake->berths[0]);
    char problem[256];

    intake->tools = tools;
    intake->on_rest = on_rest;
    intake->owner = owner;
    intake->berth_count = parts;
    for (unsigned i = 0; i < parts; i++) {
        struct berth *berth = &intake->berths[i];

        berth->intake = intake;
        berth->part = i;
        berth->channel =
            frame_channel_create(tools->loop, tools->settings->redis_url, i,
                                 tools->consumer, &events, berth, problem);
        if (!berth->channel)
            fatal("FACEWIRE_REDIS_URL: %s", problem);
    }
    return intake;
}

void live_intake_destroy(struct live_intake *intake)
{
    if (!intake)
        return;
    for (unsigned i = 0; i < intake->berth_count; i++)
        frame_channel_destroy(intake->berths[i].channel);
    free(intake);
}

void live_intake_tick(struct live_intake *intake)
{
    for (unsigned i = 0; i < intake->berth_count; i++)
        await(&intake->berths[i]);
}

/* A server could be told that nobody hears us where we are. */
void live_intake_lost(struct live_intake *intake, unsigned part)
{
    frame_channel_reopen(intake->berths[part].channel);
}

void live_intake_stop(struct live_intake *intake)
{
    intake->is_stopped = true;
    live_intake_tick(intake);
}

size_t live_intake_working(const struct live_intake *intake)
{
    return intake->frames + intake->held_count;
}
