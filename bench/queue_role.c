/*
 * queue_role.c - producer and worker on the queue's functions
 *
 * The producer adds jobs as a server does and reads the event log as a server
 * does; a job is seen when its last event comes.  The worker is a foreman
 * without rows: woken by the bell, it takes what it has room for, and finishes
 * it at once through the gate; its leases are renewed each second.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bell.h"
#include "done.h"
#include "errors.h"
#include "flight.h"
#include "log.h"
#include "queue.h"
#include "queue_role.h"
#include "xalloc.h"

enum {
    TAKEN_MAX = 64,
    ROOM = 100,
    ACCOUNT_CAP = 1000,
    BEAT_MS = 1000,
    READ_LIMIT_MS = 4000,
    DATA_BYTES = 200,
};

/* JSON of 200 bytes. */
static char data[DATA_BYTES + 1];

static void make_data(void)
{
    static const char start[] = "{\"data\":\"", end[] = "\"}";

    memset(data, 'x', DATA_BYTES);
    memcpy(data, start, sizeof start - 1);
    memcpy(data + DATA_BYTES - 2, end, sizeof end);
}

static void say_ready(void)
{
    printf("ready\n");
    fflush(stdout);
}

/* ---- the worker ---- */

struct worker {
    struct queue *queue;
    struct bell *bell;
    uv_timer_t beat;
    const char *url;
    size_t working;
    size_t asked;
    bool is_taking;
    bool has_rung;
    bool is_empty; /* until the bell rings */
};

struct work {
    struct worker *worker;
    struct lease lease;
};

static void take(struct worker *worker);

static void on_finished(void *owner, int error, const struct redis_reply *reply)
{
    struct work *work = owner;
    struct worker *worker = work->worker;

    if (error)
        fatal("a job was not finished: %s",
              reply ? redis_reply_text(reply) : error_name(error));
    free(work);
    worker->working--;
    if (!worker->is_empty)
        take(worker);
}

static void do_work(struct worker *worker, const struct lease *lease)
{
    static const struct queue_event event = {
        .name = "search.completed:1",
        .topic = "searches",
        .data = data,
        .stages = "abcdefghijkl,1763737200000000,1840,6120,8210,8460,9730,"
                  "207400,209160,212310"};
    struct work *work = xcalloc(1, sizeof *work);

    *work = (struct work){worker, *lease};
    worker->working++;
    if (queue_finish(worker->queue, &work->lease, &event, on_finished, work) !=
        PENDING)
        fatal("the queue is away");
}

static void on_taken(void *owner, int error, const struct redis_reply *reply)
{
    struct worker *worker = owner;
    struct lease leases[TAKEN_MAX];
    size_t count = queue_read_leases(reply, 1, leases, COUNT(leases));
    bool has_rung = worker->has_rung;

    if (error)
        fatal("nothing was taken: %s", error_name(error));
    worker->is_taking = false;
    worker->has_rung = false;
    for (size_t i = 0; i < count; i++)
        do_work(worker, &leases[i]);
    worker->is_empty = count < worker->asked;
    if (!worker->is_empty || has_rung)
        take(worker);
}

static void take(struct worker *worker)
{
    size_t room = ROOM - worker->working;

    if (worker->is_taking)
        worker->has_rung = true;
    if (worker->is_taking || room == 0)
        return;
    worker->asked = room < TAKEN_MAX ? room : TAKEN_MAX;
    worker->is_taking = queue_take(worker->queue, "bench", worker->asked,
                                   ACCOUNT_CAP, on_taken, worker) == PENDING;
}

static bool on_ring(void *owner, unsigned part)
{
    struct worker *worker = owner;

    (void)part;
    if (queue_is_up(worker->queue))
        take(worker);
    return true;
}

/* Nothing is held for as long as a second, so there is nothing to renew; what
 * it costs to say that the worker lives is the same. */
static void on_beat(uv_timer_t *timer)
{
    struct worker *worker = container_of(timer, struct worker, beat);

    if (queue_beat(worker->queue, "bench", NULL, 0, NULL, NULL) != PENDING)
        fatal("the queue is away");
}

static void on_worker_state(void *owner, bool is_up)
{
    struct worker *worker = owner;
    char problem[256];

    if (!is_up)
        fatal("the queue is away");
    worker->bell = bell_create(worker->beat.loop, worker->url, 0, on_ring,
                               worker, problem);
    if (!worker->bell)
        fatal("%s", problem);
    uv_timer_start(&worker->beat, on_beat, BEAT_MS, BEAT_MS);
    take(worker);
    say_ready();
}

void queue_role_work(const char *redis_url)
{
    uv_loop_t *loop = uv_default_loop();
    struct worker worker = {.url = redis_url};
    struct queue_options options = {
        .url = redis_url, .name = "bench-worker", .parts = 1};
    char problem[256];

    make_data();
    uv_timer_init(loop, &worker.beat);
    worker.queue =
        queue_create(loop, &options, on_worker_state, &worker, problem);
    if (!worker.queue)
        fatal("%s", problem);
    uv_run(loop, UV_RUN_DEFAULT);
}

/* ---- the producer ---- */

struct producer {
    struct flight flight;
    struct queue *queue;
    struct redis *redis; /* reads the log */
    bool is_queue_up;
    char *events; /* the log's key */
    char last[ENTRY_BYTES];
};

static void add_job(void *owner, unsigned number)
{
    static const struct queue_event queued = {
        .topic = "searches",
        .data = data,
        .stages = "abcdefghijkl,1763737200000000,1840,6120,8210"};
    struct producer *producer = owner;
    struct queued_job job = {.account = DEFAULT_ACCOUNT,
                             .priority = PRIORITY_INTERACTIVE};

    snprintf(job.id, sizeof job.id, "0199c1de-7f3a-7000-8000-%012x", number);
    if (queue_add(producer->queue, &job, &queued, NULL, NULL) != PENDING)
        fatal("the queue is away");
}

/* The entry's fields: epoch, topic, event, job, data, each with its value. */
static void see_entry(struct producer *producer,
                      const struct redis_reply *entry)
{
    const struct redis_reply *fields = redis_reply_at(entry, 1);
    const char *event = redis_reply_text(redis_reply_at(fields, 5));
    const char *job = redis_reply_text(redis_reply_at(fields, 7));

    snprintf(producer->last, sizeof producer->last, "%s",
             redis_reply_text(redis_reply_at(entry, 0)));
    if (strcmp(event, "search.completed") == 0)
        flight_see(&producer->flight,
                   (unsigned)strtoul(strrchr(job, '-') + 1, NULL, 16));
}

static void read_on(struct producer *producer);

static void on_read(void *owner, int error, const struct redis_reply *reply)
{
    struct producer *producer = owner;
    const struct redis_reply *entries =
        redis_reply_at(redis_reply_at(reply, 0), 1);
    size_t count = redis_reply_count(entries);

    if (error)
        fatal("the log is away: %s", error_name(error));
    for (size_t i = 0; i < count; i++)
        see_entry(producer, redis_reply_at(entries, i));
    read_on(producer);
}

static void read_on(struct producer *producer)
{
    const struct redis_text words[] = {redis_text("XREAD"),
                                       redis_text("COUNT"),
                                       redis_text("512"),
                                       redis_text("BLOCK"),
                                       redis_text("1000"),
                                       redis_text("STREAMS"),
                                       redis_text(producer->events),
                                       redis_text(producer->last)};

    if (redis_send(producer->redis, words, COUNT(words), READ_LIMIT_MS, on_read,
                   producer) != PENDING)
        fatal("the log is away");
}

static void begin_when_up(struct producer *producer)
{
    if (!producer->is_queue_up || !redis_is_up(producer->redis))
        return;
    say_ready();
    read_on(producer);
    flight_begin(&producer->flight);
}

static void on_queue_state(void *owner, bool is_up)
{
    struct producer *producer = owner;

    if (!is_up)
        fatal("the queue is away");
    producer->is_queue_up = true;
    begin_when_up(producer);
}

static void on_redis_state(void *owner, bool is_up)
{
    if (!is_up)
        fatal("the log is away");
    begin_when_up(owner);
}

void queue_role_produce(const char *redis_url, unsigned jobs,
                        unsigned in_flight)
{
    uv_loop_t *loop = uv_default_loop();
    struct producer producer = {
        .flight = {.jobs = jobs, .in_flight = in_flight, .start = add_job},
        .events = queue_key(0, "events"),
        .last = "0-0"};
    struct queue_options queue = {
        .url = redis_url, .name = "bench-producer", .parts = 1};
    struct redis_options options = {.url = redis_url,
                                    .name = "bench-log",
                                    .limit_ms = READ_LIMIT_MS,
                                    .pending_max = 4};
    char problem[256];

    make_data();
    producer.flight.owner = &producer;
    producer.redis =
        redis_create(loop, &options, on_redis_state, &producer, problem);
    if (producer.redis)
        producer.queue =
            queue_create(loop, &queue, on_queue_state, &producer, problem);
    if (!producer.queue)
        fatal("%s", problem);
    uv_run(loop, UV_RUN_DEFAULT);
}
