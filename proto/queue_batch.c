/*
 * queue_batch.c - calls of one function that leave as one
 */
#include <stdlib.h>
#include <string.h>

#include "done.h"
#include "errors.h"
#include "queue_batch.h"
#include "queue_call.h"
#include "xalloc.h"

/* Those of one batch, until they were told. */
struct queue_passengers {
    size_t count;
    struct {
        redis_done_fn *done; /* NULL: does not want to know */
        void *owner;
    } list[QUEUE_BATCH_MAX];
};

/* Redis's words stand for all where it refused them. */
static void on_arrived(void *owner, int error, const struct redis_reply *reply)
{
    struct queue_passengers *passengers = owner;

    for (size_t i = 0; i < passengers->count; i++)
        if (passengers->list[i].done)
            passengers->list[i].done(passengers->list[i].owner, error,
                                     error ? reply : redis_reply_at(reply, i));
    free(passengers);
}

bool queue_batch_has_room(const struct queue_batch *batch, const char *function)
{
    return !batch->function || (strcmp(batch->function, function) == 0 &&
                                batch->passengers->count < QUEUE_BATCH_MAX &&
                                batch->bytes.len < QUEUE_BATCH_BYTES);
}

void queue_batch_join(struct queue_batch *batch, const char *function,
                      const char *const *texts, size_t count,
                      redis_done_fn *done, void *owner)
{
    struct queue_passengers *passengers = batch->passengers;

    assert(queue_batch_has_room(batch, function) && count <= QUEUE_BATCH_TEXTS);
    if (!passengers)
        passengers = batch->passengers = xcalloc(1, sizeof *passengers);
    batch->function = function;
    for (size_t i = 0; i < count; i++) {
        batch->lens[batch->text_count++] = strlen(texts[i]);
        buffer_add_text(&batch->bytes, texts[i]);
    }
    passengers->list[passengers->count].done = done;
    passengers->list[passengers->count++].owner = owner;
}

/* Leaves it empty; the passengers are the caller's. */
static struct queue_passengers *let_off(struct queue_batch *batch)
{
    struct queue_passengers *passengers = batch->passengers;

    buffer_clear(&batch->bytes);
    batch->text_count = 0;
    batch->function = NULL;
    batch->passengers = NULL;
    return passengers;
}

void queue_batch_give_up(struct queue_batch *batch, int error)
{
    if (batch->function)
        on_arrived(let_off(batch), error, NULL);
}

void queue_batch_leave(struct queue_batch *batch, struct redis *redis,
                       const char *prefix)
{
    struct redis_text texts[QUEUE_HEAD_ARGUMENTS + 1 + COUNT(batch->lens)] = {
        redis_text("FCALL"), redis_text(batch->function), redis_text("1"),
        redis_text(prefix), redis_text(QUEUE_EVENTS_KEPT)};
    size_t count = QUEUE_HEAD_ARGUMENTS + 1;
    const char *place = buffer_text(&batch->bytes);
    int result;

    for (size_t i = 0; i < batch->text_count; i++) {
        texts[count++] = (struct redis_text){place, batch->lens[i]};
        place += batch->lens[i];
    }
    result = redis_send(redis, texts, count, 0, on_arrived, batch->passengers);
    if (result == PENDING)
        let_off(batch);
    else
        queue_batch_give_up(batch, result);
}
