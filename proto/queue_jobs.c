/*
 * queue_jobs.c - the queue's calls about jobs: from `add` to the end of a lease
 */
#include <stdlib.h>
#include <string.h>

#include "queue.h"
#include "queue_call.h"
#include "text.h"
#include "xalloc.h"

enum { TAKEN_MAX = 1024 };

static const char *const digits[PRIORITIES] = {"0", "1"};

static void add_event(struct queue_call *call, const struct queue_event *event)
{
    queue_call_add_text(call, event->name);
    queue_call_add_text(call, event->topic);
    queue_call_add_text(call, event->data);
    queue_call_add_text(call, QUEUE_EVENTS_KEPT);
}

/* What follows an event that the job's stages go along with. */
static const char *stages_of(const struct queue_event *event)
{
    return event->stages ? event->stages : "";
}

static void add_lease(struct queue_call *call, const struct lease *lease)
{
    queue_call_add_text(call, lease->entry);
    queue_call_add_text(call, lease->job.id);
    queue_call_add_text(call, lease->job.account);
}

int queue_add(struct queue *queue, const struct queued_job *job,
              const struct queue_event *queued, redis_done_fn *done,
              void *owner)
{
    const char *const texts[] = {
        job->id,       job->account, digits[job->priority],
        queued->topic, queued->data, stages_of(queued)};

    return queue_gather(queue, "facewire_add", texts, COUNT(texts), done,
                        owner);
}

int queue_take(struct queue *queue, const char *consumer, size_t count,
               size_t cap, redis_done_fn *done, void *owner)
{
    struct queue_call call;

    assert(count > 0 && count <= TAKEN_MAX);
    queue_call_begin(&call, queue, "facewire_take");
    queue_call_add_text(&call, consumer);
    queue_call_add_number(&call, (int64_t)count);
    queue_call_add_number(&call, (int64_t)cap);
    return queue_call_send(queue, &call, done, owner);
}

int queue_beat(struct queue *queue, const char *consumer,
               const struct lease *leases, size_t count, redis_done_fn *done,
               void *owner)
{
    struct redis_text *texts =
        xcalloc(QUEUE_HEAD_ARGUMENTS + 1 + 4 * count, sizeof *texts);
    struct queue_call call;
    size_t used;
    int result;

    queue_call_begin(&call, queue, "facewire_beat");
    queue_call_add_text(&call, consumer);
    used = call.count;
    memcpy(texts, call.texts, used * sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        texts[used++] = redis_text(leases[i].entry);
        texts[used++] = redis_text(leases[i].job.id);
        texts[used++] = redis_text(leases[i].job.account);
        texts[used++] = redis_text(digits[leases[i].job.priority]);
    }
    result = queue_send(queue, texts, used, done, owner);
    free(texts);
    return result;
}

int queue_sweep(struct queue *queue, const char *consumer, int64_t lease_ms,
                size_t count, redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_sweep");
    queue_call_add_text(&call, consumer);
    queue_call_add_number(&call, lease_ms);
    queue_call_add_number(&call, (int64_t)count);
    return queue_call_send(queue, &call, done, owner);
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
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_progress");
    queue_call_add_text(&call, job);
    queue_call_add_number(&call, attempt);
    add_event(&call, event);
    return queue_call_send(queue, &call, done, owner);
}

int queue_finish(struct queue *queue, const struct lease *lease,
                 const struct queue_event *event, redis_done_fn *done,
                 void *owner)
{
    const char *const texts[] = {
        lease->entry, lease->job.id, lease->job.account, event->name,
        event->topic, event->data,   stages_of(event)};

    return queue_gather(queue, "facewire_finish", texts, COUNT(texts), done,
                        owner);
}

int queue_drop(struct queue *queue, const struct lease *lease,
               const struct queue_event *event, redis_done_fn *done,
               void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_drop");
    add_lease(&call, lease);
    add_event(&call, event);
    return queue_call_send(queue, &call, done, owner);
}

int queue_delay(struct queue *queue, const struct lease *lease,
                int64_t delay_ms, redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_delay");
    add_lease(&call, lease);
    queue_call_add_number(&call, lease->job.priority);
    queue_call_add_number(&call, delay_ms);
    return queue_call_send(queue, &call, done, owner);
}

int queue_hand_back(struct queue *queue, const struct lease *lease,
                    redis_done_fn *done, void *owner)
{
    struct queue_call call;

    queue_call_begin(&call, queue, "facewire_hand_back");
    add_lease(&call, lease);
    queue_call_add_number(&call, lease->job.priority);
    return queue_call_send(queue, &call, done, owner);
}
