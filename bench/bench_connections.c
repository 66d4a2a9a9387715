/*
 * bench_connections.c - a client that never reads
 *
 *   bench_connections
 *
 * Ten listeners read what is published, 100 MB in events of 4 KB, and once
 * there is an eleventh that reads nothing: what the server keeps for it is what
 * it costs, and the others are to notice nothing of it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cores.h"
#include "crowd.h"
#include "log.h"
#include "peer.h"
#include "port.h"
#include "xalloc.h"

enum { ROUNDS = 3, LISTENERS = 10, EVENTS = 25600, EVENT_BYTES = 4096 };

static const char *const columns[] = {"grown MB", "p50 ms", "p99 ms",
                                      "events/s"};
static const char reading[] = "all read", resting[] = "one never reads";

static const struct contender {
    const char *name;
    const char *file; /* NULL: ours */
    struct crowd_host host;
} contenders[] = {
    {"Facewire", NULL, {0}},
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

static void measure(struct results *results, const char *who,
                    const struct crowd_host *host, bool has_dead_ear)
{
    struct crowd_wish wish = {LISTENERS, 4, EVENTS, EVENT_BYTES, has_dead_ear};
    struct crowd_found found;

    crowd_run(host, &wish, &found);
    results_add(results, has_dead_ear ? resting : reading, who,
                (double[]){found.grown_kilobytes / 1024, found.p50_ms,
                           found.p99_ms, EVENTS / found.seconds},
                found.foreign);
}

/* Each in a new server, so that nothing is left from the one before. */
static void measure_contender(struct results *results,
                              const struct contender *contender,
                              bool has_dead_ear)
{
    struct crowd_host host = contender->host;
    struct stack stack;
    struct child child;
    char port[16], *path;

    if (!contender->file) {
        crowd_start_ours(&stack, &host);
        measure(results, contender->name, &host, has_dead_ear);
        stack_stop(&stack);
        return;
    }
    path = peer_path(contender->file);
    host.port = port_free();
    snprintf(port, sizeof port, "%d", host.port);
    cores_use(CORE_SERVERS);
    peer_start(&child, (const char *[]){"node", path, port, NULL},
               "connections.log");
    cores_use(CORE_CLIENTS);
    host.pid = child.pid;
    measure(results, contender->name, &host, has_dead_ear);
    peer_stop(&child);
    free(path);
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

    log_open("bench", LOG_INFO, LOG_TEXT);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < COUNT(contenders); i++)
            for (int dead = 0; dead < 2; dead++)
                if (!contenders[i].file || peer_has("node"))
                    measure_contender(results, &contenders[i], dead);
    results_at_most(results, "what a client that never reads costs, in MB",
                    cost(results, "Facewire"), 1);
    results_at_most(results,
                    "the others' p99 with it, as times of that without",
                    results_median(results, resting, "Facewire", "p99 ms") /
                        results_median(results, reading, "Facewire", "p99 ms"),
                    1.1);
    results_finish(results);
    return EXIT_SUCCESS;
}
