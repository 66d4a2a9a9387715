/*
 * server_main.c - facewire-server: the HTTP API, the live API, the pages
 *
 * Everything here turns on one loop; the database and the image store work on
 * threads of the pool.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "checkup.h"
#include "counters.h"
#include "event.h"
#include "event_log.h"
#include "footprint.h"
#include "hub.h"
#include "job_watch.h"
#include "json.h"
#include "listener.h"
#include "live_desk.h"
#include "log.h"
#include "pages.h"
#include "program.h"
#include "random.h"
#include "router.h"
#include "sessions.h"
#include "stage_book.h"
#include "stats.h"
#include "web.h"

enum {
    STORE_THREADS = 4,
    TICK_MS = 250,
    STATS_MS = 2000, /* between two tellings of the topic `stats` */
    DATABASE_PATIENCE_MS = 30000,
    IDLE_MS = 75000,
    BODY_LEAST_S = 1024,
    DRAIN_CHECK_MS = 50,
    PROGRAM_GRACE_MS = 5000,
};

struct server {
    struct program program;
    struct server_settings settings;
    struct services services;
    struct counters counters;
    char name[RANDOM_NAME_BYTES];
    struct pages *pages;
    struct listeners *listeners;
    struct sessions *sessions;
    struct router *router;
    struct web *web;
    struct stats stats;
    bool is_reading_stats;
    uv_timer_t stats_timer;
    uv_timer_t drain;
    int64_t drain_end_ms;
    bool is_cut;
};

/* ---- from the web ---- */

static void on_request(void *owner, struct exchange *exchange)
{
    struct server *server = owner;

    server->counters.connections = (int64_t)web_connections(server->web);
    router_take(server->router, exchange);
}

/* Between the answer to an upgrade and its opening nothing else happens. */
static bool on_upgrade(void *owner, struct exchange *exchange)
{
    struct server *server = owner;
    bool has_token;

    return router_take_upgrade(server->router, exchange, &has_token);
}

static void on_open(void *owner, struct websocket *websocket,
                    const char *address, const struct request *request)
{
    struct server *server = owner;

    sessions_open(server->sessions, websocket, address,
                  access_has_token(&server->settings, request));
}

static void on_refuse(void *owner, enum request_verdict verdict,
                      struct buffer *answer)
{
    static const enum problem problems[] = {
        [REQUEST_WHOLE] = PROBLEM_INVALID_REQUEST,
        [REQUEST_UNFINISHED] = PROBLEM_REQUEST_TIMEOUT,
        [REQUEST_MALFORMED] = PROBLEM_INVALID_REQUEST,
        [REQUEST_METHOD] = PROBLEM_METHOD_NOT_ALLOWED,
        [REQUEST_LENGTH] = PROBLEM_LENGTH_REQUIRED,
        [REQUEST_TARGET] = PROBLEM_URI_TOO_LONG,
        [REQUEST_HEADERS] = PROBLEM_HEAD_TOO_LARGE,
        [REQUEST_VERSION] = PROBLEM_INVALID_REQUEST,
    };
    struct server *server = owner;

    server->counters.answers[4]++;
    answer_refusal(answer, problems[verdict]);
}

/* ---- from the event log ---- */

static void on_entry(void *owner, const struct log_entry *entry)
{
    struct server *server = owner;
    int64_t deliveries = server->counters.deliveries;

    server->counters.events++;
    hub_publish(server->services.hub, entry);
    stage_book_note(server->services.stages, entry,
                    server->counters.deliveries > deliveries);
}

static void on_live(void *owner, const char *data, size_t len)
{
    struct server *server = owner;

    if (!live_desk_hear(server->services.desk, data, len))
        sessions_take_result(server->sessions, data, len);
}

static void on_gap(void *owner, const struct offset *from,
                   const struct offset *to)
{
    struct server *server = owner;

    listeners_tell_gap(server->listeners, from, to);
}

static void on_queue_state(void *owner, unsigned part, bool is_up)
{
    struct server *server = owner;

    event_log_queue_changed(server->services.log, part, is_up);
}

/* ---- stats, while somebody listens ---- */

static void tell_stats(struct subscriber *subscriber, void *argument)
{
    listener_tell(listener_of(subscriber), argument, 0);
}

static void on_stats(void *owner, int error)
{
    struct server *server = owner;
    char time[CLOCK_TEXT_BYTES];
    char *text;

    server->is_reading_stats = false;
    if (error)
        return;
    text = json_print_and_destroy(stats_json(&server->stats));
    clock_text(clock_wall_ms(), time);
    hub_each(
        server->services.hub, "stats", tell_stats,
        &(struct event){
            .time = time, .topic = "stats", .name = "stats", .data = text});
    free(text);
}

static void on_stats_time(uv_timer_t *timer)
{
    struct server *server = container_of(timer, struct server, stats_timer);

    if (!server->is_reading_stats && hub_has(server->services.hub, "stats"))
        server->is_reading_stats = stats_read(&server->stats, &server->services,
                                              on_stats, server) == PENDING;
}

/* ---- the drain ---- */

static void close_all(struct server *server)
{
    uv_close((uv_handle_t *)&server->stats_timer, NULL);
    uv_close((uv_handle_t *)&server->drain, NULL);
    web_destroy(server->web);
    event_log_destroy(server->services.log);
    queues_destroy(server->services.queues);
    wheel_destroy(server->services.wheel);
    program_stop(&server->program);
}

/* Live clients go one by one.  When the time is over whoever is left is cut
 * off; what was accepted from them is still carried to its end. */
static void on_drain_time(uv_timer_t *timer)
{
    struct server *server = container_of(timer, struct server, drain);
    bool is_over = clock_steady_ms() >= server->drain_end_ms;

    if (web_is_empty(server->web) && server->services.calls == 0)
        close_all(server);
    else if (is_over && !server->is_cut) {
        server->is_cut = true;
        web_cut(server->web);
    }
}

static void on_drain(void *owner)
{
    struct server *server = owner;
    int64_t window_ms = server->settings.drain_ms;

    server->services.is_draining = true;
    server->drain_end_ms = clock_steady_ms() + window_ms;
    web_close(server->web);
    listeners_end_streams(server->listeners);
    job_watches_end(&server->services);
    sessions_drain(server->sessions, window_ms);
    uv_timer_start(&server->drain, on_drain_time, DRAIN_CHECK_MS,
                   DRAIN_CHECK_MS);
}

/* ---- the start ---- */

static const struct event_log_events log_events = {on_entry, on_live, on_gap};
static const struct web_events web_events = {on_request, on_upgrade, on_open,
                                             on_refuse};

static void open_queues(struct server *server)
{
    const struct server_settings *settings = &server->settings;
    struct services *services = &server->services;
    struct queue_options queue = {.url = settings->redis_url,
                                  .name = "facewire-server",
                                  .parts = (unsigned)settings->log_parts};
    struct event_log_options log = {.redis_url = settings->redis_url,
                                    .server = server->name,
                                    .window_bytes =
                                        (size_t)settings->window_bytes};
    char problem[256];

    services->queues =
        queues_create(services->loop, &queue, on_queue_state, server, problem);
    if (!services->queues)
        fatal("FACEWIRE_REDIS_URL: %s", problem);
    log.queues = services->queues;
    services->log =
        event_log_create(services->loop, &log, &log_events, server, problem);
    if (!services->log)
        fatal("FACEWIRE_REDIS_URL: %s", problem);
}

static void open_parts(struct server *server)
{
    const struct server_settings *settings = &server->settings;
    struct services *services = &server->services;
    uv_loop_t *loop = &server->program.loop;

    random_name(server->name);
    *services = (struct services){
        .settings = settings,
        .loop = loop,
        .wheel = wheel_create(loop, TICK_MS),
        .hub = hub_create(),
        .counters = &server->counters,
        .stages = stage_book_create(server->name),
        .live = visitors_create(&(struct visitors_limits){
            .connections = (size_t)settings->listeners,
            .address_connections = (size_t)settings->address_listeners}),
        .name = server->name,
    };
    services->store =
        store_folder_create(loop, settings->images, STORE_THREADS);
    if (!services->store)
        fatal("FACEWIRE_IMAGES: %s cannot be used", settings->images);
    services->database = database_open(loop, &settings->database);
    database_demand_schema(loop, services->database, DATABASE_PATIENCE_MS);
    services->desk = live_desk_create(services);
    open_queues(server);
    services->checkup = checkup_create(services);
}

static void open_doors(struct server *server)
{
    const struct server_settings *settings = &server->settings;
    struct outbox_limits outbox = {.bytes = (size_t)settings->outbox_bytes,
                                   .frames = (size_t)settings->outbox_events};
    /* All who may listen from one address can come back to us at once. */
    int64_t burst =
        settings->address_listeners > 2 * settings->address_requests_s
            ? settings->address_listeners
            : 2 * settings->address_requests_s;
    struct web_options options = {
        .loop = &server->program.loop,
        .host = settings->host,
        .port = (int)settings->port,
        .subprotocol = "facewire.v1",
        .visitors = {.connections = (size_t)settings->connections,
                     .address_connections =
                         (size_t)settings->address_connections,
                     .requests_s = settings->address_requests_s,
                     .burst = burst},
        .head_ms = settings->patience_ms,
        .idle_ms = IDLE_MS,
        .body_grace_ms = settings->patience_ms,
        .body_least_s = BODY_LEAST_S,
    };
    char problem[256];

    server->pages = pages_create(settings->web);
    if (!server->pages)
        fatal("FACEWIRE_WEB: the pages in %s cannot be read", settings->web);
    server->listeners =
        listeners_create(&server->program.loop, server->services.log,
                         server->services.hub, &server->counters, &outbox);
    server->sessions = sessions_create(&server->services, server->listeners);
    server->router =
        router_create(&server->services, server->pages, server->listeners);
    server->web = web_create(&options, &web_events, server, problem);
    if (!server->web)
        fatal("%s", problem);
    log_info("listening at http://%s:%d", settings->host,
             web_port(server->web));
}

static void start_timers(struct server *server)
{
    uv_timer_init(&server->program.loop, &server->drain);
    uv_timer_init(&server->program.loop, &server->stats_timer);
    uv_timer_start(&server->stats_timer, on_stats_time, STATS_MS, STATS_MS);
}

/* What is left when nothing turns any more. */
static void finish(struct server *server)
{
    router_destroy(server->router);
    sessions_destroy(server->sessions);
    listeners_destroy(server->listeners);
    store_destroy(server->services.store);
    database_destroy(server->services.database);
    program_finish(&server->program);
    live_desk_destroy(server->services.desk);
    checkup_destroy(server->services.checkup);
    visitors_destroy(server->services.live);
    hub_destroy(server->services.hub);
    stage_book_destroy(server->services.stages);
    pages_destroy(server->pages);
    settings_finish(server_settings_table, server_settings_count,
                    &server->settings);
}

int main(int argc, char **argv)
{
    static struct server server;
    const char *objection;
    bool has_ended;

    footprint_init();
    footprint_keep_room(FOOTPRINT_ROOM_BYTES);
    log_open("facewire-server", LOG_INFO, LOG_TEXT);
    settings_load(argc, argv, "the HTTP API, the live API and the pages",
                  server_settings_table, server_settings_count,
                  &server.settings);
    log_open_as("facewire-server", server.settings.log_level,
                server.settings.log_format);
    objection = access_objection(&server.settings);
    if (objection)
        fatal("%s", objection);
    program_init(&server.program,
                 STORE_THREADS + (size_t)server.settings.database.connections,
                 server.settings.drain_ms + PROGRAM_GRACE_MS, on_drain,
                 &server);
    open_parts(&server);
    open_doors(&server);
    start_timers(&server);
    footprint_shrink();
    has_ended = program_run(&server.program);
    if (!has_ended)
        fatal("stopped in the middle");
    finish(&server);
    log_info("stopped");
    return EXIT_SUCCESS;
}
