/*
 * bench_start.c - how long a server takes until it can be used
 *
 *   bench_start
 *
 * From the start of the process until /readyz says that every part is there;
 * its memory then, and a Node server with the same libraries as the pipeline's
 * peer beside it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "cores.h"
#include "log.h"
#include "peer.h"
#include "port.h"
#include "process_share.h"
#include "results.h"
#include "stack.h"
#include "xalloc.h"

enum { ROUNDS = 10, STOP_MS = 20000 };

static const char *const columns[] = {"ms to ready", "PSS MB"};
static const char setting[] = "the server";

static void measure_ours(struct results *results, struct stack *stack)
{
    struct cores_watch watch;
    int64_t start_ns;
    double ready_ms;

    child_stop(&stack->server, STOP_MS);
    cores_watch_begin(&watch, NULL, 0);
    start_ns = clock_steady_ns();
    stack_start_server(stack);
    ready_ms = (double)(clock_steady_ns() - start_ns) / 1e6;
    watch.pids = &stack->server.pid; /* it had used nothing at the beginning */
    watch.count = 1;
    results_add(results, setting, "Facewire",
                (double[]){ready_ms,
                           (double)process_kilobytes(stack->server.pid) / 1024},
                cores_watch_end(&watch));
}

static void measure_peer(struct results *results, const struct stack *stack)
{
    char *path = peer_path("pipeline_gateway.mjs");
    struct cores_watch watch;
    struct child child;
    char port[16], redis_port[16];
    int64_t start_ns;
    double ready_ms;

    snprintf(port, sizeof port, "%d", port_free());
    snprintf(redis_port, sizeof redis_port, "%d", stack->redis.port);
    cores_watch_begin(&watch, NULL, 0);
    start_ns = clock_steady_ns();
    peer_start(&child,
               (const char *[]){"node", path, port, redis_port, ".", NULL},
               "start.log");
    ready_ms = (double)(clock_steady_ns() - start_ns) / 1e6;
    watch.pids = &child.pid;
    watch.count = 1;
    results_add(
        results, setting, "Node",
        (double[]){ready_ms, (double)process_kilobytes(child.pid) / 1024},
        cores_watch_end(&watch));
    peer_stop(&child);
    free(path);
}

int main(void)
{
    struct results *results =
        results_create("start", "a server is started until it can be used",
                       columns, COUNT(columns));
    struct stack stack;

    log_open("bench", LOG_INFO, LOG_TEXT);
    setenv("FACEWIRE_MODELS", ".", 1);
    setenv("FACEWIRE_LOG_LEVEL", "warn", 1);
    setenv("FACEWIRE_DRAIN_MS", "0", 1);
    cores_use(CORE_SERVERS);
    stack_start(&stack);
    for (int round = 0; round < ROUNDS; round++) {
        measure_ours(results, &stack);
        if (peer_has("node"))
            measure_peer(results, &stack);
    }
    stack_stop(&stack);
    results_finish(results);
    return EXIT_SUCCESS;
}
