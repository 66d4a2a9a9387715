#pragma once

/*
 * What tests share that need the queue: a Redis, and one part of a queue in
 * it.
 */
#include "redis_stage.h"

#include "queue.h"

static struct queue *queue;
static bool is_queue_up;

static inline void on_queue_state(void *owner, bool is_up)
{
    (void)owner;
    is_queue_up = is_up;
}

/* Connects to the Redis that was started, and waits until the queue is up. */
static inline void open_queue(void)
{
    struct queue_options options = {
        .url = server.url, .name = "test", .parts = 1};
    char problem[256];

    is_queue_up = false;
    uv_loop_init(&loop);
    queue = queue_create(&loop, &options, on_queue_state, NULL, problem);
    assert_non_null(queue);
    turn_until(&is_queue_up);
}

static inline int start_queue(void **state)
{
    start_redis(state);
    open_queue();
    return 0;
}

static inline int stop_queue(void **state)
{
    queue_destroy(queue);
    close_loop();
    return stop_redis(state);
}
