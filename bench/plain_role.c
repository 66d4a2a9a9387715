/*
 * plain_role.c - the floor of the queue bench: two bare streams
 *
 * XADD to one, XREADGROUP from it, and XADD to the other with XACK and XDEL
 * behind it.  A worker that dies between them loses or doubles work: this is
 * what the least costs that can be called a queue.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "done.h"
#include "errors.h"
#include "flight.h"
#include "log.h"
#include "queue_role.h"
#include "redis.h"

enum { LIMIT_MS = 4000, PENDING_MAX = 10000, ID_BYTES = 48 };

static const char data[] =
    "{\"data\":"
    "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}";

struct plain {
    struct flight flight; /* the producer's */
    struct redis *redis;
    struct redis *reader; /* waits for entries */
    bool is_worker;
    bool has_begun;
    char last[ID_BYTES];
};

static void read_on(struct plain *plain);

static void send_words(struct redis *redis, const struct redis_text *words,
                       size_t count, redis_done_fn *done, void *owner)
{
    if (redis_send(redis, words, count, 0, done, owner) != PENDING)
        fatal("Redis is away");
}

static void add_job(void *owner, unsigned number)
{
    struct plain *plain = owner;
    char text[16];

    snprintf(text, sizeof text, "%u", number);
    send_words(plain->redis,
               (struct redis_text[]){redis_text("XADD"), redis_text("jobs"),
                                     redis_text("*"), redis_text("job"),
                                     redis_text(text), redis_text("data"),
                                     redis_text(data)},
               7, NULL, NULL);
}

static void do_job(struct plain *plain, const char *entry, const char *job)
{
    send_words(plain->redis,
               (struct redis_text[]){redis_text("XADD"), redis_text("ends"),
                                     redis_text("MAXLEN"), redis_text("~"),
                                     redis_text("100000"), redis_text("*"),
                                     redis_text("job"), redis_text(job),
                                     redis_text("data"), redis_text(data)},
               10, NULL, NULL);
    send_words(plain->redis,
               (struct redis_text[]){redis_text("XACK"), redis_text("jobs"),
                                     redis_text("workers"), redis_text(entry)},
               4, NULL, NULL);
    send_words(plain->redis,
               (struct redis_text[]){redis_text("XDEL"), redis_text("jobs"),
                                     redis_text(entry)},
               3, NULL, NULL);
}

static void take_entry(struct plain *plain, const struct redis_reply *entry)
{
    const char *id = redis_reply_text(redis_reply_at(entry, 0));
    const char *job =
        redis_reply_text(redis_reply_at(redis_reply_at(entry, 1), 1));

    snprintf(plain->last, sizeof plain->last, "%s", id);
    if (plain->is_worker)
        do_job(plain, id, job);
    else
        flight_see(&plain->flight, (unsigned)strtoul(job, NULL, 10));
}

static void on_read(void *owner, int error, const struct redis_reply *reply)
{
    struct plain *plain = owner;
    const struct redis_reply *entries =
        redis_reply_at(redis_reply_at(reply, 0), 1);

    if (error)
        fatal("Redis is away: %s", error_name(error));
    for (size_t i = 0; i < redis_reply_count(entries); i++)
        take_entry(plain, redis_reply_at(entries, i));
    read_on(plain);
}

static void read_on(struct plain *plain)
{
    if (plain->is_worker)
        send_words(
            plain->reader,
            (struct redis_text[]){
                redis_text("XREADGROUP"), redis_text("GROUP"),
                redis_text("workers"), redis_text("bench"), redis_text("COUNT"),
                redis_text("512"), redis_text("BLOCK"), redis_text("1000"),
                redis_text("STREAMS"), redis_text("jobs"), redis_text(">")},
            11, on_read, plain);
    else
        send_words(
            plain->reader,
            (struct redis_text[]){redis_text("XREAD"), redis_text("COUNT"),
                                  redis_text("512"), redis_text("BLOCK"),
                                  redis_text("1000"), redis_text("STREAMS"),
                                  redis_text("ends"), redis_text(plain->last)},
            8, on_read, plain);
}

static void on_state(void *owner, bool is_up)
{
    struct plain *plain = owner;

    if (!is_up)
        fatal("Redis is away");
    if (plain->has_begun || !plain->reader || !redis_is_up(plain->redis) ||
        !redis_is_up(plain->reader))
        return;
    plain->has_begun = true;
    if (plain->is_worker)
        send_words(
            plain->reader,
            (struct redis_text[]){redis_text("XGROUP"), redis_text("CREATE"),
                                  redis_text("jobs"), redis_text("workers"),
                                  redis_text("0"), redis_text("MKSTREAM")},
            6, NULL, NULL);
    read_on(plain);
    printf("ready\n");
    fflush(stdout);
    if (!plain->is_worker)
        flight_begin(&plain->flight);
}

static void run(struct plain *plain, const char *redis_url)
{
    uv_loop_t *loop = uv_default_loop();
    struct redis_options options = {.url = redis_url,
                                    .name = "bench-plain",
                                    .limit_ms = LIMIT_MS,
                                    .pending_max = PENDING_MAX};
    char problem[256];

    snprintf(plain->last, sizeof plain->last, "0-0");
    plain->redis = redis_create(loop, &options, on_state, plain, problem);
    if (plain->redis)
        plain->reader = redis_create(loop, &options, on_state, plain, problem);
    if (!plain->reader)
        fatal("%s", problem);
    uv_run(loop, UV_RUN_DEFAULT);
}

void plain_role_work(const char *redis_url)
{
    struct plain plain = {.is_worker = true};

    run(&plain, redis_url);
}

void plain_role_produce(const char *redis_url, unsigned jobs,
                        unsigned in_flight)
{
    struct plain plain = {
        .flight = {.jobs = jobs, .in_flight = in_flight, .start = add_job}};

    plain.flight.owner = &plain;
    run(&plain, redis_url);
}
