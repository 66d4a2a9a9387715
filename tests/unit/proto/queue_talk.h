#pragma once

/*
 * How tests talk to the queue: a call at a time, whose reply they read.
 */
#include "queue_stage.h"

#include "done.h"
#include "text.h"

/* The last reply, read out. */
static struct {
    bool is_there;
    int error;
    int64_t number;
    int64_t numbers[8];
    char text[128];
    char second[128]; /* of a list */
    char last[32];    /* element, where there are several */
    struct lease leases[64];
    size_t lease_count;
    size_t count;
} reply;

static inline void on_reply(void *owner, int error,
                            const struct redis_reply *answer)
{
    size_t first = redis_reply_count(answer) % 4;

    (void)owner;
    memset(&reply, 0, sizeof reply);
    reply.is_there = true;
    reply.error = error;
    reply.number = redis_reply_integer(answer);
    reply.count = redis_reply_count(answer);
    for (size_t i = 0; i < COUNT(reply.numbers); i++)
        reply.numbers[i] = redis_reply_integer(redis_reply_at(answer, i));
    snprintf(
        reply.text, sizeof reply.text, "%s",
        redis_reply_text(reply.count ? redis_reply_at(answer, 0) : answer));
    snprintf(reply.second, sizeof reply.second, "%s",
             redis_reply_text(redis_reply_at(answer, 1)));
    if (reply.count)
        text_copy(reply.last, sizeof reply.last,
                  redis_reply_text(redis_reply_at(answer, reply.count - 1)));
    reply.lease_count =
        queue_read_leases(answer, first, reply.leases, COUNT(reply.leases));
}

static inline void wait_reply(int result)
{
    assert_int_equal(result, PENDING);
    reply.is_there = false;
    turn_until(&reply.is_there);
    if (reply.error)
        fail_msg("%s", reply.text);
}

static const struct queue_event queued = {"job.queued", "searches", "{}", NULL};

static inline void add(const char *id, const char *account,
                       enum priority priority)
{
    struct queued_job job = {.priority = priority};

    text_copy(job.id, sizeof job.id, id);
    text_copy(job.account, sizeof job.account, account);
    wait_reply(queue_add(queue, &job, &queued, on_reply, NULL));
}

static inline size_t take(const char *worker, size_t count, size_t cap)
{
    wait_reply(queue_take(queue, worker, count, cap, on_reply, NULL));
    return reply.lease_count;
}

static inline void finish(const struct lease *lease, const char *event)
{
    struct queue_event ended = {event, "searches", "{}", NULL};

    wait_reply(queue_finish(queue, lease, &ended, on_reply, NULL));
}

static inline int64_t events(void)
{
    wait_reply(queue_log(queue, "0-0", on_reply, NULL));
    return reply.numbers[2];
}
