/*
 * health.c - whether the engine can do what it is for
 *
 * Those who ask while a picture is on its way wait for the same answer, and get
 * it after PATIENCE_MS at the latest.  A picture that has not come back until
 * then is not followed by another one: as long as it is away, the engine is
 * not well.
 */
#include <stdlib.h>

#include "clock.h"
#include "engine.h"
#include "errors.h"
#include "health.h"
#include "json.h"
#include "log.h"
#include "noise.h"
#include "response.h"
#include "xalloc.h"

enum {
    FRESH_MS = 1000,    /* how long a good answer is remembered */
    FAILING_MS = 100,   /* and a bad one */
    PATIENCE_MS = 5000, /* with the picture */
};

struct waiter {
    struct waiter *next;
    struct exchange *exchange;
};

struct health {
    struct engine *engine;
    struct buffer noise;
    struct recognition trial;
    bool is_running; /* the trial is on its way */
    bool is_late;    /* and nobody waits for it any more */
    uv_timer_t patience;
    struct waiter *waiters;
    const char *problem; /* NULL: it is well */
    int64_t ended_ms;    /* when the trial came back */
    int64_t fresh_until_ms;
};

struct health *health_create(uv_loop_t *loop, struct engine *engine)
{
    struct health *health = xcalloc(1, sizeof *health);

    health->engine = engine;
    noise_png(&health->noise);
    uv_timer_init(loop, &health->patience);
    return health;
}

static void on_close(uv_handle_t *handle)
{
    struct health *health = container_of(handle, struct health, patience);

    buffer_finish(&health->noise);
    free(health);
}

void health_destroy(struct health *health)
{
    assert(!health->is_running && !health->waiters);
    uv_close((uv_handle_t *)&health->patience, on_close);
}

/* ---- the answer ---- */

static void add_ms(struct json *document, const char *name, int64_t ns)
{
    int64_t us = ns / 1000;

    json_add_number(document, name, (double)us / 1000);
}

static void add_times(const struct health *health, struct json *document)
{
    const struct recognition *trial = &health->trial;

    add_ms(document, "took_ms",
           trial->wait_ns + trial->decode_ns + trial->detect_ns);
    add_ms(document, "wait_ms", trial->wait_ns);
    add_ms(document, "decode_ms", trial->decode_ns);
    add_ms(document, "detect_ms", trial->detect_ns);
    json_add_number(document, "age_ms",
                    (double)(clock_steady_ms() - health->ended_ms));
}

static void answer(const struct health *health, struct exchange *exchange)
{
    struct json *document = json_object();

    json_add_text(document, "status", health->problem ? "failing" : "ok");
    if (health->problem)
        json_add_text(document, "problem", health->problem);
    else
        add_times(health, document);
    response_send_plain(exchange, health->problem ? 503 : 200,
                        "application/json", json_print_and_destroy(document));
}

/* Everybody who waits is told what is known by now. */
static void settle(struct health *health, const char *problem)
{
    if (problem && !health->problem)
        log_warn("health: %s", problem);
    else if (!problem && health->problem)
        log_info("health: the engine is well again");
    health->problem = problem;
    health->fresh_until_ms =
        clock_steady_ms() + (problem ? FAILING_MS : FRESH_MS);
    while (health->waiters) {
        struct waiter *waiter = health->waiters;

        health->waiters = waiter->next;
        answer(health, waiter->exchange);
        free(waiter);
    }
}

/* ---- the trial ---- */

static const char *problem_of(const struct recognition *trial, int error)
{
    switch (error) {
    case 0:
        return trial->face_count
                   ? "The detector sees a face in a picture of noise."
                   : NULL;
    case E_BUSY:
        return "No more photos can wait.";
    case E_TIMEOUT:
        return "Photos wait too long.";
    case E_CANCELLED:
        return "The engine is stopping.";
    default:
        return "A picture could not be recognized: the log says why.";
    }
}

static void on_patience_over(uv_timer_t *timer)
{
    struct health *health = container_of(timer, struct health, patience);

    health->is_late = true;
    settle(health, "A picture has not been recognized within five seconds.");
}

static void on_done(struct recognition *trial, int error)
{
    struct health *health = container_of(trial, struct health, trial);

    health->is_running = health->is_late = false;
    health->engine->calls--;
    health->ended_ms = clock_steady_ms();
    uv_timer_stop(&health->patience);
    settle(health, problem_of(trial, error));
    recognition_finish(trial);
}

static void start(struct health *health)
{
    int error;

    health->trial = (struct recognition){.bytes = health->noise.bytes,
                                         .len = health->noise.len,
                                         .is_trial = true,
                                         .done = on_done};
    error = recognizer_submit(health->engine->recognizer, &health->trial);
    if (error) {
        settle(health, problem_of(&health->trial, error));
        return;
    }
    health->is_running = true;
    health->engine->calls++;
    uv_timer_start(&health->patience, on_patience_over, PATIENCE_MS, 0);
}

void health_answer(struct health *health, struct exchange *exchange)
{
    struct waiter *waiter;

    if (health->is_late || clock_steady_ms() < health->fresh_until_ms) {
        answer(health, exchange);
        return;
    }
    waiter = xcalloc(1, sizeof *waiter);
    *waiter = (struct waiter){.next = health->waiters, .exchange = exchange};
    health->waiters = waiter;
    if (!health->is_running)
        start(health);
}
