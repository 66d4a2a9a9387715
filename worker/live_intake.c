/*
 * live_intake.c - takes live frames
 *
 * One part is asked at a time, so that what is asked for has room.
 */
#include <stdlib.h>

#include "done.h"
#include "live_intake.h"
#include "live_work.h"
#include "random.h"
#include "xalloc.h"

struct live_intake {
    const struct tools *tools;
    void (*on_rest)(void *owner);
    void *owner;
    size_t frames; /* under way */
    bool is_stopped;
    bool is_asking;
    unsigned asked; /* the part that is, or was last */
    unsigned parts;
    bool may_have[]; /* for each part: it rang, or had more than it gave */
};

struct live_intake *live_intake_create(const struct tools *tools,
                                       void (*on_rest)(void *owner),
                                       void *owner)
{
    unsigned parts = queues_count(tools->queues);
    struct live_intake *intake =
        xcalloc(1, sizeof *intake + parts * sizeof intake->may_have[0]);

    intake->tools = tools;
    intake->on_rest = on_rest;
    intake->owner = owner;
    intake->parts = parts;
    intake->asked = (unsigned)random_below(parts);
    return intake;
}

void live_intake_destroy(struct live_intake *intake)
{
    free(intake);
}

void live_intake_stop(struct live_intake *intake)
{
    intake->is_stopped = true;
}

bool live_intake_has_room(const struct live_intake *intake)
{
    return !intake->is_stopped &&
           intake->frames < (size_t)intake->tools->settings->live_frames;
}

size_t live_intake_working(const struct live_intake *intake)
{
    return intake->frames;
}

bool live_intake_is_busy(const struct live_intake *intake)
{
    return intake->frames > 0 || intake->is_asking;
}

static void take(struct live_intake *intake);

static void on_frame_end(void *owner)
{
    struct live_intake *intake = owner;

    intake->frames--;
    take(intake);
    intake->on_rest(intake->owner);
}

static void on_waiting(void *owner, int error, const struct redis_reply *reply)
{
    struct live_intake *intake = owner;

    if (error == 0 && redis_reply_integer(reply) > 0)
        intake->may_have[intake->asked] = true;
}

static void on_frame(void *owner, int error, const struct redis_reply *reply)
{
    struct live_intake *intake = owner;
    const struct redis_reply *meta = redis_reply_at(reply, 0);
    const struct redis_reply *image = redis_reply_at(reply, 1);

    intake->is_asking = false;
    if (error == 0 && redis_reply_len(image) > 0) {
        intake->frames++;
        live_work_start(intake->tools, redis_reply_text(meta),
                        redis_reply_len(meta), redis_reply_text(image),
                        redis_reply_len(image), on_frame_end, intake);
    }
    take(intake);
    intake->on_rest(intake->owner);
}

/* The next part in turn that may have frames; false if none may. */
static bool choose(struct live_intake *intake)
{
    for (unsigned i = 0; i < intake->parts; i++) {
        intake->asked = (intake->asked + 1) % intake->parts;
        if (intake->may_have[intake->asked])
            return true;
    }
    return false;
}

static void take(struct live_intake *intake)
{
    const struct tools *tools = intake->tools;

    while (!intake->is_asking && live_intake_has_room(intake) &&
           choose(intake)) {
        intake->may_have[intake->asked] = false;
        intake->is_asking =
            queue_take_live(queues_at(tools->queues, intake->asked),
                            tools->consumer, on_waiting, on_frame,
                            intake) == PENDING;
    }
}

void live_intake_ring(struct live_intake *intake, unsigned part)
{
    intake->may_have[part] = true;
    take(intake);
}
