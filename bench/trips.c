/*
 * trips.c - photos on their way through a server, and back as results
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "load.h"
#include "log.h"
#include "raw_client.h"
#include "trips.h"
#include "xalloc.h"

enum {
    /* A connection may say 300 things at once, and a live photo is two. */
    EARS = 16,
    JOBS_KEPT = 4096,
    LIMIT_MS = 120000,
    WARM_UP = 20,
};

/* A job under way, found again by its id: either its answer or its event may
 * come first. */
struct trip {
    char id[64];
    size_t sender;
    int64_t started_ns;
    int64_t ended_ns;
};

struct trips {
    struct trips_options options;
    struct buffer photo_frame; /* as it is sent again and again */
    struct load *load;
    struct asker *askers[TRIPS_SENDERS_MAX];
    struct ear *ears[EARS];
    int64_t started_ns[TRIPS_SENDERS_MAX];
    struct trip trips[JOBS_KEPT];
    size_t started;
    size_t ended;
    int64_t begin_ns;
    struct sample *waits_ms; /* borrowed from whoever runs them */
};

static void send_photo(struct trips *trips, size_t sender)
{
    char text[160];
    int len;

    trips->started++;
    trips->started_ns[sender] = clock_steady_ns();
    if (!trips->options.photo) {
        asker_ask(trips->askers[sender], trips->options.request->bytes,
                  trips->options.request->len);
        return;
    }
    len = snprintf(text, sizeof text,
                   "{\"type\":\"search\",\"id\":%zu,\"bytes\":%zu,\"lane\":"
                   "\"live\"}",
                   trips->started, trips->options.photo->len);
    ear_say(trips->ears[trips->started % EARS], 0x1, text, (size_t)len);
    ear_say_frame(trips->ears[trips->started % EARS], &trips->photo_frame);
}

static void end_trip(struct trips *trips, int64_t started_ns, int64_t ended_ns)
{
    trips->ended++;
    if (trips->ended == WARM_UP) {
        trips->begin_ns = clock_steady_ns();
        trips->options.on_warm(trips->options.owner);
    }
    if (trips->ended > WARM_UP)
        sample_add(trips->waits_ms, (double)(ended_ns - started_ns) / 1e6);
    if (trips->ended == trips->options.count)
        load_stop(trips->load);
}

/* The trip of that id, or a free one. */
static struct trip *find_trip(struct trips *trips, const char *id)
{
    struct trip *free_one = NULL;

    for (size_t i = 0; i < JOBS_KEPT; i++) {
        struct trip *trip = &trips->trips[i];

        if (trip->id[0] && strcmp(trip->id, id) == 0)
            return trip;
        if (!trip->id[0]) {
            free_one = trip;
            break;
        }
    }
    assert(free_one);
    snprintf(free_one->id, sizeof free_one->id, "%s", id);
    return free_one;
}

/* Free ones lie behind those in use, so that a search ends early. */
static void forget_trip(struct trips *trips, struct trip *trip)
{
    struct trip *last = trip;

    while (last + 1 < trips->trips + JOBS_KEPT && last[1].id[0])
        last++;
    *trip = *last;
    *last = (struct trip){0};
}

static void check_trip(struct trips *trips, struct trip *trip)
{
    size_t sender;

    if (!trip->started_ns || !trip->ended_ns)
        return;
    end_trip(trips, trip->started_ns, trip->ended_ns);
    sender = trip->sender;
    forget_trip(trips, trip);
    if (trips->started < trips->options.count)
        send_photo(trips, sender);
}

/* The text member of that name, without a whole parser. */
static bool read_member(const char *text, size_t len, const char *name,
                        char value[static 64])
{
    char key[32];
    const char *place, *end;
    int key_len = snprintf(key, sizeof key, "\"%s\":\"", name);

    place = memmem(text, len, key, (size_t)key_len);
    if (!place)
        return false;
    place += key_len;
    end = memchr(place, '"', len - (size_t)(place - text));
    if (!end || end - place >= 64)
        return false;
    memcpy(value, place, (size_t)(end - place));
    value[end - place] = '\0';
    return true;
}

static void on_answer(void *owner, struct asker *asker, int status,
                      const char *body, size_t len)
{
    struct trips *trips = owner;
    size_t sender = 0;
    struct trip *trip;
    char id[64];

    if (status != 202 || !read_member(body, len, "id", id))
        fatal("a photo was refused: %d %.*s", status, (int)len, body);
    while (trips->askers[sender] != asker)
        sender++;
    trip = find_trip(trips, id);
    trip->sender = sender;
    trip->started_ns = trips->started_ns[sender];
    check_trip(trips, trip);
}

static void on_text(void *owner, struct ear *ear, const char *text, size_t len)
{
    struct trips *trips = owner;
    char event[64], id[64];
    struct trip *trip;

    (void)ear;
    if (!read_member(text, len, "event", event))
        return;
    if (strcmp(event, "job.failed") == 0)
        fatal("a search failed: %.*s", (int)len, text);
    if (strcmp(event, "search.completed") != 0 ||
        !read_member(text, len, "job", id))
        return;
    if (trips->options.photo) {
        end_trip(trips, trips->started_ns[0], clock_steady_ns());
        if (trips->started < trips->options.count)
            send_photo(trips, 0);
        return;
    }
    trip = find_trip(trips, id);
    trip->ended_ns = clock_steady_ns();
    check_trip(trips, trip);
}

struct trips *trips_create(const struct trips_options *options)
{
    static const char subscribe[] =
        "{\"type\":\"subscribe\",\"id\":0,\"topics\":[\"searches\"]}";
    struct trips *trips = xcalloc(1, sizeof *trips);

    assert(options->senders <= TRIPS_SENDERS_MAX);
    trips->options = *options;
    if (options->photo)
        raw_frame_write(&trips->photo_frame, 0x82, options->photo->bytes,
                        options->photo->len);
    trips->load = load_create();
    for (size_t i = 0; i < (options->photo ? EARS : 1); i++)
        trips->ears[i] = load_listen_at(
            trips->load, options->port, "/v1/live",
            "Sec-WebSocket-Protocol: facewire.v1\r\n", on_text, trips);
    if (!options->photo)
        ear_say(trips->ears[0], 0x1, subscribe, strlen(subscribe));
    for (size_t i = 0; i < options->senders; i++)
        trips->askers[i] =
            load_ask_at(trips->load, options->port, on_answer, trips);
    return trips;
}

void trips_destroy(struct trips *trips)
{
    load_destroy(trips->load);
    buffer_finish(&trips->photo_frame);
    free(trips);
}

double trips_run(struct trips *trips, struct sample *waits_ms)
{
    trips->waits_ms = waits_ms;
    for (size_t i = 0; i < trips->options.senders; i++)
        send_photo(trips, i);
    if (!load_run(trips->load, LIMIT_MS))
        fatal("%s did not end in time: %zu of %zu", trips->options.who,
              trips->ended, trips->options.count);
    return (double)(clock_steady_ns() - trips->begin_ns) / 1e9;
}
