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
#include "clock.h"
#include "cores.h"
#include "form.h"
#include "load.h"
#include "log.h"
#include "peer.h"
#include "port.h"
#include "results.h"
#include "sample.h"
#include "stack.h"
#include "xalloc.h"

enum {
    ROUNDS = 3,
    PHOTO_BYTES = 200 * 1024,
    SENDERS = 16,
    /* A connection may say 300 things at once, and a live photo is two. */
    EARS = 16,
    JOBS_KEPT = 4096,
    LIMIT_MS = 120000,
    WARM_UP = 20,
    PARTS = 4, /* whose CPU is counted */
};

/* The last are four processes, ours or Node's. */
static const char *const columns[] = {"jobs/s",     "p50 ms",    "p99 ms",
                                      "CPU us/job", "server us", "worker us",
                                      "Redis us",   "MariaDB us"};

/* A job under way, found again by its id: either its answer or its event may
 * come first. */
struct trip {
    char id[64];
    size_t sender;
    int64_t started_ns;
    int64_t ended_ns;
};

struct run {
    struct load *load;
    struct asker *askers[SENDERS];
    struct ear *ears[EARS];
    const struct buffer *request; /* of the durable lane */
    const struct buffer *photo;   /* of the live lane, by WebSocket */
    int64_t started_ns[SENDERS];
    size_t sender_count;
    struct trip trips[JOBS_KEPT];
    size_t started;
    size_t ended;
    size_t jobs;
    int64_t begin_ns;
    struct sample waits_ms;
    pid_t pids[PARTS];   /* server, worker, Redis, MariaDB */
    double cpu_s[PARTS]; /* when the warm-up was over */
};

static void read_cpu(const struct run *run, double cpu_s[static PARTS])
{
    for (size_t i = 0; i < PARTS; i++)
        cpu_s[i] = cores_seconds(run->pids[i]);
}

/* ---- trips ---- */

static void send_photo(struct run *run, size_t sender)
{
    char text[160];
    int len;

    run->started++;
    run->started_ns[sender] = clock_steady_ns();
    if (!run->photo) {
        asker_ask(run->askers[sender], run->request->bytes, run->request->len);
        return;
    }
    len = snprintf(text, sizeof text,
                   "{\"type\":\"search\",\"id\":%zu,\"bytes\":%zu,\"lane\":"
                   "\"live\"}",
                   run->started, run->photo->len);
    ear_say(run->ears[run->started % EARS], 0x1, text, (size_t)len);
    ear_say(run->ears[run->started % EARS], 0x2, run->photo->bytes,
            run->photo->len);
}

static void end_trip(struct run *run, int64_t started_ns, int64_t ended_ns)
{
    run->ended++;
    if (run->ended == WARM_UP) {
        run->begin_ns = clock_steady_ns();
        read_cpu(run, run->cpu_s);
    }
    if (run->ended > WARM_UP)
        sample_add(&run->waits_ms, (double)(ended_ns - started_ns) / 1e6);
    if (run->ended == run->jobs)
        load_stop(run->load);
}

/* The trip of that id, or a free one. */
static struct trip *find_trip(struct run *run, const char *id)
{
    struct trip *free_one = NULL;

    for (size_t i = 0; i < JOBS_KEPT; i++) {
        struct trip *trip = &run->trips[i];

        if (trip->id[0] && strcmp(trip->id, id) == 0)
            return trip;
        if (!trip->id[0]) {
            free_one = trip;
            break;
        }
    }
    assert(free_one);
    snprintf(free_one->id, sizeof free_one->id, "%s", id);
    return free_one;
}

/* Free ones lie behind those in use, so that a search ends early. */
static void forget_trip(struct run *run, struct trip *trip)
{
    struct trip *last = trip;

    while (last + 1 < run->trips + JOBS_KEPT && last[1].id[0])
        last++;
    *trip = *last;
    *last = (struct trip){0};
}

static void check_trip(struct run *run, struct trip *trip)
{
    size_t sender;

    if (!trip->started_ns || !trip->ended_ns)
        return;
    end_trip(run, trip->started_ns, trip->ended_ns);
    sender = trip->sender;
    forget_trip(run, trip);
    if (run->started < run->jobs)
        send_photo(run, sender);
}

/* The text member of that name, without a whole parser. */
static bool read_member(const char *text, size_t len, const char *name,
                        char value[static 64])
{
    char key[32];
    const char *place, *end;
    int key_len = snprintf(key, sizeof key, "\"%s\":\"", name);

    place = memmem(text, len, key, (size_t)key_len);
    if (!place)
        return false;
    place += key_len;
    end = memchr(place, '"', len - (size_t)(place - text));
    if (!end || end - place >= 64)
        return false;
    memcpy(value, place, (size_t)(end - place));
    value[end - place] = '\0';
    return true;
}

static void on_answer(void *owner, struct asker *asker, int status,
                      const char *body, size_t len)
{
    struct run *run = owner;
    size_t sender = 0;
    struct trip *trip;
    char id[64];

    if (status != 202 || !read_member(body, len, "id", id))
        fatal("a photo was refused: %d %.*s", status, (int)len, body);
    while (run->askers[sender] != asker)
        sender++;
    trip = find_trip(run, id);
    trip->sender = sender;
    trip->started_ns = run->started_ns[sender];
    check_trip(run, trip);
}

static void on_text(void *owner, struct ear *ear, const char *text, size_t len)
{
    struct run *run = owner;
    char event[64], id[64];
    struct trip *trip;

    (void)ear;
    if (!read_member(text, len, "event", event))
        return;
    if (strcmp(event, "job.failed") == 0)
        fatal("a search failed: %.*s", (int)len, text);
    if (strcmp(event, "search.completed") != 0 ||
        !read_member(text, len, "job", id))
        return;
    if (run->photo) {
        end_trip(run, run->started_ns[0], clock_steady_ns());
        if (run->started < run->jobs)
            send_photo(run, 0);
        return;
    }
    trip = find_trip(run, id);
    trip->ended_ns = clock_steady_ns();
    check_trip(run, trip);
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
    {"durable, 16 at a time", false, SENDERS, 2000, 1000},
};

static void run_setting(struct results *results, const struct setting *setting,
                        const char *who, int port, struct run *run)
{
    static const char subscribe[] =
        "{\"type\":\"subscribe\",\"id\":0,\"topics\":[\"searches\"]}";
    struct cores_watch watch;
    double cpu_s[PARTS], all_us = 0, seconds, foreign, jobs;

    run->load = load_create();
    run->sender_count = setting->senders;
    for (size_t i = 0; i < (run->photo ? EARS : 1); i++)
        run->ears[i] = load_listen_at(run->load, port, "/v1/live",
                                      "Sec-WebSocket-Protocol: facewire.v1\r\n",
                                      on_text, run);
    if (!run->photo)
        ear_say(run->ears[0], 0x1, subscribe, strlen(subscribe));
    for (size_t i = 0; i < run->sender_count; i++)
        run->askers[i] = load_ask_at(run->load, port, on_answer, run);
    cores_watch_begin(&watch, run->pids, PARTS);
    for (size_t i = 0; i < run->sender_count; i++)
        send_photo(run, i);
    if (!load_run(run->load, LIMIT_MS))
        fatal("%s did not end in time: %zu of %zu", who, run->ended, run->jobs);
    seconds = (double)(clock_steady_ns() - run->begin_ns) / 1e9;
    jobs = (double)run->waits_ms.count;
    read_cpu(run, cpu_s);
    foreign = cores_watch_end(&watch);
    for (size_t i = 0; i < PARTS; i++) {
        cpu_s[i] = (cpu_s[i] - run->cpu_s[i]) * 1e6 / jobs;
        all_us += cpu_s[i];
    }
    results_add(results, setting->name, who,
                (double[]){jobs / seconds, sample_at(&run->waits_ms, 0.5),
                           sample_at(&run->waits_ms, 0.99), all_us, cpu_s[0],
                           cpu_s[1], cpu_s[2], cpu_s[3]},
                foreign);
    sample_finish(&run->waits_ms);
    load_destroy(run->load);
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
        struct run *run = xcalloc(1, sizeof *run);
        const pid_t pids[] = {stack.server.pid, stack.worker.pid,
                              stack.redis.child.pid, stack.mariadb.child.pid};

        memcpy(run->pids, pids, sizeof pids);
        run->jobs = settings[i].our_jobs;
        run->request = &request;
        run->photo = settings[i].is_live ? photo : NULL;
        run_setting(results, &settings[i], "Facewire", stack.port, run);
        free(run);
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
        struct run *run = xcalloc(1, sizeof *run);
        const pid_t pids[] = {gateway.pid, worker.pid, redis.child.pid,
                              mariadb->child.pid};
        struct buffer request = {0};

        form_request(&request,
                     settings[i].is_live ? "/v1/searches?lane=live"
                                         : "/v1/searches",
                     photo, NULL, NULL);
        memcpy(run->pids, pids, sizeof pids);
        run->jobs = settings[i].peer_jobs;
        run->request = &request;
        run_setting(results, &settings[i], "Node", port, run);
        buffer_finish(&request);
        free(run);
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
    bare_recognition(recognition_port, photo, &waits_ms);
    sum_ms = add_part(results, live, "the stub alone", &waits_ms, &watch);
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
