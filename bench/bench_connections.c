/*
 * bench_connections.c - a client that never reads
 *
 *   bench_connections
 *
 * Ten listeners read what is published, 100 MB in events of 4 KB, and once
 * there is an eleventh that reads nothing: what the server keeps for it is what
 * it costs, and the others are to notice nothing of it.
 *
 * What it costs is found in new servers.  What the others notice is found in
 * one that is warm: the first pages of a window of events take longer than
 * anything an eleventh could do.
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
    ROUNDS = 3,
    PAIRS = 13, /* the p99 is held to a bar narrower than the noise */
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
static double measure(struct results *results, const char *setting,
                      const char *who, const struct crowd_host *host,
                      bool has_dead_ear)
{
    struct crowd_wish wish = {LISTENERS, 4, EVENTS, EVENT_BYTES, has_dead_ear};
    struct crowd_found found;

    crowd_run(host, &wish, &found);
    results_add(results, setting, who,
                (double[]){found.grown_kilobytes / 1024, found.p50_ms,
                           found.p99_ms, EVENTS / found.seconds},
                found.foreign);
    return found.p99_ms;
}

static const char *setting_of(bool has_dead_ear)
{
    return has_dead_ear ? resting : reading;
}

/* In a new server, so that nothing is left from the one before. */
static void measure_ours(struct results *results, bool has_dead_ear)
{
    struct crowd_host host = {0};
    struct stack stack;

    crowd_start_ours(&stack, &host);
    measure(results, setting_of(has_dead_ear), ours, &host, has_dead_ear);
    stack_stop(&stack);
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
    measure(results, setting_of(has_dead_ear), peer->name, &host, has_dead_ear);
    peer_stop(&child);
    free(path);
}

/*
 * The p99 of the others with one that never reads, as times of that without:
 * the median of pairs.  The machine changes from minute to minute by more than
 * the bar allows, so each is compared with its neighbour, and either goes first
 * as often as the other.  The server's window is full before.
 */
static double p99_times(struct results *results)
{
    struct crowd_host host = {0};
    struct sample times = {0};
    struct stack stack;
    double median;

    crowd_start_ours(&stack, &host);
    measure(results, "until it is warm", ours, &host, false);
    for (int pair = 0; pair < PAIRS; pair++) {
        double p99_ms[2];

        for (int i = 0; i < 2; i++) {
            bool is_dead = (pair + i) % 2;

            p99_ms[is_dead] = measure(
                results, is_dead ? "warm, one never reads" : "warm, all read",
                ours, &host, is_dead);
        }
        sample_add(&times, p99_ms[1] / p99_ms[0]);
        printf("  pair %d: p99 %.2f times\n", pair + 1,
               times.values[times.count - 1]);
    }
    stack_stop(&stack);
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
    for (int round = 0; round < ROUNDS; round++)
        for (int dead = 0; dead < 2; dead++) {
            measure_ours(results, dead);
            for (size_t i = 0; i < COUNT(peers) && peer_has("node"); i++)
                measure_peer(results, &peers[i], dead);
        }
    times = p99_times(results);
    results_at_most(results, "what a client that never reads costs, in MB",
                    cost(results, ours), 1);
    results_at_most(results,
                    "the others' p99 with it, as times of that without, "
                    "median of pairs",
                    times, 1.1);
    results_finish(results);
    return EXIT_SUCCESS;
}
