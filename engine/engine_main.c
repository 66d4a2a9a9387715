/*
 * engine_main.c - facewire-engine: a Rekognition-compatible server that really
 * recognizes
 *
 * The loop talks; photos are worked on by the recognizer's threads, the archive
 * is written by one, and requests are read and collections searched by others.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backup.h"
#include "calibrate.h"
#include "call.h"
#include "check.h"
#include "clock.h"
#include "data_folder.h"
#include "embedders.h"
#include "embedding.h"
#include "footprint.h"
#include "log.h"
#include "models.h"
#include "notify.h"
#include "picture.h"
#include "program.h"
#include "response.h"
#include "restore.h"
#include "text.h"
#include "web.h"
#include "xalloc.h"

enum {
    CLERKS = 1,
    CLERK_WAITING = 1000,
    READERS = 2,
    READERS_WAITING = 10000,
    HEAD_MS = 10000,
    IDLE_MS = 75000,
    BODY_GRACE_MS = 10000,
    BODY_LEAST_S = 1024,
    OBJECT_MS = 15000,            /* that an object of S3 may take */
    ADDRESS_REQUESTS_S = 1000000, /* signed requests are not counted */
    DRAIN_CHECK_MS = 50,
    PROGRAM_GRACE_MS = 5000,
};

struct engine_program {
    struct program program;
    struct engine_settings settings;
    struct engine engine;
    uv_timer_t drain;
    int64_t drain_end_ms;
    bool is_cut;
};

/* ---- from the web ---- */

static void refuse(const struct engine *engine, struct exchange *exchange,
                   enum exception exception)
{
    char request_id[UUID_BYTES];

    metrics_count(engine->metrics, NULL, exception, 0);
    uuid_make(request_id);
    response_refuse(exchange, request_id, exception, NULL);
}

static void send_metrics(const struct engine *engine, struct exchange *exchange)
{
    response_send_plain(exchange, 200, "text/plain; version=0.0.4",
                        xstrdup(metrics_text(engine)));
}

static void on_request(void *owner, struct exchange *exchange)
{
    struct engine_program *program = owner;
    const struct request *request = exchange_request(exchange);
    bool is_post = strcmp(request->method, "POST") == 0;

    if (!is_post && strcmp(request->path, "/healthz") == 0)
        health_answer(program->engine.health, exchange);
    else if (!is_post && strcmp(request->path, "/metrics") == 0)
        send_metrics(&program->engine, exchange);
    else if (strcmp(request->path, "/") != 0)
        refuse(&program->engine, exchange, EXCEPTION_NO_SUCH_PATH);
    else if (!is_post)
        refuse(&program->engine, exchange, EXCEPTION_METHOD);
    else
        call_take(&program->engine, exchange);
}

static void on_refuse(void *owner, enum request_verdict verdict,
                      struct buffer *answer)
{
    struct engine_program *program = owner;

    metrics_count(program->engine.metrics, NULL,
                  response_refuse_head(answer, verdict), 0);
}

/* ---- the drain ---- */

static void close_all(struct engine_program *program)
{
    uv_close((uv_handle_t *)&program->drain, NULL);
    web_destroy(program->engine.web);
    health_destroy(program->engine.health);
    recognizer_destroy(program->engine.recognizer);
    bucket_client_destroy(program->engine.buckets);
    key_file_close(program->engine.keys);
    program_stop(&program->program);
}

/* Who has asked is answered.  When the time is over the others are cut off, and
 * what was begun for them still comes to its end, but nothing is begun. */
static void on_drain_time(uv_timer_t *timer)
{
    struct engine_program *program =
        container_of(timer, struct engine_program, drain);
    bool is_over = clock_steady_ms() >= program->drain_end_ms;
    bool is_alone = web_is_empty(program->engine.web);

    if (is_alone)
        recognizer_give_up(program->engine.recognizer);
    if (is_alone && program->engine.calls == 0) {
        close_all(program);
    } else if (is_over && !program->is_cut) {
        program->is_cut = true;
        web_cut(program->engine.web);
    }
}

static void on_drain(void *owner)
{
    struct engine_program *program = owner;

    notify("STOPPING=1");
    program->drain_end_ms = clock_steady_ms() + program->settings.drain_ms;
    web_close(program->engine.web);
    uv_timer_start(&program->drain, on_drain_time, DRAIN_CHECK_MS,
                   DRAIN_CHECK_MS);
}

/* ---- the start ---- */

static void tell_measures(const struct models *models)
{
    for (enum measure i = 0; i < MEASURE_COUNT; i++)
        if (!models->measures[i])
            log_warn("the %s model is missing: attributes that need it are "
                     "left out of answers, see models.lock",
                     models_measure_name(i));
}

static void open_recognizer(struct engine_program *program)
{
    struct engine *engine = &program->engine;
    struct buffer problem = {0};
    struct models models;

    if (models_load(&models, program->settings.models, &problem) != 0)
        fatal("%s", buffer_text(&problem));
    tell_measures(&models);
    picture_library_init();
    engine->recognizer =
        recognizer_create(&program->program.loop, &models,
                          &(struct recognizer_limits){
                              .sets = (size_t)program->settings.threads,
                              .waiting = (size_t)program->settings.waiting,
                              .waiting_ms = program->settings.waiting_ms},
                          &problem);
    if (!engine->recognizer)
        fatal("%s", buffer_text(&problem));
    engine->vector_length = recognizer_vector_length(engine->recognizer);
    if (!embedder_has_curve(models.embedder.name, engine->vector_length))
        fatal("models.lock has no curve for %s", models.embedder.name);
    models_finish(&models);
    engine->model_version = embedding_version(engine->vector_length);
    buffer_finish(&problem);
}

static void open_keys(struct engine_program *program)
{
    const struct engine_settings *settings = &program->settings;
    struct buffer problem = {0};
    char *path = settings->keys[0]
                     ? xstrdup(settings->keys)
                     : data_folder_path(settings->data, DATA_KEYS);

    program->engine.keys =
        key_file_open(&program->program.loop, path, &problem);
    if (!program->engine.keys)
        fatal("FACEWIRE_ENGINE_KEYS: %s", buffer_text(&problem));
    free(path);
    buffer_finish(&problem);
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           text_begins(host, "127.");
}

static void allow_unsigned(const struct engine_settings *settings)
{
    if (!settings->is_unsigned)
        return;
    if (!is_loopback(settings->host))
        fatal("FACEWIRE_ENGINE_UNSIGNED: an engine that everybody may use "
              "listens at a loopback address, and %s is none",
              settings->host);
    log_warn("signatures are not looked at: everybody on this machine may do "
             "everything");
}

static void open_buckets(struct engine_program *program)
{
    const struct engine_settings *settings = &program->settings;
    char problem[256];

    if (!settings->s3_endpoint[0])
        return;
    if (!settings->s3_access_key[0] || !settings->s3_secret_key[0])
        fatal("FACEWIRE_ENGINE_S3_ENDPOINT: the access key or its secret is "
              "missing");
    program->engine.buckets = bucket_client_create(
        &program->program.loop,
        &(struct bucket_options){.endpoint = settings->s3_endpoint,
                                 .region = settings->region,
                                 .access_key = settings->s3_access_key,
                                 .secret_key = settings->s3_secret_key,
                                 .limit_ms = OBJECT_MS},
        problem);
    if (!program->engine.buckets)
        fatal("FACEWIRE_ENGINE_S3_ENDPOINT: %s", problem);
}

/* Those above the data's own, as `mkdir -p` does. */
static void make_folders_above(const char *path)
{
    char *part = xstrdup(path);

    for (char *slash = strchr(part, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(part, 0700);
        *slash = '/';
    }
    free(part);
}

static void open_archive(struct engine_program *program)
{
    const struct engine_settings *settings = &program->settings;
    struct engine *engine = &program->engine;
    struct buffer problem = {0};
    char *path = data_folder_path(settings->data, DATA_ARCHIVE);

    mkdir(settings->data, 0700);
    if (data_folder_has(settings->data, DATA_RESTORED))
        fatal("FACEWIRE_ENGINE_DATA: a restore into %s was cut off: run it "
              "again",
              settings->data);
    program->engine.archive = archive_open(path, &problem);
    if (program->engine.archive)
        engine->collections = collections_load(program->engine.archive,
                                               engine->vector_length, &problem);
    if (!engine->collections)
        fatal("FACEWIRE_ENGINE_DATA: %s", buffer_text(&problem));
    free(path);
    buffer_finish(&problem);
}

static void open_crews(struct engine_program *program)
{
    struct engine *engine = &program->engine;
    void *clerks[CLERKS] = {program->engine.archive};
    void *readers[READERS] = {NULL};

    engine->clerk =
        crew_create(&program->program.loop, clerks, CLERKS, CLERK_WAITING);
    engine->readers =
        crew_create(&program->program.loop, readers, READERS, READERS_WAITING);
}

static void open_doors(struct engine_program *program)
{
    static const struct web_events events = {.on_request = on_request,
                                             .on_refuse = on_refuse};
    const struct engine_settings *settings = &program->settings;
    struct web_options options = {
        .loop = &program->program.loop,
        .host = settings->host,
        .port = (int)settings->port,
        .is_alone = true, /* another engine would know other people */
        .visitors = {.connections = (size_t)settings->connections,
                     .address_connections =
                         (size_t)settings->address_connections,
                     .requests_s = ADDRESS_REQUESTS_S,
                     .burst = ADDRESS_REQUESTS_S},
        .head_ms = HEAD_MS,
        .idle_ms = IDLE_MS,
        .body_grace_ms = BODY_GRACE_MS,
        .body_least_s = BODY_LEAST_S,
        .body_ms = settings->request_ms,
    };
    char problem[256];

    program->engine.web = web_create(&options, &events, program, problem);
    if (!program->engine.web)
        fatal("%s", problem);
    uv_timer_init(&program->program.loop, &program->drain);
    log_info("listening at http://%s:%d, collections=%zu face_model=%s",
             settings->host, web_port(program->engine.web),
             collections_count(program->engine.collections),
             program->engine.model_version);
}

/* What is left when nothing turns any more. */
static void finish(struct engine_program *program)
{
    struct engine *engine = &program->engine;

    crew_destroy(engine->readers);
    crew_destroy(engine->clerk);
    program_finish(&program->program);
    collections_destroy(engine->collections);
    metrics_destroy(engine->metrics);
    archive_close(program->engine.archive);
    settings_finish(engine_settings_table, engine_settings_count,
                    &program->settings);
}

/* What is done instead of serving. */
static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"calibrate", calibrate_main},
    {"backup", backup_main},
    {"restore", restore_main},
    {"check", check_main},
};

int main(int argc, char **argv)
{
    static struct engine_program program;
    const struct engine_settings *settings = &program.settings;

    footprint_init();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error, no end */
    log_open("facewire-engine", LOG_INFO, LOG_TEXT);
    for (size_t i = 0; argc > 1 && i < COUNT(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    settings_load(argc, argv,
                  "Rekognition's face operations, at home; or, with `calibrate "
                  "FOLDER [PLOT]`, how well it tells people apart (a folder "
                  "for each); `backup FOLDER` and `check` while it runs, "
                  "`restore FOLDER [--replace]` while it does not",
                  engine_settings_table, engine_settings_count,
                  &program.settings);
    log_open_as("facewire-engine", settings->log_level, settings->log_format);
    program_init(&program.program, (size_t)settings->threads + CLERKS + READERS,
                 settings->drain_ms + PROGRAM_GRACE_MS, on_drain, &program);
    program.engine.settings = settings;
    program.engine.metrics = metrics_create();
    open_recognizer(&program);
    program.engine.health =
        health_create(&program.program.loop, &program.engine);
    make_folders_above(settings->data);
    open_archive(&program);
    open_keys(&program);
    allow_unsigned(settings);
    open_buckets(&program);
    open_crews(&program);
    open_doors(&program);
    footprint_shrink();
    notify("READY=1");
    if (!program_run(&program.program))
        fatal("stopped in the middle");
    finish(&program);
    log_info("stopped");
    return EXIT_SUCCESS;
}
