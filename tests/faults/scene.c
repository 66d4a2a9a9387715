/*
 * scene.c - what every story of faults needs
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "patience.h"
#include "port.h"
#include "raw_client.h"
#include "scene.h"
#include "talk.h"
#include "text.h"
#include "unit.h"
#include "xalloc.h"

enum {
    SURELY_MS = 90000,
    AGAIN_MS = 50, /* between two tries of one upload */
    HEAR_MS = 100,
    FETCH_MS = 60000,
    TOGETHER_MAX = 64,
};

bool scene_is_long(void)
{
    const char *text = getenv("FACEWIRE_FAULTS");

    return text && strcmp(text, "long") == 0;
}

static void plant_seed(void)
{
    const char *text = getenv("FACEWIRE_SEED");
    unsigned seed = text ? (unsigned)strtoul(text, NULL, 10)
                         : (unsigned)clock_wall_ms() % 1000000;

    print_message("FACEWIRE_SEED=%u\n", seed);
    srand(seed);
}

size_t scene_chance(size_t below)
{
    return (size_t)rand() % below;
}

void scene_start(struct scene *scene, const char *photo)
{
    *scene = (struct scene){.ledger = {.takes_all = true}};
    plant_seed();
    scene->photo = unit_read_file(
        unit_shared("FACEWIRE_PHOTOS", "photos", photo), &scene->photo_bytes);
    /* Freed memory that the sanitizer keeps would hide what leaks. */
    setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 0);
    stack_prepare(&scene->stack);
    links_open(&scene->links, &scene->stack);
    links_start_server(&scene->links, &scene->stack);
    stack_start_engine(&scene->stack);
    links_start_worker(&scene->links, &scene->stack);
    scene->port = proxy_port(scene->links.client_server);
    watcher_open(&scene->watcher, scene->port, &scene->ledger);
}

void scene_stop(struct scene *scene)
{
    links_heal(&scene->links);
    watcher_finish(&scene->watcher);
    stack_stop(&scene->stack);
    links_close(&scene->links);
    ledger_finish(&scene->ledger);
    free(scene->photo);
}

/* ---- uploads ---- */

static void demand_retry_after(const struct raw_answer *answer)
{
    const char *after = raw_header(answer, "retry-after");

    if (!after || atoi(after) <= 0)
        fail_msg("a 503 without Retry-After");
}

/* Takes what was answered, and returns the status. */
static int take_answer(struct scene *scene, const struct raw_answer *answer)
{
    struct json *job;

    switch (answer->status) {
    case 0:
        scene->unanswered++;
        break;
    case 202:
        job = json_parse(buffer_text(&answer->body), answer->body.len);
        ledger_add(&scene->ledger, json_get_text(job, "id", ""));
        json_destroy(job);
        scene->accepted++;
        scene->repeated += raw_header(answer, "idempotency-replayed") != NULL;
        break;
    case 503:
        demand_retry_after(answer);
        scene->refused++;
        break;
    default:
        fail_msg("an upload was answered %d: %s", answer->status,
                 buffer_text(&answer->body));
    }
    return answer->status;
}

/* The socket on which the answer comes; -1 if nobody is there. */
static int send_upload(const struct scene *scene, const char *headers)
{
    int fd = raw_try_connect(scene->port);
    struct buffer head = {0};

    buffer_printf(&head,
                  "POST /v1/searches HTTP/1.1\r\nHost: localhost\r\n"
                  "Connection: close\r\nContent-Type: image/jpeg\r\n"
                  "%sContent-Length: %zu\r\n\r\n",
                  headers, scene->photo_bytes);
    if (fd >= 0 && raw_send(fd, head.bytes, head.len))
        raw_send(fd, scene->photo, scene->photo_bytes);
    buffer_finish(&head);
    return fd;
}

static int hear_answer(struct scene *scene, int fd, int64_t start_ms)
{
    struct raw_answer answer = {0};
    int64_t took_ms;
    int status;

    if (fd >= 0) {
        raw_hear(fd, &answer);
        close(fd);
    }
    took_ms = clock_steady_ms() - start_ms;
    if (took_ms > scene->slowest_ms)
        scene->slowest_ms = took_ms;
    status = take_answer(scene, &answer);
    raw_answer_finish(&answer);
    return status;
}

static int upload(struct scene *scene, const char *headers)
{
    int64_t start_ms = clock_steady_ms();

    return hear_answer(scene, send_upload(scene, headers), start_ms);
}

void scene_upload_together(struct scene *scene, size_t count)
{
    int64_t start_ms = clock_steady_ms();
    int fds[TOGETHER_MAX];

    assert_in_range(count, 0, TOGETHER_MAX);
    for (size_t i = 0; i < count; i++)
        fds[i] = send_upload(scene, "");
    for (size_t i = 0; i < count; i++)
        hear_answer(scene, fds[i], start_ms);
    watcher_hear(&scene->watcher, 0);
}

int scene_upload(struct scene *scene)
{
    int status = upload(scene, "");

    watcher_hear(&scene->watcher, 0);
    return status;
}

int scene_upload_keyed(struct scene *scene, unsigned key)
{
    char *header = xprintf("Idempotency-Key: upload-%u\r\n", key);
    int status = upload(scene, header);

    watcher_hear(&scene->watcher, 0);
    free(header);
    return status;
}

void scene_upload_surely(struct scene *scene, unsigned key)
{
    struct patience patience = patience_of(SURELY_MS);

    while (scene_upload_keyed(scene, key) != 202) {
        if (!patience_lasts(&patience))
            fail_msg("an upload was never accepted");
        watcher_hear(&scene->watcher, AGAIN_MS);
    }
}

/* ---- waiting ---- */

/* The server is reached past its door; it may be gone in the middle. */
static struct json *fetch(const struct scene *scene, const char *target)
{
    struct patience patience = patience_of(FETCH_MS);
    struct json *document = NULL;
    int status = 0;

    while (status != 200) {
        json_destroy(document);
        document = NULL;
        if (port_answers(scene->stack.port, 1000))
            document = talk(scene->stack.port, "GET", target, &status);
        if (status != 200 && !patience_lasts(&patience))
            fail_msg("GET %s: %d", target, status);
    }
    return document;
}

static struct json *fetch_job(const struct scene *scene, const char *id)
{
    char *target = xprintf("/v1/jobs/%s", id);
    struct json *job = fetch(scene, target);

    free(target);
    return job;
}

static bool is_done(const struct json *job)
{
    return strcmp(json_get_text(job, "status", ""), "done") == 0;
}

/* False: the job died of something else, or its end is not in the rows yet. */
static bool replay(const struct scene *scene, const struct tally *tally)
{
    struct json *job = fetch_job(scene, tally->job);
    const struct json *error = json_get(job, "error");
    bool is_crashed =
        strcmp(json_get_text(job, "status", ""), "dead") == 0 &&
        strcmp(json_get_text(error, "code", ""), "crashed_worker") == 0;
    char *target = xprintf("/v1/jobs/%s/replay", tally->job);
    int status = 0;

    if (is_crashed)
        json_destroy(talk(scene->stack.port, "POST", target, &status));
    free(target);
    json_destroy(job);
    return status == 200 || status == 202;
}

/* As a client does behind a gap. */
static void fetch_all(struct scene *scene)
{
    scene->watcher.must_fetch = false;
    for (size_t i = 0; i < scene->ledger.count; i++) {
        struct tally *tally = &scene->ledger.tallies[i];
        struct json *job;

        if (!tally->is_expected || tally->is_fetched || tally->completed)
            continue;
        job = fetch_job(scene, tally->job);
        tally->is_fetched = is_done(job);
        json_destroy(job);
        scene->replayed += !tally->is_fetched && replay(scene, tally);
    }
}

static void replay_crashed(struct scene *scene)
{
    for (size_t i = 0; i < scene->ledger.count; i++) {
        struct tally *tally = &scene->ledger.tallies[i];

        if (tally->failed && tally->is_expected && replay(scene, tally)) {
            tally_begin_anew(tally);
            scene->replayed++;
        }
    }
}

static void fail_unsettled(const struct scene *scene)
{
    const struct ledger *ledger = &scene->ledger;
    size_t shown = 0;

    for (size_t i = 0; i < ledger->count && shown < 5; i++) {
        const struct tally *tally = &ledger->tallies[i];
        struct json *job;
        char *text;

        if (!tally->is_expected || tally->is_fetched || tally->completed)
            continue;
        job = fetch_job(scene, tally->job);
        text = json_print_and_destroy(job);
        print_error("queued %d, started %d, failed %d: %.600s\n", tally->queued,
                    tally->started, tally->failed, text);
        free(text);
        shown++;
    }
    fail_msg("%zu of %zu searches were not seen to complete",
             ledger_open(ledger), scene->accepted);
}

void scene_settle(struct scene *scene, int limit_ms)
{
    struct patience patience = patience_of(limit_ms);

    while (ledger_open(&scene->ledger) > 0) {
        watcher_hear(&scene->watcher, HEAR_MS);
        if (scene->watcher.must_fetch)
            fetch_all(scene);
        replay_crashed(scene);
        if (!patience_lasts(&patience))
            fail_unsettled(scene);
    }
}

/* ---- the reckoning ---- */

static void reckon_job(const struct scene *scene, const struct tally *tally)
{
    struct json *job = fetch_job(scene, tally->job);
    size_t faces = json_count(json_get(json_get(job, "result"), "faces"));

    if (!is_done(job))
        fail_msg("job %s is %s", tally->job, json_get_text(job, "status", "?"));
    assert_int_equal(tally->failed, 0);
    if (!tally->is_fetched) {
        assert_int_equal(tally->completed, 1);
        assert_true(faces <= LEDGER_FACES);
    }
    json_destroy(job);
}

/* How many rows the table of jobs has. */
static size_t count_rows(const struct scene *scene)
{
    char after[64] = "";
    size_t rows = 0;

    do {
        char *target =
            xprintf("/v1/jobs?limit=200%s%s", after[0] ? "&after=" : "", after);
        struct json *page = fetch(scene, target);

        rows += json_count(json_get(page, "items"));
        text_copy(after, sizeof after, json_get_text(page, "next", ""));
        json_destroy(page);
        free(target);
    } while (after[0]);
    return rows;
}

static size_t count_temporaries(void)
{
    DIR *list = opendir("images/tmp");
    const struct dirent *entry;
    size_t count = 0;

    assert_non_null(list);
    while ((entry = readdir(list)))
        count += entry->d_name[0] != '.';
    closedir(list);
    return count;
}

/* A figure of /metrics. */
static long figure(const struct scene *scene, const char *name)
{
    struct raw_answer answer;
    int fd = raw_connect(scene->stack.port);
    const char *line;
    char *start = xprintf("\n%s ", name);
    long value = -1;

    raw_ask(fd,
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
            "Connection: close\r\n\r\n",
            &answer);
    close(fd);
    line = strstr(buffer_text(&answer.body), start);
    if (line)
        value = strtol(line + strlen(start), NULL, 10);
    raw_answer_finish(&answer);
    free(start);
    return value;
}

static void reckon_figure(const struct scene *scene, const char *name)
{
    struct patience patience = patience_of(HEAR_MS * 100);
    long value;

    while ((value = figure(scene, name)) != 0)
        if (!patience_lasts(&patience))
            fail_msg("%s is %ld", name, value);
}

void scene_reckon(struct scene *scene, size_t doubtful, size_t killed_writers)
{
    size_t expected = 0, rows = count_rows(scene);

    watcher_hear(&scene->watcher, 10 * HEAR_MS); /* nothing comes twice */
    for (size_t i = 0; i < scene->ledger.count; i++) {
        expected += scene->ledger.tallies[i].is_expected;
        if (scene->ledger.tallies[i].is_expected)
            reckon_job(scene, &scene->ledger.tallies[i]);
    }
    print_message(
        "%zu accepted, %zu refused, %zu unanswered, %zu repeated, %zu "
        "replayed, the slowest answer %lld ms; %zu events, %zu gaps, %zu "
        "returns; %zu rows\n",
        scene->accepted, scene->refused, scene->unanswered, scene->repeated,
        scene->replayed, (long long)scene->slowest_ms, scene->watcher.events,
        scene->watcher.gaps, scene->watcher.returns, rows);
    assert_in_range(rows, expected, expected + doubtful);
    assert_true(ledger_unexpected(&scene->ledger) <= doubtful);
    reckon_figure(scene, "facewire_jobs_waiting_interactive");
    reckon_figure(scene, "facewire_jobs_running");
    reckon_figure(scene, "facewire_jobs_delayed");
    assert_in_range(count_temporaries(), 0, killed_writers);
}
