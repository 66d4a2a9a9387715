/*
 * bench_servers.c - two servers on one port beside one, with photos of 200 KB
 *
 *   bench_servers
 *
 * One server has a core to itself, and the client the other core.  Two servers
 * have a core each, and the client must share them: so the rate by the clock is
 * held back by the client, whose part of both cores is told.  What two servers
 * make of two whole cores is told by what an upload costs them: twice what one
 * makes of its core, if it costs the same.
 *
 * Forms are read only (see bench_upload.c), and kept: stored, in the database,
 * queued.  The database is nobody's own then, and takes from both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "cores.h"
#include "form.h"
#include "load.h"
#include "log.h"
#include "results.h"
#include "stack.h"

enum {
    ROUNDS = 5,
    PHOTO_BYTES = 200 * 1024,
    CONNECTIONS = 64,
    ROUND_MS = 3000,
    WARM_UP_MS = 500,
    SERVERS_MAX = 2,
};

static const char *const columns[] = {"req/s", "CPU us/req", "req/s of cores",
                                      "client %", "busier %"};
static const char reading[] = "read only", keeping[] = "kept";
static const char *const names[SERVERS_MAX] = {"one server", "two servers"};

/* What the servers and this process have used so far, in seconds. */
struct usage {
    double servers[SERVERS_MAX];
    double client;
    double time;
};

static struct usage use(const pid_t *pids, size_t count)
{
    struct usage usage = {.client = cores_seconds(getpid()),
                          .time = (double)clock_steady_ns() / 1e9};

    for (size_t i = 0; i < count; i++)
        usage.servers[i] = cores_seconds(pids[i]);
    return usage;
}

static void tell(struct results *results, const char *setting, size_t count,
                 size_t answers, const struct usage *began,
                 const struct usage *ended, double foreign)
{
    double seconds = ended->time - began->time;
    double all = 0, most = 0;

    assert(count > 0 && count <= SERVERS_MAX);
    for (size_t i = 0; i < count; i++) {
        double used = ended->servers[i] - began->servers[i];

        all += used;
        most = used > most ? used : most;
    }
    results_add(results, setting, names[count - 1],
                (double[]){(double)answers / seconds,
                           all * 1e6 / (double)answers,
                           (double)count * (double)answers / all,
                           50 * (ended->client - began->client) / seconds,
                           100 * most / all},
                foreign);
}

static void measure(struct results *results, const char *setting, int port,
                    const pid_t *pids, size_t count,
                    const struct buffer *request, int status)
{
    struct repetition uploads = {.request = request, .status = status};
    struct load *load = load_create();
    struct cores_watch watch;
    struct usage began, ended;

    load_repeat(load, port, CONNECTIONS, &uploads);
    load_run(load, WARM_UP_MS);
    uploads.answers = 0;
    cores_watch_begin(&watch, pids, count);
    began = use(pids, count);
    load_run(load, ROUND_MS);
    ended = use(pids, count);
    tell(results, setting, count, uploads.answers, &began, &ended,
         cores_watch_end(&watch));
    load_destroy(load);
}

static void measure_both(struct results *results, const struct stack *stack,
                         size_t count, const struct buffer *photo)
{
    static const enum core cores[SERVERS_MAX] = {CORE_SERVERS, CORE_CLIENTS};
    static const char *const logs[SERVERS_MAX] = {"first.log", "second.log"};
    struct child servers[SERVERS_MAX] = {{0}};
    struct buffer wrong = {0}, right = {0};
    pid_t pids[SERVERS_MAX] = {0};

    form_request(&wrong, "/v1/searches", photo, "threshold", "1000");
    form_request(&right, "/v1/searches", photo, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        cores_use(cores[i]);
        stack_start_another_server(&servers[i], logs[i]);
        pids[i] = servers[i].pid;
    }
    cores_use(count == 1 ? CORE_CLIENTS : CORE_BOTH);
    measure(results, reading, stack->port, pids, count, &wrong, 422);
    measure(results, keeping, stack->port, pids, count, &right, 202);
    for (size_t i = 0; i < count; i++) {
        child_stop(&servers[i], 10000);
        child_finish(&servers[i]);
    }
    buffer_finish(&wrong);
    buffer_finish(&right);
}

static double times(const struct results *results, const char *setting,
                    const char *column)
{
    return results_median(results, setting, names[1], column) /
           results_median(results, setting, names[0], column);
}

int main(void)
{
    struct results *results = results_create(
        "servers",
        "photos of 200 KB come in as multipart/form-data at one port, "
        "64 connections, one server and two",
        columns, COUNT(columns));
    struct buffer photo = {0};
    struct stack stack;

    log_open("bench", LOG_INFO, LOG_TEXT);
    setenv("FACEWIRE_MODELS", ".", 1);
    setenv("FACEWIRE_DRAIN_MS", "500", 1);
    setenv("FACEWIRE_ADDRESS_REQUESTS_S", "1000000", 1);
    form_photo(&photo, PHOTO_BYTES);
    cores_use(CORE_BOTH);
    stack_prepare(&stack);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t count = 1; count <= SERVERS_MAX; count++)
            measure_both(results, &stack, count, &photo);
    cores_use(CORE_BOTH);
    results_at_least(results,
                     "read only: what two servers make of two whole cores, "
                     "times what one makes of one",
                     times(results, reading, "req/s of cores"), 1.8);
    results_at_least(results, "kept: the same",
                     times(results, keeping, "req/s of cores"), 1.8);
    results_finish(results);
    stack_stop(&stack);
    buffer_finish(&photo);
    return EXIT_SUCCESS;
}
