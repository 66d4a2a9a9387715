/*
 * bench_engine.c - a photo's way to its matches, beside OpenCV in Python
 *
 *   bench_engine
 *
 * A photo of 1000 x 664 pixels goes to SearchFacesByImage as SDKs send it, in
 * base64 and signed, against ten thousand faces.  The peer gets the file as it
 * is.  It has the same networks, sees the photo as they do here, and knows the
 * same vectors: a comparison where both do not find the same is void.
 *
 * One core: the engine with one thread, or one process of the peer; the client
 * has the other core.  Two cores: two threads, or two processes that share the
 * connections evenly; the client takes its part from both cores, and is told.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "cores.h"
#include "embedders.h"
#include "known_faces.h"
#include "load.h"
#include "log.h"
#include "peer.h"
#include "port.h"
#include "process_share.h"
#include "results.h"
#include "sample.h"
#include "unit.h"
#include "xalloc.h"

enum {
    ROUNDS = 3,
    ROUND_MS = 2500,
    WARM_UP_MS = 700,
    STOP_MS = 60000,
    PROCESSES_MAX = 2,
    LANES_MAX = 6,
    VECTOR_LENGTH = 256,
};

static const char photo_name[] = "woman-eyeglasses.jpg";
static const char ours[] = "Facewire", theirs[] = "FastAPI, OpenCV";

static const char *const columns[] = {"photos/s",     "p50 ms",   "p99 ms",
                                      "CPU ms/photo", "client %", "PSS MB"};

static const struct setting {
    const char *name;
    int cores;
    int lanes; /* photos under way */
} settings[] = {
    {"one core, one at a time", 1, 1},
    {"one core, three at a time", 1, 3},
    {"two cores, six at a time", 2, 6},
};
static const struct setting *const alone = &settings[0];
static const struct setting *const one_core = &settings[1];
static const struct setting *const two_cores = &settings[2];

/* Who is measured: programs that share what comes. */
struct host {
    const char *name;
    int ports[PROCESSES_MAX];
    pid_t pids[PROCESSES_MAX];
    size_t count;
    struct buffer requests[PROCESSES_MAX]; /* whole ones */
};

/* One photo after the other. */
struct lane {
    struct run *run;
    const struct buffer *request;
    int64_t asked_ns;
};

struct run {
    struct lane lanes[LANES_MAX];
    struct sample waits_ms;
};

static void ask(struct lane *lane, struct asker *asker)
{
    lane->asked_ns = clock_steady_ns();
    asker_ask(asker, lane->request->bytes, lane->request->len);
}

static void on_answer(void *owner, struct asker *asker, int status,
                      const char *body, size_t len)
{
    struct lane *lane = owner;

    if (status != 200)
        fatal("an answer was %d: %.*s", status, (int)len, body);
    sample_add(&lane->run->waits_ms,
               (double)(clock_steady_ns() - lane->asked_ns) / 1e6);
    ask(lane, asker);
}

static double seconds_of(const struct host *host)
{
    double seconds = 0;

    for (size_t i = 0; i < host->count; i++)
        seconds += cores_seconds(host->pids[i]);
    return seconds;
}

static double megabytes_of(const struct host *host)
{
    double kilobytes = 0;

    for (size_t i = 0; i < host->count; i++)
        kilobytes += (double)process_kilobytes(host->pids[i]);
    return kilobytes / 1024;
}

static void measure(struct results *results, const struct setting *setting,
                    const struct host *host)
{
    struct load *load = load_create();
    struct run run = {0};
    struct cores_watch watch;
    double cpu_s, client_s, seconds;
    int64_t begin_ns;

    for (size_t i = 0; i < (size_t)setting->lanes; i++) {
        struct lane *lane = &run.lanes[i];

        *lane = (struct lane){&run, &host->requests[i % host->count], 0};
        ask(lane,
            load_ask_at(load, host->ports[i % host->count], on_answer, lane));
    }
    load_run(load, WARM_UP_MS);
    sample_finish(&run.waits_ms);
    run.waits_ms = (struct sample){0};
    cores_watch_begin(&watch, host->pids, host->count);
    cpu_s = seconds_of(host);
    client_s = cores_seconds(getpid());
    begin_ns = clock_steady_ns();
    load_run(load, ROUND_MS);
    seconds = (double)(clock_steady_ns() - begin_ns) / 1e9;
    cpu_s = seconds_of(host) - cpu_s;
    client_s = cores_seconds(getpid()) - client_s;
    results_add(results, setting->name, host->name,
                (double[]){(double)run.waits_ms.count / seconds,
                           sample_at(&run.waits_ms, 0.5),
                           sample_at(&run.waits_ms, 0.99),
                           cpu_s * 1e3 / (double)run.waits_ms.count,
                           50 * client_s / seconds, megabytes_of(host)},
                cores_watch_end(&watch));
    sample_finish(&run.waits_ms);
    load_destroy(load);
}

/* Those of so many cores. */
static void measure_all(struct results *results, int cores,
                        const struct host *host)
{
    for (size_t i = 0; i < COUNT(settings); i++)
        if (settings[i].cores == cores)
            measure(results, &settings[i], host);
}

/* ---- what both find ---- */

struct found {
    char id[UUID_BYTES];
    double similarity;
};

static struct json *hear(const struct host *host)
{
    struct raw_answer answer;
    struct json *document;
    int fd = raw_connect(host->ports[0]);

    if (!raw_send(fd, host->requests[0].bytes, host->requests[0].len))
        fatal("%s hung up", host->name);
    raw_hear(fd, &answer);
    document = json_parse(buffer_text(&answer.body), answer.body.len);
    if (answer.status != 200 || !document)
        fatal("%s answered %d: %s", host->name, answer.status,
              buffer_text(&answer.body));
    raw_answer_finish(&answer);
    close(fd);
    return document;
}

static struct found found_by_us(const struct host *host)
{
    struct json *answer = hear(host);
    const struct json *match = json_first(json_get(answer, "FaceMatches"));
    struct found found = {.similarity =
                              json_get_number(match, "Similarity", NAN)};

    snprintf(found.id, sizeof found.id, "%s",
             json_get_text(json_get(match, "Face"), "FaceId", ""));
    json_destroy(answer);
    return found;
}

static struct found found_by_peer(const struct host *host,
                                  const struct known_faces *known)
{
    struct json *answer = hear(host);
    const struct json *match = json_first(json_get(answer, "matches"));
    double place = json_get_number(match, "face", -1);
    struct found found = {.similarity =
                              json_get_number(match, "similarity", NAN)};

    if (place >= 0 && place < KNOWN_FACES)
        memcpy(found.id, known->ids[(size_t)place], UUID_BYTES);
    json_destroy(answer);
    return found;
}

static void demand_same(const struct found *one, const struct found *other)
{
    if (strcmp(one->id, other->id) != 0 ||
        !(fabs(one->similarity - other->similarity) < 0.5))
        fatal("the comparison is void: %s with %.3f here, %s with %.3f there",
              one->id, one->similarity, other->id, other->similarity);
    log_info("both find %s: %.3f and %.3f", one->id, one->similarity,
             other->similarity);
}

/* ---- both ---- */

static struct found measure_ours(struct results *results, int cores,
                                 struct engine_stage *stage)
{
    struct host host = {.name = ours, .ports = {stage->port}, .count = 1};
    char *photo = recognition_photo(photo_name);
    char *body = xprintf("{\"CollectionId\":\"people\",\"MaxFaces\":5,"
                         "\"FaceMatchThreshold\":0,"
                         "\"Image\":{\"Bytes\":\"%s\"}}",
                         photo);
    struct found found;

    setenv("FACEWIRE_ENGINE_THREADS", cores == 1 ? "1" : "2", 1);
    cores_use(cores == 1 ? CORE_SERVERS : CORE_BOTH);
    engine_stage_start(stage);
    cores_use(cores == 1 ? CORE_CLIENTS : CORE_BOTH);
    host.pids[0] = stage->engine.pid;
    recognition_write(&stage->client, "SearchFacesByImage", body,
                      &host.requests[0]);
    found = found_by_us(&host);
    measure_all(results, cores, &host);
    child_stop(&stage->engine, STOP_MS);
    buffer_finish(&host.requests[0]);
    free(body);
    free(photo);
    return found;
}

static void start_peer(struct child *child, int port)
{
    const struct embedder *curve = embedder_of_length(VECTOR_LENGTH);
    char *path = peer_path("recognize_fastapi.py");
    char *port_text = xprintf("%d", port);
    char *log = xprintf("recognize_%d.log", port);
    char *half = xprintf("%.17g", curve->half);
    char *slope = xprintf("%.17g", curve->slope);

    peer_start(child,
               (const char *[]){"/usr/bin/python3", path, port_text,
                                getenv("FACEWIRE_MODELS"), "vectors", half,
                                slope, NULL},
               log);
    free(path);
    free(port_text);
    free(log);
    free(half);
    free(slope);
}

static struct found measure_peer(struct results *results, int cores,
                                 const struct buffer *photo,
                                 const struct known_faces *known)
{
    struct host host = {.name = theirs, .count = (size_t)cores};
    struct child children[PROCESSES_MAX] = {{0}};
    struct found found;

    cores_use(cores == 1 ? CORE_SERVERS : CORE_BOTH);
    for (size_t i = 0; i < host.count; i++) {
        host.ports[i] = port_free();
        start_peer(&children[i], host.ports[i]);
        if (!port_answers(host.ports[i], STOP_MS))
            fatal("%s does not listen", theirs);
        host.pids[i] = children[i].pid;
        buffer_printf(&host.requests[i],
                      "POST /search HTTP/1.1\r\nHost: localhost\r\n"
                      "Content-Type: image/jpeg\r\nContent-Length: %zu\r\n\r\n",
                      photo->len);
        buffer_add(&host.requests[i], photo->bytes, photo->len);
    }
    cores_use(cores == 1 ? CORE_CLIENTS : CORE_BOTH);
    found = found_by_peer(&host, known);
    measure_all(results, cores, &host);
    for (size_t i = 0; i < host.count; i++) {
        peer_stop(&children[i]);
        buffer_finish(&host.requests[i]);
    }
    return found;
}

static double times(const struct results *results, const char *column,
                    const struct setting *one_setting, const char *one,
                    const struct setting *other_setting, const char *other)
{
    return results_median(results, one_setting->name, one, column) /
           results_median(results, other_setting->name, other, column);
}

static void hold_to_bars(struct results *results)
{
    results_at_most(results, "ms of a photo on one core",
                    results_median(results, alone->name, ours, "p50 ms"), 50);
    results_at_least(
        results, "photos/s on two cores, times those on one",
        times(results, "photos/s", two_cores, ours, one_core, ours), 1.8);
    for (size_t i = 0; i < COUNT(settings); i++) {
        const struct setting *setting = &settings[i];
        char *text = xprintf("%s: photos/s, times the peer's", setting->name);

        results_at_least(
            results, text,
            times(results, "photos/s", setting, ours, setting, theirs), 1.3);
        text = xprintf("%s: memory, times the peer's", setting->name);
        results_at_most(
            results, text,
            times(results, "PSS MB", setting, ours, setting, theirs), 0.5);
    }
}

int main(void)
{
    struct results *results = results_create(
        "engine", "a photo of 1000 x 664 is searched among 10,000 faces",
        columns, COUNT(columns));
    static struct known_faces known;
    struct engine_stage stage;
    struct buffer photo = {0};

    log_open("bench", LOG_INFO, LOG_TEXT);
    setenv("FACEWIRE_LOG_LEVEL", "warn", 1);
    setenv("OPENBLAS_NUM_THREADS", "1", 1); /* a process is for one core */
    photo.bytes = unit_read_file(
        unit_shared("FACEWIRE_PHOTOS", "photos", photo_name), &photo.len);
    engine_stage_open(&stage);
    known_faces_make(&known, &stage, &photo);
    for (int round = 0; round < ROUNDS; round++)
        for (int cores = 1; cores <= PROCESSES_MAX; cores++) {
            struct found here = measure_ours(results, cores, &stage);
            struct found there = measure_peer(results, cores, &photo, &known);

            demand_same(&here, &there);
        }
    hold_to_bars(results);
    results_finish(results);
    recognition_client_close(&stage.client);
    child_finish(&stage.engine);
    buffer_finish(&photo);
    return EXIT_SUCCESS;
}
