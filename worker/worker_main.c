/*
 * worker_main.c - facewire-worker: does the jobs
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bell.h"
#include "errors.h"
#include "footprint.h"
#include "foreman.h"
#include "log.h"
#include "program.h"
#include "random.h"
#include "text.h"
#include "tools.h"
#include "xalloc.h"

enum {
    STORE_THREADS = 4,
    RECOGNIZER_CONNECTIONS = 32,
    DATABASE_PATIENCE_MS = 30000,
    PROGRAM_GRACE_MS = 5000,
    KEY_BYTES = 256,
};

struct worker {
    struct program program;
    struct worker_settings settings;
    struct tools tools;
    struct foreman *foreman;
    struct bell **bells; /* one for each part of the queue */
    char consumer[CONSUMER_BYTES];
    char access_key[KEY_BYTES];
    char secret_key[KEY_BYTES];
    uv_timer_t limit; /* of the drain */
    bool is_closed;
};

static bool on_ring(void *owner, unsigned part)
{
    struct worker *worker = owner;

    return foreman_ring(worker->foreman, part);
}

static void on_queue_state(void *owner, unsigned part, bool is_up)
{
    struct worker *worker = owner;

    if (worker->foreman)
        foreman_queue_changed(worker->foreman, part, is_up);
}

/* ---- the drain ---- */

static void close_all(struct worker *worker)
{
    if (worker->is_closed)
        return;
    worker->is_closed = true;
    uv_close((uv_handle_t *)&worker->limit, NULL);
    for (int64_t i = 0; i < worker->settings.log_parts; i++)
        bell_destroy(worker->bells[i]);
    foreman_destroy(worker->foreman);
    recognizer_client_destroy(worker->tools.recognizer);
    pacer_destroy(worker->tools.pacer);
    queues_destroy(worker->tools.queues);
    program_stop(&worker->program);
}

static void on_limit(uv_timer_t *timer)
{
    struct worker *worker = container_of(timer, struct worker, limit);

    log_warn("%zu jobs are handed back: they took too long",
             foreman_working(worker->foreman));
    foreman_hand_back(worker->foreman);
    recognizer_client_close(worker->tools.recognizer);
}

static void on_drain(void *owner)
{
    struct worker *worker = owner;

    for (int64_t i = 0; i < worker->settings.log_parts; i++)
        bell_hold(worker->bells[i], true);
    uv_timer_start(&worker->limit, on_limit,
                   (uint64_t)worker->settings.drain_ms, 0);
    foreman_stop(worker->foreman);
}

/* From the loop, since whoever tells it is still at work. */
static void on_idle_time(uv_timer_t *timer)
{
    close_all(container_of(timer, struct worker, limit));
}

static void on_idle(void *owner)
{
    struct worker *worker = owner;

    if (!worker->is_closed)
        uv_timer_start(&worker->limit, on_idle_time, 0, 0);
}

/* ---- the start ---- */

/* An engine writes its keys into a file: "<access key> <secret>". */
static void read_keys(struct worker *worker)
{
    const struct worker_settings *settings = &worker->settings;
    char line[2 * KEY_BYTES] = "";
    FILE *file;

    text_copy(worker->access_key, KEY_BYTES, settings->access_key);
    text_copy(worker->secret_key, KEY_BYTES, settings->secret_key);
    if (worker->access_key[0] || !settings->keys_file[0])
        return;
    file = fopen(settings->keys_file, "re");
    if (!file || !fgets(line, sizeof line, file) ||
        sscanf(line, "%255s %255s", worker->access_key, worker->secret_key) !=
            2)
        fatal("FACEWIRE_REKOGNITION_KEYS: %s has no line with an access key "
              "and its secret",
              settings->keys_file);
    fclose(file);
}

static void open_recognizer(struct worker *worker)
{
    const struct worker_settings *settings = &worker->settings;
    struct recognizer_options options = {
        .endpoint = settings->endpoint,
        .region = settings->region,
        .access_key = worker->access_key,
        .secret_key = worker->secret_key,
        .session_token = settings->session_token,
        .ca_file = settings->ca_file,
        .connections = RECOGNIZER_CONNECTIONS,
    };
    char problem[256];

    read_keys(worker);
    if (!worker->access_key[0] || !worker->secret_key[0])
        fatal("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set, or "
              "FACEWIRE_REKOGNITION_KEYS");
    worker->tools.recognizer =
        recognizer_client_create(&worker->program.loop, &options, problem);
    if (!worker->tools.recognizer)
        fatal("FACEWIRE_REKOGNITION_ENDPOINT: %s", problem);
}

static void open_queues(struct worker *worker)
{
    const struct worker_settings *settings = &worker->settings;
    struct tools *tools = &worker->tools;
    unsigned parts = (unsigned)settings->log_parts;
    struct queue_options options = {
        .url = settings->redis_url, .name = "facewire-worker", .parts = parts};
    char problem[256];

    tools->queues =
        queues_create(tools->loop, &options, on_queue_state, worker, problem);
    if (!tools->queues)
        fatal("FACEWIRE_REDIS_URL: %s", problem);
    tools->pacer = pacer_create(tools->queues, (double)settings->rate);
    worker->foreman = foreman_create(tools, on_idle, worker);
    worker->bells = xcalloc(parts, sizeof(struct bell *));
    for (unsigned i = 0; i < parts; i++) {
        worker->bells[i] = bell_create(tools->loop, settings->redis_url, i,
                                       on_ring, worker, problem);
        if (!worker->bells[i])
            fatal("FACEWIRE_REDIS_URL: %s", problem);
    }
}

static void open_parts(struct worker *worker)
{
    const struct worker_settings *settings = &worker->settings;
    uv_loop_t *loop = &worker->program.loop;
    struct tools *tools = &worker->tools;
    struct darkroom_limits limits = {
        .threads = (size_t)settings->picture_threads,
        .pixels = (uint64_t)settings->picture_pixels};
    char host[32] = "", name[RANDOM_NAME_BYTES];

    gethostname(host, sizeof host - 1);
    random_name(name);
    snprintf(worker->consumer, sizeof worker->consumer, "%s-%s", host, name);
    *tools = (struct tools){
        .loop = loop, .settings = settings, .consumer = worker->consumer};
    tools->store = store_folder_create(loop, settings->images, STORE_THREADS);
    if (!tools->store)
        fatal("FACEWIRE_IMAGES: %s cannot be used", settings->images);
    tools->database = database_open(loop, &settings->database);
    database_demand_schema(loop, tools->database, DATABASE_PATIENCE_MS);
    open_recognizer(worker);
    tools->darkroom = darkroom_create(loop, &limits);
    open_queues(worker);
    uv_timer_init(loop, &worker->limit);
    log_info("worker=%s ready", worker->consumer);
}

static void finish(struct worker *worker)
{
    darkroom_destroy(worker->tools.darkroom);
    store_destroy(worker->tools.store);
    database_destroy(worker->tools.database);
    program_finish(&worker->program);
    settings_finish(worker_settings_table, worker_settings_count,
                    &worker->settings);
    free(worker->bells);
    picture_library_finish();
}

int main(int argc, char **argv)
{
    static struct worker worker;

    footprint_init();
    footprint_keep_room(FOOTPRINT_ROOM_BYTES);
    log_open("facewire-worker", LOG_INFO, LOG_TEXT);
    settings_load(argc, argv, "does the jobs", worker_settings_table,
                  worker_settings_count, &worker.settings);
    log_open_as("facewire-worker", worker.settings.log_level,
                worker.settings.log_format);
    picture_library_init();
    program_init(&worker.program,
                 STORE_THREADS + (size_t)worker.settings.picture_threads +
                     (size_t)worker.settings.database.connections,
                 worker.settings.drain_ms + PROGRAM_GRACE_MS, on_drain,
                 &worker);
    open_parts(&worker);
    footprint_shrink();
    if (!program_run(&worker.program))
        fatal("stopped in the middle");
    finish(&worker);
    log_info("stopped");
    return EXIT_SUCCESS;
}
