/*
 * live_desk.c - frames that wait for a worker
 *
 * A frame lies here until it is given away, replaced, or too old.  One that
 * nobody heard, since its worker is gone, is put back and offered again, unless
 * a newer one has come meanwhile: each try takes a worker off the queue's list,
 * so that comes to an end.
 */
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "errors.h"
#include "json.h"
#include "live_desk.h"
#include "random.h"
#include "text.h"
#include "xalloc.h"

enum {
    FRAMES_MAX = 64,  /* that lie here, of 512 KB at most */
    WAITING_MAX = 64, /* sessions that wait, in a part of the queue */
};

struct frame {
    struct live_desk *desk;
    char session[RANDOM_NAME_BYTES];
    struct buffer bytes;
    struct wheel_entry expiry; /* while it lies here */
    bool is_late;              /* it is too old by now */
};

struct live_desk {
    struct services *services;
    struct frame *frames[FRAMES_MAX]; /* by when they began to wait */
    size_t count;
};

/* What is asked of the queue. */
struct errand {
    struct live_desk *desk;
    char session[RANDOM_NAME_BYTES];
    struct frame *frame; /* that is on its way to a worker; NULL: none is */
};

struct live_desk *live_desk_create(struct services *services)
{
    struct live_desk *desk = xcalloc(1, sizeof *desk);

    desk->services = services;
    return desk;
}

static void frame_destroy(struct frame *frame)
{
    if (!frame)
        return;
    wheel_cancel(&frame->expiry);
    buffer_finish(&frame->bytes);
    free(frame);
}

void live_desk_destroy(struct live_desk *desk)
{
    if (!desk)
        return;
    for (size_t i = 0; i < desk->count; i++)
        frame_destroy(desk->frames[i]);
    free(desk);
}

/* ---- what lies here ---- */

static size_t find(const struct live_desk *desk, const char *session)
{
    size_t i = 0;

    while (i < desk->count && strcmp(desk->frames[i]->session, session) != 0)
        i++;
    return i;
}

static struct frame *remove_at(struct live_desk *desk, size_t index)
{
    struct frame *frame = desk->frames[index];

    desk->count--;
    for (size_t i = index; i < desk->count; i++)
        desk->frames[i] = desk->frames[i + 1];
    return frame;
}

static struct frame *take(struct live_desk *desk, const char *session)
{
    size_t i = find(desk, session);

    return i < desk->count ? remove_at(desk, i) : NULL;
}

static void drop(struct live_desk *desk, struct frame *frame)
{
    if (!frame)
        return;
    desk->services->counters->dropped_frames++;
    frame_destroy(frame);
}

static void on_late(struct wheel_entry *entry)
{
    struct frame *frame = container_of(entry, struct frame, expiry);
    struct live_desk *desk = frame->desk;
    size_t i = find(desk, frame->session);

    frame->is_late = true;
    if (i < desk->count && desk->frames[i] == frame)
        frame_destroy(remove_at(desk, i));
}

/* In the place of the one that is replaced: its session has waited since. */
static void put(struct live_desk *desk, struct frame *frame)
{
    size_t i = find(desk, frame->session);

    if (i < desk->count) {
        drop(desk, desk->frames[i]);
        desk->frames[i] = frame;
        return;
    }
    if (desk->count == FRAMES_MAX)
        drop(desk, remove_at(desk, 0));
    desk->frames[desk->count++] = frame;
}

/* ---- the queue ---- */

static struct queue *queue_of(const struct live_desk *desk, const char *session)
{
    return queues_of(desk->services->queues, session);
}

static struct errand *errand_create(struct live_desk *desk, const char *session)
{
    struct errand *errand = xcalloc(1, sizeof *errand);

    errand->desk = desk;
    text_copy(errand->session, sizeof errand->session, session);
    return errand;
}

static int offer(struct live_desk *desk, const char *session);

static void put_back(struct live_desk *desk, struct frame *frame)
{
    char session[RANDOM_NAME_BYTES];

    text_copy(session, sizeof session, frame->session);
    if (frame->is_late || find(desk, session) < desk->count) {
        drop(desk, frame);
        return;
    }
    put(desk, frame);
    if (offer(desk, session) != PENDING)
        drop(desk, take(desk, session));
}

static void on_given(void *owner, int error, const struct redis_reply *reply)
{
    struct errand *errand = owner;

    if (errand->frame && error == 0 && redis_reply_integer(reply) == 0)
        put_back(errand->desk, errand->frame);
    else if (errand->frame && error)
        drop(errand->desk, errand->frame);
    else
        frame_destroy(errand->frame);
    free(errand);
}

/* Gives the session's frame to a worker, or nothing, so that it need not wait
 * for one that is gone. */
static void give(struct live_desk *desk, const char *session,
                 const char *consumer)
{
    struct errand *errand = errand_create(desk, session);
    const struct buffer *bytes;

    errand->frame = take(desk, session);
    bytes = errand->frame ? &errand->frame->bytes : &(struct buffer){0};
    if (queue_give_frame(queue_of(desk, session), consumer, buffer_text(bytes),
                         bytes->len, on_given, errand) != PENDING)
        on_given(errand, E_UNAVAILABLE, NULL);
}

static void on_offered(void *owner, int error, const struct redis_reply *reply)
{
    struct errand *errand = owner;
    struct live_desk *desk = errand->desk;

    if (error == 0 && redis_reply_len(reply) > 0)
        give(desk, errand->session, redis_reply_text(reply));
    else if (error)
        drop(desk, take(desk, errand->session));
    free(errand);
}

static int offer(struct live_desk *desk, const char *session)
{
    struct errand *errand = errand_create(desk, session);
    int result =
        queue_offer(queue_of(desk, session), session, desk->services->name,
                    WAITING_MAX, on_offered, errand);

    if (result != PENDING)
        free(errand);
    return result;
}

/* ---- for the others ---- */

int live_desk_offer(struct live_desk *desk, const char *session,
                    struct buffer *bytes)
{
    struct frame *frame;
    int result = offer(desk, session);

    if (result != PENDING)
        return result;
    frame = xcalloc(1, sizeof *frame);
    frame->desk = desk;
    text_copy(frame->session, sizeof frame->session, session);
    frame->bytes = *bytes;
    *bytes = (struct buffer){0};
    wheel_set(desk->services->wheel, &frame->expiry, LIVE_FRAME_MS, on_late);
    put(desk, frame);
    return PENDING;
}

bool live_desk_hear(struct live_desk *desk, const char *data, size_t len)
{
    struct json *call;

    if (!text_begins(data, "{\"give\":"))
        return false;
    call = json_parse(data, len);
    give(desk, json_get_text(call, "give", ""), json_get_text(call, "to", ""));
    json_destroy(call);
    return true;
}

void live_desk_forget(struct live_desk *desk, const char *session)
{
    frame_destroy(take(desk, session));
}
