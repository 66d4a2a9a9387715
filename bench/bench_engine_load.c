/*
 * bench_engine_load.c - an engine under the load of many, good and bad
 *
 *   bench_engine_load [SECONDS [CONNECTIONS [VANDALS]]]
 *
 * Usually 300 seconds, 200 connections, 50 of them of vandals (vandals.h).  The
 * others ask for seven operations in turn, each after a pause, so that the
 * engine has about half of what it can do to do; when it says that it has too
 * much, a client waits a second longer, as SDKs do.
 *
 * It fails for an answer that the load does not explain, and, in a run of a
 * minute and more, if the engine's memory is larger in the last quarter than in
 * the second; in the first it gets what it needs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cores.h"
#include "deeds.h"
#include "engine_stage.h"
#include "load.h"
#include "log.h"
#include "process_share.h"
#include "sample.h"
#include "vandals.h"
#include "xalloc.h"

enum {
    SECONDS = 300,
    CONNECTIONS = 200,
    TURN_MS = 10,
    LOOK_MS = 500,      /* between two looks at the memory */
    BACK_OFF_MS = 1000, /* when there is too much to do */
    LAST_ANSWERS_MS = 30000,
    STEADY_S = 60, /* shorter runs say nothing about memory */
    TRIALS = 10,
};

struct bench {
    struct engine_stage stage;
    struct load *load;
    struct deeds deeds;
    double pause_ms; /* of a client, between two requests */
    bool is_over;
    size_t asking; /* clients that wait for an answer */
    struct tally {
        struct sample ms; /* of those that were answered */
        uint64_t throttled;
        uint64_t surprises;
    } tallies[DEEDS];
    struct sample kilobytes;
};

struct client {
    struct bench *bench;
    struct asker *asker;
    struct buffer request;
    enum deed deed;
    int64_t asked_ns;
    int64_t due_ms;
    bool is_asking;
};

/* ---- asking ---- */

static void ask(struct client *client)
{
    struct bench *bench = client->bench;
    char *body;

    client->deed = deeds_draw(&bench->deeds);
    body = deeds_body(&bench->deeds, client->deed);
    buffer_clear(&client->request);
    recognition_write(&bench->stage.client, deed_name(client->deed), body,
                      &client->request);
    free(body);
    client->is_asking = true;
    bench->asking++;
    client->asked_ns = clock_steady_ns();
    asker_ask(client->asker, client->request.bytes, client->request.len);
}

/* ---- hearing ---- */

static bool is_throttle(const struct json *answer)
{
    const char *type = json_get_text(answer, "__type", "");

    return strcmp(type, "ProvisionedThroughputExceededException") == 0 ||
           strcmp(type, "ThrottlingException") == 0;
}

static void on_answer(void *owner, struct asker *asker, int status,
                      const char *body, size_t len)
{
    struct client *client = owner;
    struct bench *bench = client->bench;
    struct tally *tally = &bench->tallies[client->deed];
    struct json *answer = json_parse(body, len);
    double pause_ms = 2 * bench->pause_ms * deeds_chance(&bench->deeds);

    (void)asker;
    if (status == 200) {
        sample_add(&tally->ms,
                   (double)(clock_steady_ns() - client->asked_ns) / 1e6);
        if (client->deed == INDEX)
            deeds_learn(&bench->deeds, answer);
    } else if (is_throttle(answer)) {
        tally->throttled++;
        pause_ms += BACK_OFF_MS;
    } else {
        tally->surprises++;
        printf("%s: %d %.*s\n", deed_name(client->deed), status, (int)len,
               body);
    }
    json_destroy(answer);
    client->due_ms = clock_steady_ms() + (int64_t)pause_ms;
    client->is_asking = false;
    if (--bench->asking == 0 && bench->is_over)
        load_stop(bench->load);
}

/* ---- before ---- */

/* How long one client waits for a photo, when it is alone: so much work a
 * thread has with one. */
static double measure_photo_ms(struct bench *bench)
{
    struct sample ms = {0};
    double median;

    for (size_t i = 0; i < TRIALS; i++) {
        char *body = deeds_body(&bench->deeds, SEARCH_BY_IMAGE);
        int64_t start_ns = clock_steady_ns();

        recognition_do(&bench->stage.client, "SearchFacesByImage", "%s", body);
        sample_add(&ms, (double)(clock_steady_ns() - start_ns) / 1e6);
        free(body);
    }
    median = sample_at(&ms, 0.5);
    sample_finish(&ms);
    return median;
}

/* The engine has two threads for photos; the work of one is asked for. */
static void choose_pause(struct bench *bench, size_t clients)
{
    bench->pause_ms =
        (double)clients * deeds_photos() * measure_photo_ms(bench);
}

/* ---- meanwhile ---- */

static void look(struct bench *bench)
{
    pid_t pid = bench->stage.engine.pid;

    sample_add(&bench->kilobytes, (double)process_own_kilobytes(pid));
}

static void run(struct bench *bench, struct client *clients, size_t count,
                int64_t seconds)
{
    int64_t now_ms = clock_steady_ms(), look_ms = now_ms;
    int64_t end_ms = now_ms + seconds * 1000;

    for (size_t i = 0; i < count; i++)
        clients[i].due_ms =
            now_ms + (int64_t)(bench->pause_ms * deeds_chance(&bench->deeds));
    while (now_ms < end_ms) {
        for (size_t i = 0; i < count; i++)
            if (!clients[i].is_asking && clients[i].due_ms <= now_ms)
                ask(&clients[i]);
        (void)!load_run(bench->load, TURN_MS);
        now_ms = clock_steady_ms();
        if (now_ms >= look_ms) {
            look(bench);
            look_ms += LOOK_MS;
        }
    }
    bench->is_over = true;
    if (bench->asking && !load_run(bench->load, LAST_ANSWERS_MS))
        fatal("%zu requests have no answer", bench->asking);
}

/* ---- afterwards ---- */

static bool tell_operations(struct bench *bench, double seconds)
{
    bool is_good = true;

    printf("%-20s %8s %9s %8s %8s %8s %10s\n", "operation", "answers",
           "a second", "p50 ms", "p99 ms", "most ms", "throttled");
    for (size_t i = 0; i < DEEDS; i++) {
        struct tally *tally = &bench->tallies[i];

        printf("%-20s %8zu %9.1f %8.1f %8.1f %8.1f %10llu\n",
               deed_name((enum deed)i), tally->ms.count,
               (double)tally->ms.count / seconds, sample_at(&tally->ms, 0.5),
               sample_at(&tally->ms, 0.99), sample_at(&tally->ms, 1),
               (unsigned long long)tally->throttled);
        is_good &= tally->surprises == 0;
        sample_finish(&tally->ms);
    }
    return is_good;
}

static bool tell_vandals(const struct vandals_tally *tally)
{
    bool is_good = true;

    for (enum vandalism i = 0; i < VANDALISMS; i++) {
        printf("%-20s %8llu, answered otherwise than they should be: %llu\n",
               vandalism_name(i), (unsigned long long)tally->done[i],
               (unsigned long long)tally->surprises[i]);
        is_good &= tally->surprises[i] == 0;
    }
    return is_good;
}

static double mean(const double *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

static bool tell_memory(const struct sample *kilobytes, int64_t seconds)
{
    size_t quarter = kilobytes->count / 4;
    double mb[4];

    if (seconds < STEADY_S)
        return true;
    for (size_t i = 0; i < COUNT(mb); i++)
        mb[i] = mean(kilobytes->values + i * quarter, quarter) / 1024;
    printf("memory of the engine, without files, in each quarter: "
           "%.1f, %.1f, %.1f, %.1f MB\n",
           mb[0], mb[1], mb[2], mb[3]);
    return mb[3] <= mb[1] * 1.1 + 4;
}

static int64_t read_number(int argc, char **argv, int at, int64_t usual)
{
    return argc > at ? strtol(argv[at], NULL, 10) : usual;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    int64_t seconds = read_number(argc, argv, 1, SECONDS);
    size_t count = (size_t)read_number(argc, argv, 2, CONNECTIONS);
    size_t bad = (size_t)read_number(argc, argv, 3, (int64_t)count / 4);
    struct client *clients;
    struct vandals *vandals;
    struct vandals_tally tally;
    struct cores_watch watch;
    bool is_good;

    if (seconds < 1 || count < 1 || count > 10000 || bad >= count)
        fatal("usage: %s [SECONDS [CONNECTIONS [VANDALS]]]", argv[0]);
    count -= bad;
    deeds_open(&bench.deeds);
    setenv("FACEWIRE_ENGINE_REQUEST_MS", "3000", 1);
    engine_stage_open(&bench.stage);
    bench.load = load_create();
    deeds_prepare(&bench.deeds, &bench.stage.client);
    choose_pause(&bench, count);
    clients = xcalloc(count, sizeof *clients);
    for (size_t i = 0; i < count; i++)
        clients[i] =
            (struct client){.bench = &bench,
                            .asker = load_ask_at(bench.load, bench.stage.port,
                                                 on_answer, &clients[i])};
    vandals = vandals_start(&bench.stage.client, bench.deeds.photos[0], bad);
    printf("%zu clients, %zu vandals, %lld s, a request a client each %.1f s\n",
           count, bad, (long long)seconds, bench.pause_ms / 1000);
    cores_watch_begin(&watch, &bench.stage.engine.pid, 1);
    run(&bench, clients, count, seconds);
    printf("%.0f %% of the cores' time went to others\n",
           cores_watch_end(&watch));
    vandals_look(vandals, &tally);
    vandals_stop(vandals);

    is_good = tell_operations(&bench, (double)seconds);
    is_good &= tell_vandals(&tally);
    is_good &= tell_memory(&bench.kilobytes, seconds);
    load_destroy(bench.load);
    engine_stage_close(&bench.stage);
    for (size_t i = 0; i < count; i++)
        buffer_finish(&clients[i].request);
    deeds_finish(&bench.deeds);
    sample_finish(&bench.kilobytes);
    free(clients);
    printf("%s\n", is_good ? "good" : "not good");
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
