/*
 * growth_queue.c - a job's cost while others wait
 *
 * The queue is filled step by step, and at each size jobs go through it one
 * after the other: one is added, the oldest is taken and finished, so that as
 * many wait as before.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cores.h"
#include "errors.h"
#include "growth.h"
#include "log.h"
#include "queue.h"

enum {
    ROUND = 4000,        /* jobs that are timed */
    FILL_AT_ONCE = 5000, /* under way, while the queue is filled */
    CAP = 1000000,
    LOG_FULL = 100000, /* from so many jobs on the log does not grow */
};

static const size_t sizes[] = {0, 1000, 10000, 100000, 1000000};

static struct line {
    uv_loop_t *loop;
    struct queue *queue;
    size_t accounts;
    size_t added; /* so far; it names the next */
    size_t open;  /* answers that are still to come */
    size_t rounds;
    bool is_up;
} line;

static void on_state(void *owner, bool is_up)
{
    (void)owner;
    line.is_up = is_up;
}

static void turn(void)
{
    uv_run(line.loop, UV_RUN_ONCE);
}

static void demand(int error)
{
    if (error && error != PENDING)
        fatal("the queue: %s", error_name(error));
}

static void add(redis_done_fn *done)
{
    static const struct queue_event queued = {.topic = "searches",
                                              .data = "{\"kind\":\"search\"}"};
    struct queued_job job = {.priority = PRIORITY_INTERACTIVE};

    snprintf(job.id, sizeof job.id, "0199c1de-7f3a-7%03zx-8000-%012zx",
             line.accounts % 4096, line.added);
    snprintf(job.account, sizeof job.account, "account-%zu",
             line.added % line.accounts);
    line.added++;
    demand(queue_add(line.queue, &job, &queued, done, NULL));
}

/* ---- filling ---- */

static void on_filled(void *owner, int error, const struct redis_reply *reply)
{
    (void)owner;
    (void)reply;
    demand(error);
    line.open--;
}

static void fill(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        while (line.open == FILL_AT_ONCE)
            turn();
        line.open++;
        add(on_filled);
    }
    while (line.open)
        turn();
}

/* ---- one after the other ---- */

static void on_finished(void *owner, int error, const struct redis_reply *reply)
{
    (void)owner;
    (void)reply;
    demand(error);
    line.rounds--;
}

static void on_taken(void *owner, int error, const struct redis_reply *reply)
{
    static const struct queue_event end = {"search.completed:1", "searches",
                                           "{\"faces\":[]}", NULL};
    struct lease lease;

    (void)owner;
    demand(error);
    if (queue_read_leases(reply, 1, &lease, 1) != 1)
        fatal("the queue is empty");
    demand(queue_finish(line.queue, &lease, &end, on_finished, NULL));
}

static void on_added(void *owner, int error, const struct redis_reply *reply)
{
    (void)owner;
    (void)reply;
    demand(error);
    demand(queue_take(line.queue, "bench", 1, CAP, on_taken, NULL));
}

static void go_through(size_t count)
{
    while (count-- > 0) {
        line.rounds = 1;
        add(on_added);
        while (line.rounds)
            turn();
    }
}

/* ---- the sizes ---- */

static void measure(struct results *results, const struct stack *stack,
                    const char *what, size_t size, double bytes)
{
    pid_t pid = stack->redis.child.pid;
    struct cores_watch watch;
    double seconds;

    cores_watch_begin(&watch, &pid, 1);
    seconds = cores_seconds(pid);
    go_through(ROUND);
    seconds = cores_seconds(pid) - seconds;
    growth_add(results, what, size, seconds * 1e6 / ROUND, bytes,
               cores_watch_end(&watch));
}

static void grow(struct results *results, const struct stack *stack,
                 const char *what, size_t accounts, size_t most)
{
    size_t waiting = 0;

    redis_server_say(&stack->redis, "FLUSHALL");
    line.accounts = accounts;
    line.added = 0;
    for (size_t i = 0; i < COUNT(sizes) && sizes[i] <= most; i++) {
        size_t more = sizes[i] - waiting;
        double bytes =
            (double)redis_server_figure(&stack->redis, "used_memory:");

        fill(more);
        bytes =
            (double)redis_server_figure(&stack->redis, "used_memory:") - bytes;
        measure(results, stack, what, sizes[i],
                waiting >= LOG_FULL ? bytes / (double)more : NAN);
        waiting = sizes[i];
    }
    redis_server_say(&stack->redis, "FLUSHALL");
}

void growth_queue(struct results *results, const struct stack *stack,
                  bool is_full)
{
    size_t most = is_full ? 1000000 : 100000;
    struct queue_options options = {
        .url = stack->redis.url, .name = "bench-growth", .parts = 1};
    char problem[256];

    line.loop = uv_default_loop();
    line.queue = queue_create(line.loop, &options, on_state, NULL, problem);
    if (!line.queue)
        fatal("%s", problem);
    while (!line.is_up)
        turn();
    grow(results, stack, "a job, by jobs that wait", 1, most);
    grow(results, stack, "a job, by jobs that wait, of 1,000 accounts", 1000,
         most);
    queue_destroy(line.queue);
    uv_run(line.loop, UV_RUN_DEFAULT);
}
