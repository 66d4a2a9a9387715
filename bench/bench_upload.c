/*
 * bench_upload.c - photos of 200 KB as multipart/form-data, on one core
 *
 *   bench_upload
 *
 * Thirty-two connections send one photo after the other.  The peers read the
 * form and answer how long the photo was; they keep nothing.  So that the same
 * is compared, Facewire gets a form whose last field is wrong: it has read the
 * form and looked at the photo by then, and keeps nothing.  In a setting of its
 * own, it keeps the photos: stored, in the database, queued.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cores.h"
#include "form.h"
#include "load.h"
#include "log.h"
#include "peer.h"
#include "port.h"
#include "process_share.h"
#include "results.h"
#include "stack.h"
#include "xalloc.h"

enum {
    ROUNDS = 3,
    PHOTO_BYTES = 200 * 1024,
    CONNECTIONS = 32,
    ROUND_MS = 4000,
    WARM_UP_MS = 500,
};

static const char *const columns[] = {"req/s", "CPU us/req", "PSS MB"};
static const char reading[] = "read only", keeping[] = "kept";

static void measure(struct results *results, const char *setting,
                    const char *who, int port, pid_t pid,
                    const struct buffer *request, int status)
{
    struct repetition uploads = {.request = request, .status = status};
    struct load *load = load_create();
    struct cores_watch watch;
    int64_t begin_ns;
    double cpu_s, seconds;

    load_repeat(load, port, CONNECTIONS, &uploads);
    load_run(load, WARM_UP_MS);
    uploads.answers = 0;
    cores_watch_begin(&watch, &pid, 1);
    cpu_s = cores_seconds(pid);
    begin_ns = clock_steady_ns();
    load_run(load, ROUND_MS);
    seconds = (double)(clock_steady_ns() - begin_ns) / 1e9;
    cpu_s = cores_seconds(pid) - cpu_s;
    results_add(results, setting, who,
                (double[]){(double)uploads.answers / seconds,
                           cpu_s * 1e6 / (double)uploads.answers,
                           (double)process_kilobytes(pid) / 1024},
                cores_watch_end(&watch));
    load_destroy(load);
}

static void measure_ours(struct results *results, const struct buffer *photo)
{
    struct buffer wrong = {0}, right = {0};
    struct stack stack;

    form_request(&wrong, "/v1/searches", photo, "threshold", "1000");
    form_request(&right, "/v1/searches", photo, NULL, NULL);
    cores_use(CORE_SERVERS);
    stack_start(&stack);
    cores_use(CORE_CLIENTS);
    measure(results, reading, "Facewire", stack.port, stack.server.pid, &wrong,
            422);
    measure(results, keeping, "Facewire", stack.port, stack.server.pid, &right,
            202);
    stack_stop(&stack);
    buffer_finish(&wrong);
    buffer_finish(&right);
}

static void measure_other(struct results *results, const char *who,
                          const char *program, const char *file,
                          const struct buffer *photo)
{
    char *path = file ? peer_path(file) : NULL;
    char *log = xprintf("upload_%s.log", file ? file : "floor");
    struct buffer request = {0};
    struct child child;
    int port = port_free();
    char port_text[16];

    form_request(&request, "/v1/searches", photo, NULL, NULL);
    snprintf(port_text, sizeof port_text, "%d", port);
    cores_use(CORE_SERVERS);
    peer_start(&child,
               file ? (const char *[]){program, path, port_text, NULL}
                    : (const char *[]){program, port_text, NULL},
               log);
    cores_use(CORE_CLIENTS);
    if (port_answers(port, 10000))
        measure(results, reading, who, port, child.pid, &request, 200);
    peer_stop(&child);
    buffer_finish(&request);
    free(path);
    free(log);
}

/* By the CPU that a request costs: the servers have a core to themselves, so
 * that is what bounds the rate, and others on the machine change it less. */
static double times(const struct results *results, const char *who)
{
    return results_median(results, reading, who, "CPU us/req") /
           results_median(results, reading, "Facewire", "CPU us/req");
}

int main(void)
{
    struct results *results =
        results_create("upload",
                       "photos of 200 KB come in as multipart/form-data, "
                       "32 connections, one core",
                       columns, COUNT(columns));
    struct buffer photo = {0};

    log_open("bench", LOG_INFO, LOG_TEXT);
    setenv("FACEWIRE_MODELS", ".", 1);
    setenv("FACEWIRE_LOG_LEVEL", "warn", 1);
    setenv("FACEWIRE_ADDRESS_REQUESTS_S", "1000000", 1);
    form_photo(&photo, PHOTO_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
        measure_ours(results, &photo);
        if (peer_has("node"))
            measure_other(results, "Node, busboy", "node", "upload_busboy.mjs",
                          &photo);
        measure_other(results, "FastAPI", "/usr/bin/python3",
                      "upload_fastapi.py", &photo);
        measure_other(results, "bare epoll", BENCH_BUILD "/floor_upload", NULL,
                      &photo);
    }
    results_at_least(results, "uploads for the same CPU, as times of busboy's",
                     times(results, "Node, busboy"), 1.8);
    results_at_least(results, "uploads for the same CPU, as times of FastAPI's",
                     times(results, "FastAPI"), 6);
    results_finish(results);
    buffer_finish(&photo);
    return EXIT_SUCCESS;
}
