/*
 * mixture.c - what clients do of everything
 *
 * One thing at a time, on one thread: what is asked of the parts is set by how
 * often it is called.
 */
#include <unistd.h>

#include "mixture.h"
#include "patience.h"
#include "raw_client.h"
#include "talk.h"
#include "text.h"
#include "unit.h"
#include "xalloc.h"

enum {
    PEOPLE_FEW = 10,
    SETTLE_MS = 60000,
    GLIMPSES = 5, /* what a client that comes and goes reads */
};

static const char *const photo_names[MIXTURE_PHOTOS] = {
    "f1-mom-2.jpg", "f1-dad-3.jpg", "f1-daughter-2.jpg", "noface-graphic.jpg"};

static size_t chance(size_t below)
{
    return (size_t)rand() % below;
}

static const struct photo *any_photo(const struct mixture *mixture)
{
    return &mixture->photos[chance(MIXTURE_PHOTOS)];
}

/* ---- jobs under way ---- */

static void expect(struct mixture *mixture, const struct json *job)
{
    const char *id = json_get_text(job, "id", "");

    if (mixture->pending_count == MIXTURE_PENDING_MAX)
        fail_msg("%d jobs are under way: too many for this machine",
                 MIXTURE_PENDING_MAX);
    text_copy(mixture->pending[mixture->pending_count++], MIXTURE_ID_BYTES, id);
    text_copy(mixture->latest, MIXTURE_ID_BYTES, id);
}

static bool is_end(const struct json *message)
{
    return live_is(message, "event", "search.completed") ||
           live_is(message, "event", "person.enrolled") ||
           live_is(message, "event", "person.erased") ||
           live_is(message, "event", "job.failed");
}

static void note_end(struct mixture *mixture, const struct json *message)
{
    const char *job = json_get_text(message, "job", "");
    size_t i = 0;

    while (i < mixture->pending_count && strcmp(mixture->pending[i], job) != 0)
        i++;
    if (i == mixture->pending_count)
        fail_msg("job %s ended, and was not under way", job);
    memmove(mixture->pending[i], mixture->pending[i + 1],
            (--mixture->pending_count - i) * sizeof *mixture->pending);
    mixture->jobs++;
    mixture->failed += live_is(message, "event", "job.failed");
}

/* What a client's own frames came to. */
static void hear_camera(struct mixture *mixture)
{
    while (live_has(&mixture->camera, 0)) {
        struct json *message = live_take(&mixture->camera);

        if (mixture->camera.fd < 0)
            fail_msg("the camera was cut off");
        mixture->results += live_is(message, "type", "event");
        json_destroy(message);
    }
}

void mixture_hear(struct mixture *mixture, int quiet_ms)
{
    hear_camera(mixture);
    while (live_has(&mixture->watcher, quiet_ms)) {
        struct json *message = live_take(&mixture->watcher);

        if (mixture->watcher.fd < 0)
            fail_msg("the watcher was cut off");
        if (live_is(message, "type", "gap"))
            fail_msg("the watcher was told of a gap");
        if (is_end(message))
            note_end(mixture, message);
        json_destroy(message);
    }
}

void mixture_settle(struct mixture *mixture, size_t most)
{
    struct patience patience = patience_of(SETTLE_MS);

    while (mixture->pending_count > most) {
        mixture_hear(mixture, 10);
        if (!patience_lasts(&patience))
            fail_msg("%zu jobs did not end, %s the first",
                     mixture->pending_count, mixture->pending[0]);
    }
}

/* ---- what is done ---- */

static struct json *post(const struct mixture *mixture, const char *target,
                         const char *headers, const struct photo *photo,
                         int wanted)
{
    int status;
    struct json *answer = talk_with(mixture->stack->port, "POST", target,
                                    headers, photo->bytes, photo->len, &status);

    if (status != wanted)
        fail_msg("POST %s: %d instead of %d", target, status, wanted);
    return answer;
}

static void search(struct mixture *mixture)
{
    struct json *job = post(mixture, "/v1/searches",
                            "Content-Type: application/octet-stream\r\n",
                            any_photo(mixture), 202);

    expect(mixture, job);
    json_destroy(job);
}

static void send_frame(struct mixture *mixture)
{
    const struct photo *photo = any_photo(mixture);
    char *text = xprintf("{\"type\":\"search\",\"id\":%d,\"bytes\":%zu,"
                         "\"lane\":\"live\"}",
                         mixture->next_id++, photo->len);

    live_say(&mixture->camera, text);
    if (!raw_frame(mixture->camera.fd, 0x82, photo->bytes, photo->len))
        fail_msg("a frame was not taken");
    free(text);
}

static void analyze(struct mixture *mixture)
{
    json_destroy(post(mixture, "/v1/analyses",
                      "Content-Type: application/octet-stream\r\n"
                      "Prefer: wait=60\r\n",
                      any_photo(mixture), 200));
}

static void enrol(struct mixture *mixture)
{
    char *target = xprintf("/v1/people?name=Person%%20%zu&external_id=p-%zu",
                           mixture->acts, mixture->acts);
    struct json *person =
        post(mixture, target, "Content-Type: application/octet-stream\r\n",
             &mixture->photos[chance(MIXTURE_PHOTOS - 1)], 201);

    expect(mixture, json_first(json_get(person, "jobs")));
    text_copy(mixture->people[mixture->people_count++], MIXTURE_ID_BYTES,
              json_get_text(person, "id", ""));
    json_destroy(person);
    free(target);
}

static void erase(struct mixture *mixture)
{
    size_t i = chance(mixture->people_count);
    char *target = xprintf("/v1/people/%s", mixture->people[i]);
    int status;
    struct json *job = talk(mixture->stack->port, "DELETE", target, &status);

    if (status != 202)
        fail_msg("DELETE %s: %d", target, status);
    expect(mixture, job);
    memcpy(mixture->people[i], mixture->people[--mixture->people_count],
           MIXTURE_ID_BYTES);
    json_destroy(job);
    free(target);
}

/* As many come as go, so that what is kept of them does not grow. */
static void move(struct mixture *mixture)
{
    bool is_few = mixture->people_count < PEOPLE_FEW;
    bool is_full = mixture->people_count == MIXTURE_PEOPLE_MAX;

    if (is_few || (!is_full && chance(2) == 0))
        enrol(mixture);
    else
        erase(mixture);
}

static void change(struct mixture *mixture)
{
    static const char body[] = "{\"email\":\"someone@example.org\","
                               "\"details\":{\"room\":\"12\"}}";
    char *target;
    int status;

    if (mixture->people_count == 0)
        return;
    target = xprintf("/v1/people/%s",
                     mixture->people[chance(mixture->people_count)]);
    json_destroy(talk_with(mixture->stack->port, "PATCH", target,
                           "Content-Type: application/json\r\n", body,
                           sizeof body - 1, &status));
    if (status != 200)
        fail_msg("PATCH %s: %d", target, status);
    free(target);
}

static void read_something(struct mixture *mixture)
{
    static const char *const targets[] = {"/v1/people?q=person",
                                          "/v1/people?limit=20",
                                          "/v1/jobs?limit=20",
                                          "/v1/jobs?status=dead",
                                          "/metrics",
                                          "/readyz",
                                          "/openapi.yaml"};
    int status;

    json_destroy(talk(mixture->stack->port, "GET",
                      targets[chance(COUNT(targets))], &status));
    if (status != 200)
        fail_msg("a GET was answered %d", status);
}

static void read_job(struct mixture *mixture)
{
    char *target = xprintf("/v1/jobs/%s", mixture->latest);

    if (mixture->latest[0])
        json_destroy(talk_get(mixture->stack->port, target));
    free(target);
}

/* Resumes, reads a little, and is gone without a word. */
static void come_and_go(struct mixture *mixture)
{
    struct live live = {.fd = -1};

    live_open(&live, mixture->stack->port);
    text_copy(live.offset, sizeof live.offset, mixture->watcher.offset);
    live_subscribe(&live, "searches");
    for (int i = 0; i < GLIMPSES && live_has(&live, 0); i++)
        json_destroy(live_take(&live));
    live_finish(&live);
}

/* ---- with something wrong ---- */

static void ask_badly(struct mixture *mixture)
{
    static const struct {
        const char *method, *target, *headers, *body;
    } bad[] = {
        {"GET", "/v1/jobs/0199c1de-7f3a-7000-8000-0123456789ab", "", ""},
        {"GET", "/v1/people?limit=a", "", ""},
        {"POST", "/v1/searches", "Content-Type: image/jpeg\r\n", "no photo"},
        {"POST", "/v1/searches?threshold=nan", "Content-Type: image/jpeg\r\n",
         "no photo"},
        {"POST", "/v1/people", "Content-Type: application/json\r\n", "{\"a\":"},
        {"PUT", "/v1/people", "", ""},
        {"GET", "/v1/../../etc/passwd", "", ""},
    };
    size_t i = chance(COUNT(bad));
    int status;

    json_destroy(talk_with(mixture->stack->port, bad[i].method, bad[i].target,
                           bad[i].headers, bad[i].body, strlen(bad[i].body),
                           &status));
    if (status < 400 || status > 499)
        fail_msg("%s %s: %d", bad[i].method, bad[i].target, status);
    mixture->refused++;
}

/* An upload that is cut off in the middle. */
static void hang_up(struct mixture *mixture)
{
    const struct photo *photo = any_photo(mixture);
    char *head = xprintf("POST /v1/searches HTTP/1.1\r\nHost: localhost\r\n"
                         "Content-Type: image/jpeg\r\n"
                         "Content-Length: %zu\r\n\r\n",
                         photo->len);
    int fd = raw_connect(mixture->stack->port);

    if (raw_say(fd, head))
        raw_send(fd, photo->bytes, chance(photo->len));
    close(fd);
    free(head);
}

/* A live client that breaks the protocol is closed. */
static void speak_badly(struct mixture *mixture)
{
    static const char *const texts[] = {"{", "[]", "\xff", "{\"type\":7}"};
    int fd = raw_websocket(mixture->stack->port, "/v1/live",
                           "Sec-WebSocket-Protocol: facewire.v1\r\n");

    if (fd < 0)
        fail_msg("no live connection");
    raw_text(fd, texts[chance(COUNT(texts))]);
    close(fd);
}

/* ---- the mixture ---- */

static const struct act {
    void (*run)(struct mixture *mixture);
    size_t share; /* of a hundred */
} acts[] = {
    {search, 30},   {send_frame, 15}, {analyze, 3},        {move, 8},
    {change, 7},    {read_job, 10},   {read_something, 9}, {come_and_go, 8},
    {ask_badly, 5}, {hang_up, 3},     {speak_badly, 2},
};

void mixture_act(struct mixture *mixture)
{
    size_t number = chance(100);
    const struct act *act = acts;

    while (number >= act->share)
        number -= act++->share;
    act->run(mixture);
    mixture->acts++;
    mixture_hear(mixture, 0);
}

void mixture_open(struct mixture *mixture, const struct stack *stack)
{
    *mixture = (struct mixture){
        .stack = stack, .watcher = {.fd = -1}, .camera = {.fd = -1}};
    for (size_t i = 0; i < MIXTURE_PHOTOS; i++)
        mixture->photos[i].bytes = unit_read_file(
            unit_shared("FACEWIRE_PHOTOS", "photos", photo_names[i]),
            &mixture->photos[i].len);
    live_open(&mixture->watcher, stack->port);
    live_subscribe(&mixture->watcher, "searches");
    live_subscribe(&mixture->watcher, "people");
    live_open(&mixture->camera, stack->port);
}

void mixture_close(struct mixture *mixture)
{
    live_finish(&mixture->watcher);
    live_finish(&mixture->camera);
    for (size_t i = 0; i < MIXTURE_PHOTOS; i++)
        free(mixture->photos[i].bytes);
}
