/*
 * bench_pipeline.c - from a photo going in to its result coming out
 *
 *   bench_pipeline
 *
 * A photo of 200 KB is sent, and its search.completed is awaited on a
 * WebSocket; the recognition service is a stub that answers at once, so that
 * what is measured is the way there and back.  Both we and the same steps in
 * Node (busboy, BullMQ, mysql2, sharp, ws) do this:
 *
 *   live      take it, pass it through Redis, hash the request, ask, tell
 *   durable   take it as multipart/form-data, write it (fsync, rename), commit
 *             a row, queue it, read it, hash, ask, commit the result, tell;
 *             and make a thumbnail (Node: sharp)
 *
 * Ours takes live photos on the WebSocket, Node's as a form.  Besides, our
 * durable lane commits that a worker has begun.
 *
 * The floor is what the parts take by themselves: see bare.h.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bare.h"
#include "cores.h"
#include "form.h"
#include "log.h"
#include "peer.h"
#include "port.h"
#include "results.h"
#include "sample.h"
#include "stack.h"
#include "trips.h"
#include "xalloc.h"

enum {
    ROUNDS = 3,
    PHOTO_BYTES = 200 * 1024,
    PARTS = 4, /* of a stack, whose CPU is counted */
};

/* The last are four processes, ours or Node's. */
static const char *const columns[] = {"jobs/s",     "p50 ms",    "p99 ms",
                                      "CPU us/job", "server us", "worker us",
                                      "Redis us",   "MariaDB us"};

struct usage {
    pid_t pids[PARTS];   /* server, worker, Redis, MariaDB */
    double cpu_s[PARTS]; /* when the warm-up was over */
};

static void read_cpu(const struct usage *usage, double cpu_s[static PARTS])
{
    for (size_t i = 0; i < PARTS; i++)
        cpu_s[i] = cores_seconds(usage->pids[i]);
}

static void on_warm(void *owner)
{
    struct usage *usage = owner;

    read_cpu(usage, usage->cpu_s);
}

/* ---- a run ---- */

static const struct setting {
    const char *name;
    bool is_live;
    size_t senders;
    size_t our_jobs, peer_jobs;
} settings[] = {
    {"live, 1 at a time", true, 1, 1000, 400},
    {"durable, 1 at a time", false, 1, 500, 300},
    {"durable, 16 at a time", false, 16, 2000, 1000},
};

static void run_setting(struct results *results, const struct setting *setting,
                        const pid_t pids[static PARTS],
                        struct trips_options options)
{
    struct usage usage = {0};
    struct sample waits_ms = {0};
    struct cores_watch watch;
    struct trips *trips;
    double cpu_s[PARTS], all_us = 0, seconds, foreign, jobs;

    memcpy(usage.pids, pids, sizeof usage.pids);
    options.senders = setting->senders;
    options.on_warm = on_warm;
    options.owner = &usage;
    trips = trips_create(&options);
    cores_watch_begin(&watch, pids, PARTS);
    seconds = trips_run(trips, &waits_ms);
    jobs = (double)waits_ms.count;
    read_cpu(&usage, cpu_s);
    foreign = cores_watch_end(&watch);
    for (size_t i = 0; i < PARTS; i++) {
        cpu_s[i] = (cpu_s[i] - usage.cpu_s[i]) * 1e6 / jobs;
        all_us += cpu_s[i];
    }
    results_add(results, setting->name, options.who,
                (double[]){jobs / seconds, sample_at(&waits_ms, 0.5),
                           sample_at(&waits_ms, 0.99), all_us, cpu_s[0],
                           cpu_s[1], cpu_s[2], cpu_s[3]},
                foreign);
    sample_finish(&waits_ms);
    trips_destroy(trips);
}

/* Puts what a round leaves aside until the end: a file system without a journal
 * passes over the inodes of files that were deleted lately, one by one, and the
 * next round would pay for that. */
static void put_aside(const char *folder)
{
    static int number;
    char *aside = xprintf("aside-%d", number++);

    if (rename(folder, aside) < 0)
        log_info("%s cannot be put aside", folder);
    free(aside);
}

static void measure_ours(struct results *results, int recognition_port,
                         const struct buffer *photo)
{
    struct buffer request = {0};
    char *endpoint = xprintf("http://127.0.0.1:%d", recognition_port);
    struct stack stack;

    form_request(&request, "/v1/searches", photo, NULL, NULL);
    cores_use(CORE_SERVERS);
    stack_start(&stack);
    setenv("FACEWIRE_REKOGNITION_ENDPOINT", endpoint, 1);
    unsetenv("FACEWIRE_REKOGNITION_KEYS");
    stack_start_worker(&stack);
    cores_use(CORE_CLIENTS);
    for (size_t i = 0; i < COUNT(settings); i++) {
        const pid_t pids[] = {stack.server.pid, stack.worker.pid,
                              stack.redis.child.pid, stack.mariadb.child.pid};

        run_setting(
            results, &settings[i], pids,
            (struct trips_options){.who = "Facewire",
                                   .port = stack.port,
                                   .request = &request,
                                   .photo = settings[i].is_live ? photo : NULL,
                                   .count = settings[i].our_jobs});
    }
    stack_stop(&stack);
    put_aside("images");
    buffer_finish(&request);
    free(endpoint);
}

static void start_peer(struct child *child, const char *file, int one,
                       const char *two, const char *three, const char *four)
{
    char *path = peer_path(file);
    char *log = xprintf("%s.log", file);
    char one_text[16];

    snprintf(one_text, sizeof one_text, "%d", one);
    peer_start(child,
               (const char *[]){"node", path, one_text, two, three, four, NULL},
               log);
    free(path);
    free(log);
}

static void measure_peer(struct results *results,
                         const struct mariadb_server *mariadb,
                         const char *recognition_port,
                         const struct buffer *photo)
{
    static const char *const clean[] = {
        "sh", "-c", "rm -rf appendonlydir && mkdir -p peer", NULL};
    struct child gateway, worker;
    struct redis_server redis;
    int port = port_free();
    char redis_port[16];

    child_run(clean, "/dev/null");
    cores_use(CORE_SERVERS);
    redis_server_start(&redis, true);
    snprintf(redis_port, sizeof redis_port, "%d", redis.port);
    start_peer(&gateway, "pipeline_gateway.mjs", port, redis_port, "peer",
               mariadb->socket);
    start_peer(&worker, "pipeline_worker.mjs", redis.port, recognition_port,
               mariadb->socket, NULL);
    cores_use(CORE_CLIENTS);
    for (size_t i = 0; i < COUNT(settings); i++) {
        const pid_t pids[] = {gateway.pid, worker.pid, redis.child.pid,
                              mariadb->child.pid};
        struct buffer request = {0};

        form_request(&request,
                     settings[i].is_live ? "/v1/searches?lane=live"
                                         : "/v1/searches",
                     photo, NULL, NULL);
        run_setting(results, &settings[i], pids,
                    (struct trips_options){.who = "Node",
                                           .port = port,
                                           .request = &request,
                                           .count = settings[i].peer_jobs});
        buffer_finish(&request);
    }
    peer_stop(&gateway);
    peer_stop(&worker);
    redis_server_stop(&redis);
    put_aside("peer");
}

/* ---- the floor ---- */

/* A part's row; its median. */
static double add_part(struct results *results, const char *setting,
                       const char *who, struct sample *waits_ms,
                       struct cores_watch *watch)
{
    double p50_ms = sample_at(waits_ms, 0.5);

    results_add(results, setting, who,
                (double[]){NAN, p50_ms, sample_at(waits_ms, 0.99), NAN, NAN,
                           NAN, NAN, NAN},
                cores_watch_end(watch));
    sample_finish(waits_ms);
    cores_watch_begin(watch, NULL, 0);
    return p50_ms;
}

/* The parts of the live lane, and what the durable one has besides. */
static void measure_floor(struct results *results,
                          const struct mariadb_server *mariadb,
                          int recognition_port, const struct buffer *photo)
{
    const char *live = settings[0].name, *durable = settings[1].name;
    struct sample waits_ms = {0};
    struct cores_watch watch;
    double sum_ms;

    cores_watch_begin(&watch, NULL, 0);
    bare_request(photo, &waits_ms);
    sum_ms = add_part(results, live, "the request alone", &waits_ms, &watch);
    bare_recognition(recognition_port, photo, &waits_ms);
    sum_ms += add_part(results, live, "the stub alone", &waits_ms, &watch);
    bare_redis(photo, &waits_ms);
    sum_ms += add_part(results, live, "Redis alone", &waits_ms, &watch);
    results_add(results, live, "the floor",
                (double[]){NAN, sum_ms, NAN, NAN, NAN, NAN, NAN, NAN}, 0);
    bare_disk(photo, &waits_ms);
    sum_ms += add_part(results, durable, "the disk alone", &waits_ms, &watch);
    bare_commit(mariadb->socket, &waits_ms);
    sum_ms += add_part(results, durable, "a commit alone", &waits_ms, &watch);
    results_add(results, durable, "the floor",
                (double[]){NAN, sum_ms, NAN, NAN, NAN, NAN, NAN, NAN}, 0);
}

/* What is not ours, one after the other beside one MariaDB. */
static void measure_others(struct results *results, int recognition_port,
                           const struct buffer *photo)
{
    struct mariadb_server mariadb;
    char port[16];

    snprintf(port, sizeof port, "%d", recognition_port);
    cores_use(CORE_SERVERS);
    mariadb_server_start(&mariadb);
    mariadb_server_say(&mariadb,
                       "CREATE TABLE facewire.searches (id CHAR(36) PRIMARY "
                       "KEY, status VARCHAR(16) NOT NULL, path VARCHAR(255) "
                       "NOT NULL, result TEXT, created DATETIME(3) NOT NULL, "
                       "finished DATETIME(3)) ENGINE = InnoDB");
    cores_use(CORE_CLIENTS);
    measure_floor(results, &mariadb, recognition_port, photo);
    if (peer_has("node"))
        measure_peer(results, &mariadb, port, photo);
    mariadb_server_stop(&mariadb);
}

static double ratio(const struct results *results, const char *setting,
                    const char *column)
{
    return results_median(results, setting, "Facewire", column) /
           results_median(results, setting, "Node", column);
}

static void hold(struct results *results)
{
    results_at_most(
        results, "live lane: p50 in ms",
        results_median(results, settings[0].name, "Facewire", "p50 ms"), 0.8);
    results_at_most(
        results, "live lane: p99 in ms",
        results_median(results, settings[0].name, "Facewire", "p99 ms"), 2);
    results_at_least(results, "live lane: jobs/s as times of Node's",
                     ratio(results, settings[0].name, "jobs/s"), 3);
    results_at_most(results, "live lane: p99 as a part of Node's",
                    ratio(results, settings[0].name, "p99 ms"), 0.2);
    results_at_most(
        results, "durable lane: p50 in ms, of live, fsync and commit",
        results_median(results, settings[1].name, "Facewire", "p50 ms"),
        results_median(results, settings[0].name, "Facewire", "p50 ms") +
            results_median(results, settings[1].name, "the disk alone",
                           "p50 ms") +
            results_median(results, settings[1].name, "a commit alone",
                           "p50 ms"));
    results_at_least(results, "16 durable ones: jobs/s as times of Node's",
                     ratio(results, settings[2].name, "jobs/s"), 3);
    results_at_most(results, "16 durable ones: p99 as a part of Node's",
                    ratio(results, settings[2].name, "p99 ms"), 0.2);
}

int main(void)
{
    struct results *results = results_create(
        "pipeline", "a photo of 200 KB goes in, its result comes out", columns,
        COUNT(columns));
    struct buffer photo = {0};
    struct child recognition;
    int port = port_free();
    char port_text[16];

    log_open("bench", LOG_INFO, LOG_TEXT);
    setenv("FACEWIRE_MODELS", ".", 1);
    setenv("FACEWIRE_LOG_LEVEL", "warn", 1);
    setenv("FACEWIRE_ADDRESS_REQUESTS_S", "1000000", 1);
    setenv("AWS_ACCESS_KEY_ID", "bench", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "bench", 1);
    form_photo(&photo, PHOTO_BYTES);
    snprintf(port_text, sizeof port_text, "%d", port);
    cores_use(CORE_SERVERS);
    peer_start(
        &recognition,
        (const char *[]){BENCH_BUILD "/stub_recognition", port_text, NULL},
        "stub_recognition.log");
    for (int round = 0; round < ROUNDS; round++) {
        measure_ours(results, port, &photo);
        measure_others(results, port, &photo);
    }
    peer_stop(&recognition);
    child_run((const char *[]){"sh", "-c", "rm -rf aside-*", NULL},
              "/dev/null");
    hold(results);
    results_finish(results);
    buffer_finish(&photo);
    return EXIT_SUCCESS;
}
