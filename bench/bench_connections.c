/*
 * bench_connections.c - a client that never reads
 *
 *   bench_connections
 *
 * Ten listeners read what is published, 100 MB in events of 4 KB, and once
 * there is an eleventh that reads nothing: what the server keeps for it is what
 * it costs, and the others are to notice nothing of it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cores.h"
#include "crowd.h"
#include "log.h"
#include "peer.h"
#include "port.h"
#include "sample.h"
#include "xalloc.h"

enum {
    ROUNDS = 2,
    PAIRS = 7, /* of ours: its p99 is held to a bar narrower than the noise */
    LISTENERS = 10,
    EVENTS = 25600,
    EVENT_BYTES = 4096
};

static const char *const columns[] = {"grown MB", "p50 ms", "p99 ms",
                                      "events/s"};
static const char reading[] = "all read", resting[] = "one never reads";

static const char ours[] = "Facewire";

static const struct peer {
    const char *name;
    const char *file;
    struct crowd_host host;
} peers[] = {
    {"ws",
     "fanout_ws.mjs",
     {.path = "/", .headers = "", .beginning = "{\"type\":\"event\""}},
    {"Socket.IO",
     "fanout_socketio.mjs",
     {.path = "/socket.io/?EIO=4&transport=websocket",
      .headers = "",
      .hello = "40",
      .beginning = "42["}},
};

/* The p99 of the others, in ms. */
static double measure(struct results *results, const char *who,
                      const struct crowd_host *host, bool has_dead_ear)
{
    struct crowd_wish wish = {LISTENERS, 4, EVENTS, EVENT_BYTES, has_dead_ear};
    struct crowd_found found;

    crowd_run(host, &wish, &found);
    results_add(results, has_dead_ear ? resting : reading, who,
                (double[]){found.grown_kilobytes / 1024, found.p50_ms,
                           found.p99_ms, EVENTS / found.seconds},
                found.foreign);
    return found.p99_ms;
}

/* Each in a new server, so that nothing is left from the one before. */
static double measure_ours(struct results *results, bool has_dead_ear)
{
    struct crowd_host host = {0};
    struct stack stack;
    double p99_ms;

    crowd_start_ours(&stack, &host);
    p99_ms = measure(results, ours, &host, has_dead_ear);
    stack_stop(&stack);
    return p99_ms;
}

static void measure_peer(struct results *results, const struct peer *peer,
                         bool has_dead_ear)
{
    struct crowd_host host = peer->host;
    char port[16], *path = peer_path(peer->file);
    struct child child;

    host.port = port_free();
    snprintf(port, sizeof port, "%d", host.port);
    cores_use(CORE_SERVERS);
    peer_start(&child, (const char *[]){"node", path, port, NULL},
               "connections.log");
    cores_use(CORE_CLIENTS);
    host.pid = child.pid;
    measure(results, peer->name, &host, has_dead_ear);
    peer_stop(&child);
    free(path);
}

/*
 * The p99 of the others with one that never reads, as times of that without:
 * the median of pairs.  The machine changes from minute to minute by more than
 * the bar allows, so each is compared with its neighbour, and either goes first
 * as often as the other.
 */
static double p99_times(struct results *results)
{
    struct sample times = {0};
    double median;

    for (int pair = 0; pair < PAIRS; pair++) {
        bool is_dead_first = pair % 2;
        double first = measure_ours(results, is_dead_first);
        double second = measure_ours(results, !is_dead_first);

        sample_add(&times, is_dead_first ? first / second : second / first);
        printf("  pair %d: p99 %.2f times\n", pair + 1,
               times.values[times.count - 1]);
    }
    median = sample_at(&times, 0.5);
    sample_finish(&times);
    return median;
}

/* Both begin with an empty window of events, so its memory cancels out. */
static double cost(const struct results *results, const char *who)
{
    return results_median(results, resting, who, "grown MB") -
           results_median(results, reading, who, "grown MB");
}

int main(void)
{
    struct results *results = results_create(
        "connections", "100 MB are published while one client never reads",
        columns, COUNT(columns));
    double times;

    log_open("bench", LOG_INFO, LOG_TEXT);
    times = p99_times(results);
    for (int round = 0; round < ROUNDS && peer_has("node"); round++)
        for (size_t i = 0; i < COUNT(peers); i++)
            for (int dead = 0; dead < 2; dead++)
                measure_peer(results, &peers[i], dead);
    results_at_most(results, "what a client that never reads costs, in MB",
                    cost(results, ours), 1);
    results_at_most(results,
                    "the others' p99 with it, as times of that without, "
                    "median of pairs",
                    times, 1.1);
    results_finish(results);
    return EXIT_SUCCESS;
}
