/*
 * bare.c - what the parts of the pipeline take by themselves
 *
 * Each does for one photo what the pipeline asks of it, again and again, one
 * at a time, for a client that does nothing else.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "bare.h"
#include "clock.h"
#include "cores.h"
#include "database.h"
#include "digest.h"
#include "frame_channel.h"
#include "load.h"
#include "log.h"
#include "queue.h"
#include "recognition.h"
#include "redis_server.h"

enum { TIMES = 300, LIMIT_MS = 60000 };

static void add_wait(struct sample *waits_ms, int64_t started_ns)
{
    sample_add(waits_ms, (double)(clock_steady_ns() - started_ns) / 1e6);
}

/* ---- the request ---- */

void bare_request(const struct buffer *photo, struct sample *waits_ms)
{
    struct recognition_image image = {photo->bytes, photo->len};
    char hash[DIGEST_HEX_BYTES];

    for (int i = 0; i < TIMES; i++) {
        int64_t started_ns = clock_steady_ns();
        struct buffer body = {0};

        recognition_write_detect_faces(image, false, &body);
        digest_sha256_hex(body.bytes, body.len, hash);
        buffer_finish(&body);
        add_wait(waits_ms, started_ns);
    }
}

/* ---- the recognition service ---- */

struct asking {
    struct load *load;
    struct buffer request;
    int64_t started_ns;
    struct sample *waits_ms;
};

static void ask(struct asking *asking, struct asker *asker)
{
    asking->started_ns = clock_steady_ns();
    asker_ask(asker, asking->request.bytes, asking->request.len);
}

static void on_answer(void *owner, struct asker *asker, int status,
                      const char *body, size_t len)
{
    struct asking *asking = owner;

    if (status != 200)
        fatal("the stub says %d %.*s", status, (int)len, body);
    add_wait(asking->waits_ms, asking->started_ns);
    if (asking->waits_ms->count == TIMES)
        load_stop(asking->load);
    else
        ask(asking, asker);
}

void bare_recognition(int port, const struct buffer *photo,
                      struct sample *waits_ms)
{
    struct recognition_image image = {photo->bytes, photo->len};
    struct asking asking = {.load = load_create(), .waits_ms = waits_ms};
    struct buffer body = {0};

    recognition_write_detect_faces(image, false, &body);
    buffer_printf(&asking.request,
                  "POST / HTTP/1.1\r\nHost: localhost\r\n"
                  "Content-Length: %zu\r\n\r\n",
                  body.len);
    buffer_add(&asking.request, body.bytes, body.len);
    ask(&asking, load_ask_at(asking.load, port, on_answer, &asking));
    if (!load_run(asking.load, LIMIT_MS))
        fatal("the stub does not answer");
    load_destroy(asking.load);
    buffer_finish(&asking.request);
    buffer_finish(&body);
}

/* ---- Redis ---- */

struct passing {
    uv_loop_t *loop;
    const char *url;
    struct queue *queue;
    struct frame_channel *channel;
    const struct buffer *photo;
    int64_t started_ns;
    struct sample *waits_ms;
};

static void on_offered(void *owner, int error, const struct redis_reply *reply)
{
    struct passing *passing = owner;

    if (error || queue_give_frame(passing->queue, redis_reply_text(reply),
                                  passing->photo->bytes, passing->photo->len,
                                  NULL, NULL) < 0)
        fatal("Redis does not pass a frame on");
}

static void await_one(struct passing *passing)
{
    passing->started_ns = clock_steady_ns();
    if (queue_await_frames(passing->queue, "bare", 1, NULL, NULL) < 0 ||
        queue_offer(passing->queue, "bare", "bench", 1, on_offered, passing) <
            0)
        fatal("Redis is not there");
}

static void on_open(void *owner)
{
    await_one(owner);
}

static void on_frame(void *owner, const char *meta, size_t meta_len,
                     const void *image, size_t image_len)
{
    struct passing *passing = owner;

    (void)meta;
    (void)meta_len;
    (void)image;
    (void)image_len;
    add_wait(passing->waits_ms, passing->started_ns);
    if (passing->waits_ms->count < TIMES)
        await_one(passing);
}

static void on_state(void *owner, bool is_up)
{
    static const struct frame_channel_events events = {on_open, on_frame};
    struct passing *passing = owner;
    char problem[256];

    if (is_up)
        passing->channel = frame_channel_create(
            passing->loop, passing->url, 0, "bare", &events, passing, problem);
}

void bare_redis(const struct buffer *photo, struct sample *waits_ms)
{
    uv_loop_t loop;
    struct redis_server server;
    struct passing passing = {
        .loop = &loop, .url = server.url, .photo = photo, .waits_ms = waits_ms};
    struct queue_options options = {
        .url = server.url, .name = "bench", .parts = 1};
    char problem[256];

    cores_use(CORE_SERVERS);
    redis_server_start(&server, false);
    cores_use(CORE_CLIENTS);
    uv_loop_init(&loop);
    passing.queue = queue_create(&loop, &options, on_state, &passing, problem);
    while (waits_ms->count < TIMES)
        uv_run(&loop, UV_RUN_ONCE);
    frame_channel_destroy(passing.channel);
    queue_destroy(passing.queue);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    redis_server_stop(&server);
}

/* ---- the disk ---- */

void bare_disk(const struct buffer *photo, struct sample *waits_ms)
{
    for (int i = 0; i < TIMES; i++) {
        int64_t started_ns = clock_steady_ns();
        int fd =
            open("disk.part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        if (write(fd, photo->bytes, photo->len) != (ssize_t)photo->len ||
            fsync(fd) < 0 || close(fd) < 0 || rename("disk.part", "disk") < 0)
            fatal("the disk cannot be written to");
        add_wait(waits_ms, started_ns);
    }
    unlink("disk");
}

/* ---- the database ---- */

static int insert(struct connection *connection, void *task)
{
    (void)task;
    return connection_run(connection,
                          "INSERT INTO searches (id, status, path, created) "
                          "VALUES (UUID(), 'queued', '-', NOW(3))",
                          NULL, 0, NULL, NULL);
}

static void on_inserted(void *owner, int error)
{
    (void)owner;
    if (error)
        fatal("the database takes no row");
}

void bare_commit(const char *socket, struct sample *waits_ms)
{
    struct database_options options = {.host = "",
                                       .socket = socket,
                                       .user = "facewire",
                                       .password = "secret",
                                       .name = "facewire",
                                       .ca_file = "",
                                       .connections = 1,
                                       .waiting_max = 1,
                                       .limit_ms = LIMIT_MS};
    struct database *database;
    uv_loop_t loop;

    uv_loop_init(&loop);
    database = database_create(&loop, &options);
    for (int i = 0; i < TIMES; i++) {
        int64_t started_ns = clock_steady_ns();

        if (database_run(database, insert, NULL, on_inserted, NULL) < 0)
            fatal("the database takes no work");
        uv_run(&loop, UV_RUN_DEFAULT);
        add_wait(waits_ms, started_ns);
    }
    database_destroy(database);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}
