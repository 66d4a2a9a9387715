/*
 * bell.c - waits at the queue's bell
 *
 * One token wakes one worker.  One that has its hands full rings for somebody
 * else and steps back from the bell for a moment, so that it does not hear its
 * own ringing.
 */
#include <stdlib.h>

#include "bell.h"
#include "errors.h"
#include "log.h"
#include "queue.h"
#include "redis.h"
#include "xalloc.h"

enum {
    WAIT_LIMIT_MS = 4000, /* of a wait of 2 s */
    STEP_BACK_MS = 50,
};
static const char wait_s[] = "2";

struct bell {
    struct redis *redis;
    unsigned part;
    char *key;
    bell_fn *on_ring;
    void *owner;
    uv_timer_t step_back;
    bool is_waiting;
    bool is_held;
    bool is_destroyed;
};

static void wait_on(struct bell *bell);

static void on_step_back_over(uv_timer_t *timer)
{
    wait_on(container_of(timer, struct bell, step_back));
}

/* Where it cannot be rung, the others look by themselves each second. */
static void pass_on(struct bell *bell)
{
    if (redis_send(bell->redis,
                   (struct redis_text[]){redis_text("LPUSH"),
                                         redis_text(bell->key),
                                         redis_text("1")},
                   3, 0, NULL, NULL) < 0)
        log_debug("queue: the bell was not passed on");
    uv_timer_start(&bell->step_back, on_step_back_over, STEP_BACK_MS, 0);
}

static void on_rung(void *owner, int error, const struct redis_reply *reply)
{
    struct bell *bell = owner;

    bell->is_waiting = false;
    if (bell->is_destroyed || error)
        return; /* a lost connection comes back by itself */
    if (redis_reply_is_none(reply) || bell->on_ring(bell->owner, bell->part))
        wait_on(bell);
    else
        pass_on(bell);
}

static void wait_on(struct bell *bell)
{
    if (bell->is_waiting || bell->is_held || !redis_is_up(bell->redis) ||
        uv_is_active((uv_handle_t *)&bell->step_back))
        return;
    bell->is_waiting = redis_send(bell->redis,
                                  (struct redis_text[]){redis_text("BLPOP"),
                                                        redis_text(bell->key),
                                                        redis_text(wait_s)},
                                  3, WAIT_LIMIT_MS, on_rung, bell) == PENDING;
}

static void on_state(void *owner, bool is_up)
{
    struct bell *bell = owner;

    if (!is_up)
        return;
    bell->on_ring(bell->owner, bell->part);
    wait_on(bell);
}

struct bell *bell_create(uv_loop_t *loop, const char *redis_url, unsigned part,
                         bell_fn *on_ring, void *owner,
                         char problem[static 256])
{
    struct bell *bell = xcalloc(1, sizeof *bell);
    struct redis_options options = {.url = redis_url,
                                    .name = "facewire-bell",
                                    .limit_ms = WAIT_LIMIT_MS,
                                    .pending_max = 4};

    bell->part = part;
    options.key = bell->key = queue_key(part, "bell");
    bell->on_ring = on_ring;
    bell->owner = owner;
    bell->redis = redis_create(loop, &options, on_state, bell, problem);
    if (!bell->redis) {
        free(bell->key);
        free(bell);
        return NULL;
    }
    uv_timer_init(loop, &bell->step_back);
    return bell;
}

static void on_closed(uv_handle_t *handle)
{
    struct bell *bell = container_of(handle, struct bell, step_back);

    free(bell->key);
    free(bell);
}

void bell_destroy(struct bell *bell)
{
    if (!bell)
        return;
    bell->is_destroyed = true;
    redis_destroy(bell->redis);
    uv_close((uv_handle_t *)&bell->step_back, on_closed);
}

void bell_hold(struct bell *bell, bool is_held)
{
    bell->is_held = is_held;
    wait_on(bell);
}
