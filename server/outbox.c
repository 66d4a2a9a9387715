/*
 * outbox.c - what waits for one live client
 *
 * Outboxes that have something to write at the end of the turn hang in a list;
 * a prepare handle, which runs just before the loop waits, writes them all.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "outbox.h"
#include "xalloc.h"

enum {
    JOIN_BYTES = 64 * 1024, /* written at a time */
    FIRST_SLOTS = 8,
};

struct outboxes {
    struct outbox_limits limits;
    uv_prepare_t end_of_turn;
    uint64_t turn;
    struct outbox *dirty;
    char joined[JOIN_BYTES];
};

struct outbox {
    struct outboxes *outboxes;
    struct wire *wire;
    struct outbox *next; /* in the list of dirty ones */
    struct outbox **place;
    struct frame **frames; /* a ring */
    size_t slot_count;
    size_t first;
    size_t count;
    size_t bytes;
    uint64_t written; /* the turn in which it last wrote */
};

/* ---- the list of those that have something to write ---- */

static void on_end_of_turn(uv_prepare_t *prepare)
{
    struct outboxes *outboxes =
        container_of(prepare, struct outboxes, end_of_turn);

    while (outboxes->dirty)
        outbox_flush(outboxes->dirty);
    outboxes->turn++;
}

static void set_dirty(struct outbox *outbox, bool is_dirty)
{
    struct outboxes *outboxes = outbox->outboxes;

    if (is_dirty && !outbox->place) {
        outbox->next = outboxes->dirty;
        outbox->place = &outboxes->dirty;
        if (outbox->next)
            outbox->next->place = &outbox->next;
        outboxes->dirty = outbox;
    } else if (!is_dirty && outbox->place) {
        *outbox->place = outbox->next;
        if (outbox->next)
            outbox->next->place = outbox->place;
        outbox->place = NULL;
        outbox->next = NULL;
    }
}

struct outboxes *outboxes_create(uv_loop_t *loop,
                                 const struct outbox_limits *limits)
{
    struct outboxes *outboxes = xcalloc(1, sizeof *outboxes);

    outboxes->limits = *limits;
    outboxes->turn = 1;
    uv_prepare_init(loop, &outboxes->end_of_turn);
    uv_prepare_start(&outboxes->end_of_turn, on_end_of_turn);
    uv_unref((uv_handle_t *)&outboxes->end_of_turn);
    return outboxes;
}

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct outboxes, end_of_turn));
}

void outboxes_destroy(struct outboxes *outboxes)
{
    if (!outboxes)
        return;
    assert(!outboxes->dirty);
    uv_close((uv_handle_t *)&outboxes->end_of_turn, on_closed);
}

/* ---- one outbox ---- */

struct outbox *outbox_create(struct outboxes *outboxes, struct wire *wire)
{
    struct outbox *outbox = xcalloc(1, sizeof *outbox);

    outbox->outboxes = outboxes;
    outbox->wire = wire;
    return outbox;
}

static struct frame **slot(const struct outbox *outbox, size_t index)
{
    return &outbox->frames[(outbox->first + index) % outbox->slot_count];
}

static void drop_first(struct outbox *outbox)
{
    struct frame *frame = *slot(outbox, 0);

    outbox->bytes -= frame->len;
    outbox->first = (outbox->first + 1) % outbox->slot_count;
    outbox->count--;
    frame_unref(frame);
}

void outbox_destroy(struct outbox *outbox)
{
    if (!outbox)
        return;
    set_dirty(outbox, false);
    while (outbox->count)
        drop_first(outbox);
    free(outbox->frames);
    free(outbox);
}

static void make_room(struct outbox *outbox)
{
    size_t slot_count =
        outbox->slot_count ? 2 * outbox->slot_count : FIRST_SLOTS;
    struct frame **frames;

    if (outbox->count < outbox->slot_count)
        return;
    frames = xcalloc(slot_count, sizeof *frames);
    for (size_t i = 0; i < outbox->count; i++)
        frames[i] = *slot(outbox, i);
    free(outbox->frames);
    outbox->frames = frames;
    outbox->slot_count = slot_count;
    outbox->first = 0;
}

/* A frame of the same key that waits is of no use any more: the new one takes
 * its place in the row. */
static bool replace(struct outbox *outbox, struct frame *frame)
{
    if (frame->key == 0)
        return false;
    for (size_t i = 0; i < outbox->count; i++) {
        struct frame **place = slot(outbox, i);

        if ((*place)->key != frame->key)
            continue;
        outbox->bytes += frame->len - (*place)->len;
        frame_unref(*place);
        *place = frame_ref(frame);
        return true;
    }
    return false;
}

size_t outbox_count(const struct outbox *outbox)
{
    return outbox->count;
}

/* Joins frames that fit together; one that is larger goes alone. */
static int write_some(struct outbox *outbox)
{
    char *joined = outbox->outboxes->joined;
    struct frame *frame = *slot(outbox, 0);
    size_t len = 0;
    int error;

    if (frame->len > JOIN_BYTES) {
        error = wire_write(outbox->wire, frame->bytes, frame->len);
        drop_first(outbox);
        return error;
    }
    while (outbox->count && len + (*slot(outbox, 0))->len <= JOIN_BYTES) {
        frame = *slot(outbox, 0);
        memcpy(joined + len, frame->bytes, frame->len);
        len += frame->len;
        drop_first(outbox);
    }
    return wire_write(outbox->wire, joined, len);
}

void outbox_flush(struct outbox *outbox)
{
    set_dirty(outbox, false);
    outbox->written = outbox->outboxes->turn;
    while (outbox->count && !wire_is_choked(outbox->wire))
        if (write_some(outbox) < 0)
            return; /* its owner is told that the wire is gone */
    if (outbox->count)
        wire_want_writable(outbox->wire);
}

/* One frame may always wait, however large it is. */
static bool has_room(const struct outbox *outbox, const struct frame *frame)
{
    const struct outbox_limits *limits = &outbox->outboxes->limits;

    return outbox->count == 0 || (outbox->count < limits->frames &&
                                  outbox->bytes + frame->len <= limits->bytes);
}

int outbox_add(struct outbox *outbox, struct frame *frame, bool *replaced)
{
    bool has_replaced = replace(outbox, frame);

    if (replaced)
        *replaced = has_replaced;
    if (has_replaced)
        return 0;
    if (outbox->count == 0 && outbox->written != outbox->outboxes->turn &&
        !wire_is_choked(outbox->wire)) {
        outbox->written = outbox->outboxes->turn;
        return wire_write(outbox->wire, frame->bytes, frame->len);
    }
    /* Much may be told in one turn: that is not the client's slowness. */
    if (!has_room(outbox, frame))
        outbox_flush(outbox);
    if (!has_room(outbox, frame))
        return E_BUSY;
    make_room(outbox);
    *slot(outbox, outbox->count++) = frame_ref(frame);
    outbox->bytes += frame->len;
    set_dirty(outbox, true);
    return 0;
}
