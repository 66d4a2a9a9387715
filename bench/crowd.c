/*
 * crowd.c - one event to many
 *
 * Every listener hears every event in order, so its how-manieth one it is tells
 * when it was published.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "cores.h"
#include "crowd.h"
#include "load.h"
#include "log.h"
#include "process_share.h"
#include "raw_client.h"
#include "xalloc.h"

enum { LIMIT_MS = 120000, SETTLE_MS = 300, PUBLISHERS = 64 };

struct crowd {
    const struct crowd_host *host;
    const struct crowd_wish *wish;
    struct load *load;
    struct listener_heard {
        struct crowd *crowd;
        size_t count;
    } * heard;
    struct asker *publishers[PUBLISHERS];
    bool is_asking[PUBLISHERS];
    int redis; /* -1: published by HTTP */
    int run;   /* in Redis an event's name is told once */
    struct buffer request;
    int64_t *published_ns;
    size_t published;
    size_t delivered;
    struct sample waits_ms;
};

static void pump(struct crowd *crowd);

/* ---- publishing ---- */

static void on_published(void *owner, struct asker *asker, int status,
                         const char *body, size_t len)
{
    struct crowd *crowd = owner;
    size_t i = 0;

    if (status < 200 || status > 299)
        fatal("an event was refused: %d %.*s", status, (int)len, body);
    while (crowd->publishers[i] != asker)
        i++;
    crowd->is_asking[i] = false;
    pump(crowd);
}

/* The text of an event, which begins as the host's events do. */
static void write_data(struct buffer *text, size_t bytes, const char *beginning)
{
    buffer_printf(text, "%s\"data\":\"", beginning);
    while (text->len < bytes - 2)
        buffer_add_byte(text, 'x');
    buffer_add_text(text, "\"}");
}

static void publish_in_redis(struct crowd *crowd)
{
    struct buffer command = {0}, data = {0};
    char event[64], replies[4096];

    write_data(&data, crowd->wish->event_bytes, "{");
    snprintf(event, sizeof event, "search.face:%d-%zu", crowd->run,
             crowd->published);
    buffer_printf(
        &command,
        "*10\r\n$5\r\nFCALL\r\n$17\r\nfacewire_progress\r\n$1\r\n1\r\n"
        "$13\r\nfacewire:{0}:\r\n$36\r\n"
        "0199c1de-7f3a-7000-8000-0123456789ab\r\n$1\r\n1\r\n"
        "$%zu\r\n%s\r\n$8\r\nsearches\r\n$%zu\r\n%s\r\n"
        "$6\r\n100000\r\n",
        strlen(event), event, data.len, data.bytes);
    if (!raw_send(crowd->redis, command.bytes, command.len))
        fatal("Redis is away");
    while (recv(crowd->redis, replies, sizeof replies, MSG_DONTWAIT) > 0)
        ;
    buffer_finish(&command);
    buffer_finish(&data);
}

static bool publish_by_http(struct crowd *crowd)
{
    size_t i = 0;

    while (i < PUBLISHERS && crowd->is_asking[i])
        i++;
    if (i == PUBLISHERS)
        return false;
    if (!crowd->publishers[i])
        crowd->publishers[i] =
            load_ask_at(crowd->load, crowd->host->port, on_published, crowd);
    crowd->is_asking[i] = true;
    asker_ask(crowd->publishers[i], crowd->request.bytes, crowd->request.len);
    return true;
}

/* Publishes until enough are on their way. */
static void pump(struct crowd *crowd)
{
    const struct crowd_wish *wish = crowd->wish;

    while (crowd->published < wish->events &&
           crowd->published - crowd->delivered / wish->listeners <
               wish->in_flight) {
        crowd->published_ns[crowd->published] = clock_steady_ns();
        if (crowd->redis >= 0)
            publish_in_redis(crowd);
        else if (!publish_by_http(crowd))
            return;
        crowd->published++;
    }
}

/* ---- listening ---- */

static void on_text(void *owner, struct ear *ear, const char *text, size_t len)
{
    struct listener_heard *heard = owner;
    struct crowd *crowd = heard->crowd;
    const char *beginning = crowd->host->beginning;

    if (len == 1 && text[0] == '2')
        ear_say(ear, 0x1, "3", 1); /* a ping of Socket.IO's own */
    if (len < strlen(beginning) ||
        memcmp(text, beginning, strlen(beginning)) != 0)
        return;
    if (heard->count >= crowd->published)
        fatal("an event came twice");
    sample_add(&crowd->waits_ms, (double)(clock_steady_ns() -
                                          crowd->published_ns[heard->count++]) /
                                     1e6);
    if (++crowd->delivered == crowd->wish->events * crowd->wish->listeners)
        load_stop(crowd->load);
    else if (crowd->delivered % crowd->wish->listeners == 0)
        pump(crowd);
}

static struct ear *listen_in(struct crowd *crowd, struct listener_heard *heard)
{
    const struct crowd_host *host = crowd->host;
    struct ear *ear = load_listen_at(crowd->load, host->port, host->path,
                                     host->headers, on_text, heard);

    heard->crowd = crowd;
    if (host->hello)
        ear_say(ear, 0x1, host->hello, strlen(host->hello));
    return ear;
}

void crowd_allow_descriptors(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void gather(struct crowd *crowd, struct crowd_found *found)
{
    size_t before = process_kilobytes(crowd->host->pid);
    int64_t begin_ns = clock_steady_ns();

    for (size_t i = 0; i < crowd->wish->listeners; i++)
        listen_in(crowd, &crowd->heard[i]);
    found->connect_s = (double)(clock_steady_ns() - begin_ns) / 1e9;
    load_run(crowd->load, SETTLE_MS);
    found->idle_kilobytes =
        ((double)process_kilobytes(crowd->host->pid) - (double)before) /
        (double)crowd->wish->listeners;
}

void crowd_run(const struct crowd_host *host, const struct crowd_wish *wish,
               struct crowd_found *found)
{
    static int runs;
    struct crowd crowd = {.host = host,
                          .wish = wish,
                          .load = load_create(),
                          .redis = -1,
                          .run = ++runs};
    struct listener_heard dead = {0};
    struct cores_watch watch;
    struct buffer text = {0};
    pid_t pid = host->pid;
    int64_t begin_ns;
    size_t kilobytes;

    crowd.heard = xcalloc(wish->listeners, sizeof *crowd.heard);
    crowd.published_ns = xcalloc(wish->events, sizeof *crowd.published_ns);
    write_data(&text, wish->event_bytes, "{\"type\":\"event\",");
    buffer_printf(&crowd.request,
                  "POST /publish HTTP/1.1\r\nHost: localhost\r\n"
                  "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
                  text.len, text.bytes);
    if (host->redis_port)
        crowd.redis = raw_connect(host->redis_port);
    gather(&crowd, found);
    if (wish->has_dead_ear)
        ear_read(listen_in(&crowd, &dead), false);
    kilobytes = process_kilobytes(pid);
    cores_watch_begin(&watch, &pid, 1);
    found->cpu_s = cores_seconds(pid);
    begin_ns = clock_steady_ns();
    pump(&crowd);
    if (!load_run(crowd.load, LIMIT_MS))
        fatal("%zu of %zu events came", crowd.delivered / wish->listeners,
              wish->events);
    found->seconds = (double)(clock_steady_ns() - begin_ns) / 1e9;
    found->cpu_s = cores_seconds(pid) - found->cpu_s;
    found->foreign = cores_watch_end(&watch);
    found->grown_kilobytes = (double)process_kilobytes(pid) - (double)kilobytes;
    found->p50_ms = sample_at(&crowd.waits_ms, 0.5);
    found->p99_ms = sample_at(&crowd.waits_ms, 0.99);
    sample_finish(&crowd.waits_ms);
    load_destroy(crowd.load);
    if (crowd.redis >= 0)
        close(crowd.redis);
    buffer_finish(&crowd.request);
    buffer_finish(&text);
    free(crowd.heard);
    free(crowd.published_ns);
}

void crowd_start_ours(struct stack *stack, struct crowd_host *host)
{
    setenv("FACEWIRE_MODELS", ".", 1);
    setenv("FACEWIRE_LOG_LEVEL", "warn", 1);
    setenv("FACEWIRE_CONNECTIONS", "30000", 1);
    setenv("FACEWIRE_ADDRESS_CONNECTIONS", "30000", 1);
    setenv("FACEWIRE_LISTENERS", "30000", 1);
    setenv("FACEWIRE_ADDRESS_LISTENERS", "30000", 1);
    setenv("FACEWIRE_ADDRESS_REQUESTS_S", "1000000", 1);
    cores_use(CORE_SERVERS);
    stack_start(stack);
    cores_move(stack->redis.child.pid, CORE_CLIENTS);
    cores_use(CORE_CLIENTS);
    *host = (struct crowd_host){
        .port = stack->port,
        .pid = stack->server.pid,
        .path = "/v1/live",
        .headers = "Sec-WebSocket-Protocol: facewire.v1\r\n",
        .hello = "{\"type\":\"subscribe\",\"id\":0,\"topics\":[\"searches\"]}",
        .beginning = "{\"type\":\"event\"",
        .redis_port = stack->redis.port};
}
