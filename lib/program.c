/*
 * program.c - a program's life: init, the loop, the drain, exit
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "clock.h"
#include "log.h"
#include "program.h"

static void on_signal(uv_signal_t *handle, int number)
{
    struct program *program = handle->data;

    if (program->draining) {
        log_warn("signal=%d stopping at once: asked twice", number);
        uv_stop(&program->loop);
        return;
    }
    if (!program->is_running) {
        log_info("signal=%d stopping: not ready yet", number);
        _Exit(EXIT_SUCCESS);
    }
    log_info("signal=%d draining", number);
    program_drain(program);
}

static void on_limit(uv_timer_t *handle)
{
    struct program *program = handle->data;

    log_warn("stopping at once: the drain took longer than %lld ms",
             (long long)program->drain_ms);
    uv_stop(&program->loop);
}

static void on_look(uv_timer_t *handle)
{
    struct program *program = handle->data;

    if (footprint_is_due(&program->watch, clock_cpu_ms()))
        footprint_shrink();
}

/* As many files and sockets as we may have; what we really want to have is
 * bounded by settings. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        log_warn("the limit of open files stays as it is");
}

void program_init(struct program *program, size_t threads, int64_t drain_ms,
                  program_drain_fn *on_drain, void *owner)
{
    static const int numbers[] = {SIGTERM, SIGINT};
    char text[16];

    *program = (struct program){
        .on_drain = on_drain, .owner = owner, .drain_ms = drain_ms};
    /* libuv reads it when its first thread starts. */
    snprintf(text, sizeof text, "%zu", threads);
    setenv("UV_THREADPOOL_SIZE", text, 1);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();

    if (uv_loop_init(&program->loop) < 0)
        fatal("the loop cannot be made");
    for (size_t i = 0; i < COUNT(numbers); i++) {
        uv_signal_init(&program->loop, &program->signals[i]);
        program->signals[i].data = program;
        uv_signal_start(&program->signals[i], on_signal, numbers[i]);
        uv_unref((uv_handle_t *)&program->signals[i]);
    }
    uv_timer_init(&program->loop, &program->limit);
    program->limit.data = program;
    uv_unref((uv_handle_t *)&program->limit);
    uv_timer_init(&program->loop, &program->look);
    program->look.data = program;
    uv_unref((uv_handle_t *)&program->look);
}

bool program_run(struct program *program)
{
    program->is_running = true;
    program->watch.seen_ms = clock_cpu_ms();
    uv_timer_start(&program->look, on_look, FOOTPRINT_LOOK_MS,
                   FOOTPRINT_LOOK_MS);
    return uv_run(&program->loop, UV_RUN_DEFAULT) == 0;
}

void program_drain(struct program *program)
{
    if (program->draining)
        return;
    program->draining = true;
    uv_timer_start(&program->limit, on_limit, (uint64_t)program->drain_ms, 0);
    program->on_drain(program->owner);
}

void program_stop(struct program *program)
{
    if (!uv_is_closing((uv_handle_t *)&program->limit))
        uv_close((uv_handle_t *)&program->limit, NULL);
    if (!uv_is_closing((uv_handle_t *)&program->look))
        uv_close((uv_handle_t *)&program->look, NULL);
    for (size_t i = 0; i < COUNT(program->signals); i++)
        if (!uv_is_closing((uv_handle_t *)&program->signals[i]))
            uv_close((uv_handle_t *)&program->signals[i], NULL);
}

void program_finish(struct program *program)
{
    program_stop(program);
    /* Lets the close callbacks run. */
    uv_run(&program->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&program->loop) < 0)
        log_warn("the loop was closed with something still on it");
}
